"""How a client is started: what is set for it, what is passed on to it, what a person is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from tests.attach.proxied import Heard
from tests.attach.test_proxy import HEADERS, body_of
from tests.cli.calling import environment, lines_of, start
from tests.loopback import Loopback, reply, text
from tooltrace.attach import client as of_client
from tooltrace.attach.client import Client, listen_on, run_client
from tooltrace.attach.proxy import Proxy
from tooltrace.attach.recipes import RECIPES, launch, named, recipe_for
from tooltrace.attach.upstreams import upstreams_of
from tooltrace.core.model.errors import BadCommand

URLS = {"anthropic": "http://a", "openai": "http://o/v1"}


def test_a_command_says_its_recipe() -> None:
    assert recipe_for(["/usr/bin/claude", "-p"]).name == "claude"
    assert recipe_for(["python", "agent.py"]).name == "any"
    assert [named(recipe.name) for recipe in RECIPES] == [*RECIPES]
    assert named("nobody") is None


def test_variables_are_set_and_those_that_lead_elsewhere_cleared() -> None:
    before = {"CLAUDE_CODE_USE_BEDROCK": "1", "OPENAI_API_BASE": "http://left.over", "PATH": "/bin"}
    before |= {"no_proxy": "intern", "GONE": "1"}
    made = launch(["python", "a.py"], RECIPES[-1], URLS, before, {"GONE": "", "MINE": "{openai}/x"})
    assert made.argv == ["python", "a.py"]
    assert made.environment == {
        "PATH": "/bin",
        "ANTHROPIC_BASE_URL": "http://a",
        "OPENAI_BASE_URL": "http://o/v1",
        "OPENAI_API_BASE": "http://o/v1",
        "MINE": "http://o/v1/x",
        "no_proxy": "intern,127.0.0.1,localhost",
        "NO_PROXY": "127.0.0.1,localhost",
    }


def test_codex_is_told_by_arguments_of_its_own() -> None:
    made = launch(["codex", "exec", "{openai}"], recipe_for(["codex"]), URLS, {}, {})
    assert made.argv[:2] == ["codex", "-c"]
    assert 'base_url="http://o/v1"' in made.argv[4]
    assert made.argv[5:] == ["exec", "{openai}"]


def test_it_goes_on_to_where_the_client_would_have_gone() -> None:
    assert upstreams_of({}) == {
        "anthropic": "https://api.anthropic.com",
        "openai": "https://api.openai.com/v1",
    }
    found = upstreams_of({"ANTHROPIC_BASE_URL": "http://x/", "OPENAI_API_BASE": "https://y/v1"})
    assert found == {"anthropic": "http://x", "openai": "https://y/v1"}
    for wrong in ("ftp://x", "x", "http://", "http://[", "http://x?a=1"):
        with pytest.raises(BadCommand, match="OPENAI_BASE_URL is no URL"):
            upstreams_of({"OPENAI_BASE_URL": wrong})


async def test_it_is_said_when_nothing_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_client, "SILENT_AFTER", 0.05)
    told: list[str] = []
    argv = [sys.executable, "-c", "import time; time.sleep(0.5); raise SystemExit(3)"]
    client = Client(argv, RECIPES[-1], os.environ, {}, told.append, lambda: 0)
    proxy = Proxy({"anthropic": "http://127.0.0.1:9", "openai": "http://127.0.0.1:9"}, Heard(), str)
    assert await run_client(client, proxy, listen_on(0)) == 3
    assert told == [f"nothing has arrived in 0.05 s: {RECIPES[-1].silent}"]


def test_a_port_that_is_taken_is_refused() -> None:
    with listen_on(0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BadCommand, match=f"cannot listen on port {port}"):
            listen_on(port)


def begun(home: Path, server: Loopback, *arguments: str) -> subprocess.Popen[str]:
    env = environment(home, ANTHROPIC_BASE_URL=server.url)
    return start("attach", "--session", "s.jsonl", *arguments, cwd=home, env=env)


def test_an_agent_that_is_started_by_hand_is_told_what_to_set(tmp_path: Path) -> None:
    with listen_on(0) as free:
        port = free.getsockname()[1]
    with Loopback(reply(text("hello"))) as server:
        running = begun(tmp_path, server, "--listen-port", str(port))
        assert running.stdout is not None
        name, _, url = running.stdout.readline().strip().removeprefix("export ").partition("=")
        assert name == "ANTHROPIC_BASE_URL"
        assert url.startswith(f"http://127.0.0.1:{port}/")
        back = httpx2.post(f"{url}/v1/messages", content=body_of(), headers=HEADERS)
        assert back.json()["content"][0]["text"] == "hello"
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=20)
    assert running.returncode == 0, err
    kinds = [line["type"] for line in lines_of(tmp_path / "s.jsonl")]
    assert kinds[-1] == "reply_delivered"
    assert "1 run, 1 reply" in err


def test_a_signal_to_it_is_one_to_its_client(tmp_path: Path) -> None:
    code = "import signal, sys; signal.signal(15, lambda *_: sys.exit(9)); print(1, flush=True)"
    with Loopback() as server:
        running = begun(tmp_path, server, "--", sys.executable, "-c", f"{code}; signal.pause()")
        assert running.stdout is not None
        assert running.stdout.readline() == "1\n"
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=20)
    assert running.returncode == 9
