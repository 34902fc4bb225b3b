"""Thirty secrets, planted wherever they could get in: none is in a file, on stdout or on stderr."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.calling import environment, lines_of, spawn
from tests.loopback import KEY, Loopback, reply, text, tool_use

FLOW = '''
import os, subprocess, sys
from dataclasses import dataclass
from tooltrace import SqliteWorld, Workflow, tool

E = os.environ
print("while it is loaded", E["P00_TOKEN"])

@tool
def results() -> dict:
    """Everything that can be in a result."""
    return {"a": E["P01_TOKEN"], E["P02_TOKEN"]: 1, "b": [{"c": E["P03_TOKEN"].encode()}],
            "json": '{"x": "%s"}' % E["P04_TOKEN"], "pem": E["P05_PRIVATE_KEY"],
            "quoted": repr(E["P06_PASSWORD"]), "bytes": repr(E["P06_PASSWORD"].encode())}

@tool
def prints(given: str) -> str:
    """Everything that can be printed."""
    print(E["P07_TOKEN"])
    print(E["P08_TOKEN"], file=sys.stderr)
    os.write(1, E["P09_TOKEN"].encode())
    subprocess.run(["sh", "-c", "echo $P10_TOKEN; env"], check=True)
    return given

@tool
def raises() -> None:
    """Everything that can be in an exception."""
    secret = E["P11_TOKEN"]
    try:
        {}[E["P12_TOKEN"]]
    except KeyError as error:
        raise ValueError(f"bad {E['P13_TOKEN']} of {secret!r}", E["P06_PASSWORD"]) from error

@tool
def large() -> str:
    """What goes into a file of its own."""
    return (E["P14_TOKEN"] + "x" * 1000) * 20_000

def world(folder):
    print(E["P15_TOKEN"], file=sys.stderr)
    return SqliteWorld(folder / "shop.db")

w = Workflow("w", input="Go with " + E["P16_TOKEN"], system="Use " + E["P17_TOKEN"],
             description=E["P18_TOKEN"], tools=[results, prints, raises, large], world=world)
'''
NAMES = [f"P{number:02}_TOKEN" for number in range(30) if number not in (5, 6)]
PEM = "-----BEGIN PRIVATE KEY-----\nMIIEplanted05\nAAAA/planted05=\n-----END PRIVATE KEY-----\n"
# Keys of well-known kinds, which no variable holds.
KINDS = [
    "sk-ant-api03-planted-90",
    "AKIAPLANTED900000091",
    "ghp_planted92aaaaaaaaaaaaaaaaaaaaaaaaa",
]


def secrets() -> dict[str, str]:
    planted = {name: f"planted{name[1:3]}-{'ab' * 6}" for name in NAMES}
    return {**planted, "P05_PRIVATE_KEY": PEM, "P06_PASSWORD": "planted06'\"\\é\n\x1bxyz"}


def assert_nowhere(folder: Path, *said: str) -> None:
    for path in folder.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        if path.is_file():
            data = path.read_bytes()
            assert b"planted" not in data.lower() and KEY.encode() not in data, path
        if "s." in path.name:
            assert mode == (0o700 if path.is_dir() else 0o600), path
    for each in said:
        assert "planted" not in each.lower() and KEY not in each, each


@pytest.mark.long
def test_no_secret_is_written_or_said(here: Path) -> None:
    planted = secrets()
    (here / "code").mkdir()
    (here / "code" / "flow.py").write_text(FLOW)
    echo = tool_use("t2", "prints", given=f"{planted['P19_TOKEN']} {KINDS[0]}")
    script = (
        reply(text(f"I read {planted['P20_TOKEN']} {KINDS[1]}"), tool_use("t1", "results")),
        reply(echo),
        reply(tool_use("t3", "raises"), tool_use(planted["P21_TOKEN"], "large")),
        reply(text(f"Done {KINDS[2]}")),
    )
    environ = environment(here, **planted, ANTHROPIC_API_KEY=KEY, PYTHONDONTWRITEBYTECODE="1")
    with Loopback(*script) as server:
        run = spawn(
            *("run", "code/flow.py", "--headless", "--json", "--session", "s.jsonl"),
            *("--model", "claude-sonnet-5-5", "--base-url", server.url),
            cwd=here,
            env=environ,
        )
    assert json.loads(run.out.splitlines()[-1])["outcome"] == "completed", run.err
    said = [run.out, run.err]
    # What comes after reads the file alone; the environment is another one by then.
    for more in (("show", "s.jsonl", "--json"), ("check", "s.jsonl")):
        later = spawn(*more, cwd=here, env=environment(here))
        assert later.code == 0, later.err
        said += [later.out, later.err]
    # Words for people, with secrets in what was asked for.
    for arguments in (
        ("open", planted["P23_TOKEN"]),
        ("show", planted["P24_TOKEN"]),
        ("run", f"nope-{planted['P25_TOKEN']}", "--headless"),
        ("run", "refund", "--headless", "--break", f"tool:{planted['P26_TOKEN']}"),
        (planted["P27_TOKEN"],),
    ):
        refused = spawn(*arguments, cwd=here, env=environ)
        assert refused.code == 2
        said += [refused.out, refused.err]
    (here / "code" / "flow.py").unlink()
    assert_nowhere(here, *said)
    assert len(list((here / "s.jsonl.blobs").iterdir())) == 1
    kinds = {line["type"] for line in lines_of(here / "s.jsonl")}
    assert {"run_started", "model_replied", "tool_returned", "run_finished"} <= kinds
    assert "[secret P07_TOKEN #" in (here / "s.jsonl").read_text()


def test_a_crash_tells_no_secret(here: Path) -> None:
    planted = secrets()["P28_TOKEN"]
    crash = (
        "from tooltrace.cli import main, output\n"
        "from tooltrace.cli.commands import show as s\n"
        "import os\n"
        "def fall(*_): raise RuntimeError(os.environ['P28_TOKEN'])\n"
        "s.opened = fall\n"
        "main(['show', 'x'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", crash],
        cwd=here,
        env=environment(here, P28_TOKEN=planted),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "RuntimeError: [secret P28_TOKEN]" in done.stderr
    assert planted not in done.stderr


def test_an_error_of_the_server_tells_no_secret(here: Path) -> None:
    planted = secrets()
    environ = environment(here, ANTHROPIC_API_KEY=planted["P29_TOKEN"], **planted)
    with Loopback() as server:
        url = server.url.replace("://", f"://user:{planted['P22_TOKEN']}@")
        run = spawn(
            *("run", "refund", "--headless", "--session", "s.jsonl"),
            *("--input", f"Use {planted['P03_TOKEN']}", "--model", "claude-sonnet-5-5"),
            *("--base-url", url),
            cwd=here,
            env=environ,
        )
    assert run.code == 2
    # The password was not written down, so that it has to be named again to go on there.
    root = lines_of(here / "s.jsonl")[0]["event"]
    assert root["settings"]["base_url"].startswith("http://user:[secret")
    assert_nowhere(here, run.out, run.err)
