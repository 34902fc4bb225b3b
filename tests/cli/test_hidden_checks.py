"""Checks and replays of sessions with hidden values: no false difference, and nothing is told."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.calling import environment, spawn

FLOW = '''
import os
from tooltrace import Workflow, call, say, tool

@tool(read_only=True)
def login(user: str, password: str) -> dict:
    """Log in."""
    print("key", os.environ["SHOP_KEY"])
    return {"token": os.environ.get("GIVEN", "t0k3n-1"), "again": "t0k3n-1",
            "key": os.environ["SHOP_KEY"],
            "log": "password=" + "hunter2"}

@tool(read_only=True)
def look(note: str) -> dict:
    """Look."""
    return {"key": os.environ["SHOP_KEY"], "other_token": "zzz9"}

def policy(seen):
    if not seen.result("login"):
        return call("login", user="me", password="hunter2")
    if not seen.result("look"):
        return call("look", note="use " + os.environ["SHOP_KEY"])
    return say("Your token=t0k3n-1 works.")

w = Workflow("w", tools=[login, look], policy=policy, input="Go.")
'''
SECRETS = ("hunter2", "shop-0123456789", "shop-9876543210", "zzz9", "wrong-77")


@pytest.fixture
def recorded(here: Path) -> Path:
    (here / "flow.py").write_text(FLOW)
    environ = environment(here, SHOP_KEY="shop-0123456789")
    run = spawn("run", "flow.py", "--headless", "--session", "s.jsonl", cwd=here, env=environ)
    assert run.code == 0, run.err
    text = (here / "s.jsonl").read_text()
    assert not [secret for secret in SECRETS if secret in text]
    assert "[secret SHOP_KEY #" in text and "[secret password #" in text
    return here / "s.jsonl"


def check(here: Path, *more: str, key: str = "shop-0123456789", **env: str) -> tuple[int, str]:
    done = spawn(
        *("check", "s.jsonl", *more, "--junit", "j.xml"),
        cwd=here,
        env=environment(here, SHOP_KEY=key, **env),
    )
    said = done.out + done.err + (here / "j.xml").read_text()
    assert not [secret for secret in SECRETS if secret in said], said
    return done.code, said


LIVE = ("--workflow", "flow.py", "--tools", "live")


def test_a_session_with_secrets_passes_every_check(here: Path, recorded: Path) -> None:
    for more in ((), ("--workflow", "flow.py"), LIVE, (*LIVE, "--json")):
        code, said = check(here, *more)
        assert code == 0, said


def test_another_key_of_the_same_name_is_no_difference(here: Path, recorded: Path) -> None:
    assert check(here, *LIVE, key="shop-9876543210")[0] == 0


def test_a_secret_that_was_equal_to_another_has_to_be_again(here: Path, recorded: Path) -> None:
    # In the recording the token of "login" is the one in the model's answer.
    for more in (LIVE, (*LIVE, "--json")):
        code, said = check(here, *more, GIVEN="shop-0123456789")
        assert code == 1 and "token" in said, said


OLDER = """
import os, tooltrace.debugger.session.beginning as build
from tooltrace.cli.main import main
from tooltrace.core.text.redact import Redactor, secrets_of
build.hider = lambda: Redactor(secrets_of(os.environ)).by_value
main(["run", "flow.py", "--headless", "--session", "s.jsonl"])
"""


@pytest.mark.long
def test_a_recording_of_an_older_version_gets_the_same_verdict(here: Path) -> None:
    """Without numbers, and with what was not hidden then in plain."""
    (here / "flow.py").write_text(FLOW)
    environ = environment(here, SHOP_KEY="shop-0123456789")
    subprocess.run([sys.executable, "-c", OLDER], cwd=here, env=environ, check=True)
    text = (here / "s.jsonl").read_text()
    assert "[secret SHOP_KEY]" in text and "hunter2" in text and " #" not in text
    for more in ((), ("--workflow", "flow.py"), LIVE, (*LIVE, "--json")):
        done = spawn("check", "s.jsonl", *more, cwd=here, env=environ)
        assert done.code == 0, done.out + done.err


def test_two_sessions_of_the_same_work_do_not_differ(here: Path, recorded: Path) -> None:
    environ = environment(here, SHOP_KEY="shop-0123456789", OTHER_TOKEN="0123456789abcd")
    spawn("run", "flow.py", "--headless", "--session", "t.jsonl", cwd=here, env=environ)
    text = (here / "t.jsonl").read_text()
    done = spawn("diff", "s.jsonl", "t.jsonl", "--json", cwd=here, env=environ)
    assert done.code == 0, done.out
    assert json.loads(done.out.splitlines()[-1]) and "hunter2" not in done.out + text
