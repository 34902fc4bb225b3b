"""``tooltrace attach`` with real clients: what they ask is recorded, and opens as any session."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.attach.agents import AGENTS
from tests.cli.calling import Said, assert_refused, call, environment, lines_of, spawn
from tests.loopback import KEY, Loopback, Received, Step, reply, text, tool_use
from tests.loopback.base import ScriptedServer
from tests.loopback.chat.server import ChatLoopback
from tests.loopback.chat.steps import call as chat_call
from tests.loopback.chat.steps import completion
from tests.loopback.openai_rules import KEY as OPENAI_KEY
from tests.loopback.responses.server import ResponsesLoopback
from tests.loopback.responses.steps import custom_call, function_call, message, response

CLIENTS = Path(__file__).parents[2] / ".clients"
"""Where ``make clients`` installs the agents of others."""

_THEIRS = CLIENTS / "bin" / "python"
PYTHON = str(_THEIRS) if _THEIRS.exists() else sys.executable


@cache
def installed() -> frozenset[str]:
    """Which of the packages that agents are written with can be imported."""
    names = sorted({package for _, package, _ in AGENTS.values()})
    code = "import importlib.util as u, sys; print(*filter(u.find_spec, sys.argv[1:]))"
    done = subprocess.run([PYTHON, "-c", code, *names], capture_output=True, text=True, check=True)
    return frozenset(done.stdout.split())


def server_of(protocol: str) -> ScriptedServer:
    """A strict server that asks for two calls, then for one, and then is done."""
    match protocol:
        case "messages":
            return Loopback(
                reply(text("Looking."), tool_use("t1", "look", n=1), tool_use("t2", "look", n=2)),
                reply(tool_use("t3", "look", n=3)),
                reply(text("All done.")),
            )
        case "chat":
            return ChatLoopback(
                completion(None, chat_call("t1", "look", n=1), chat_call("t2", "look", n=2)),
                completion(None, chat_call("t3", "look", n=3)),
                completion("All done."),
            )
        case _:
            calls = [function_call(f"t{n}", "look", n=n) for n in (1, 2, 3)]
            return ResponsesLoopback(
                response(*calls[:2], fields={"id": "resp_1"}),
                response(calls[2], fields={"id": "resp_2"}),
                response(message("All done."), fields={"id": "resp_3"}),
            )


def environment_for(server: ScriptedServer, home: Path) -> dict[str, str]:
    return environment(
        home,
        ANTHROPIC_BASE_URL=server.url,
        OPENAI_BASE_URL=f"{server.url}/v1",
        ANTHROPIC_API_KEY=KEY,
        OPENAI_API_KEY=OPENAI_KEY,
    )


def attach(
    server: ScriptedServer, home: Path, *arguments: str, code: str = "", **more: Any
) -> Said:
    command = ["--", PYTHON, "-c", code] if code else []
    return spawn(
        "attach",
        *("--headless", "--session", "s.jsonl", *arguments, *command),
        cwd=home,
        env=environment_for(server, home),
        **more,
    )


@pytest.mark.long
@pytest.mark.parametrize("name", AGENTS)
def test_an_agent_is_recorded_as_it_ran(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    protocol, package, program = AGENTS[name]
    if package not in installed():
        pytest.skip(f"{package} is not installed: make clients")
    key = KEY if protocol == "messages" else OPENAI_KEY
    with server_of(protocol) as server:
        said = attach(server, tmp_path, code=program.replace("{key}", key))
        assert (said.code, said.out) == (0, "All done.\n"), said
        assert server.refused == []
        assert len(server.requests) == 3
    assert "1 run, 3 replies, 3 calls, 3 results" in said.err
    session = tmp_path / "s.jsonl"
    whole = session.read_text()
    assert key not in whole
    shown = call(capsys, "show", session)
    assert shown.out.count("look") == 3
    assert "found 3" in shown.out
    assert call(capsys, "check", session).code == 0
    assert "found 2" in call(capsys, "grep", "found 2", session).out
    assert "found 3" in call(capsys, "export", session, "--to", "messages").out
    results = [r for r in lines_of(session) if r["type"] == "tool_returned"]
    assert [(r["source"], r["event"]["content"]) for r in results] == [
        ("client", f"found {n}") for n in (1, 2, 3)
    ]


CODERS = {
    "claude": ("messages", "claude", "-p", "Say hello", "--dangerously-skip-permissions"),
    "codex": (
        *("responses", "codex", "exec", "--skip-git-repo-check"),
        *("--dangerously-bypass-approvals-and-sandbox", "Say hello"),
    ),
}


def coding(protocol: str) -> ScriptedServer:
    """A server that lets a coding agent run one command."""
    if protocol == "messages":
        run = tool_use("t1", "Bash", command="echo from-the-tool", description="Say it")
        return Lenient(
            policy=lambda body: (
                reply(text("All done.")) if "from-the-tool" in str(body) else reply(run)
            )
        )
    script = 'text(await tools.exec_command({cmd: "echo from-the-tool"}))'
    run, done = custom_call("t1", "exec", script), message("All done.")
    return LenientResponses(
        policy=lambda body: response(done) if "from-the-tool" in str(body) else response(run)
    )


class Lenient(Loopback):
    def refusal(self, received: Received) -> Step | None:
        return None


class LenientResponses(ResponsesLoopback):
    def refusal(self, received: Received) -> Step | None:
        return None


@pytest.mark.long
@pytest.mark.parametrize("name", CODERS)
def test_a_coding_agent_is_recorded_as_it_ran(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    protocol, program, *arguments = CODERS[name]
    command = CLIENTS / "node_modules" / ".bin" / program
    if not command.exists():
        pytest.skip(f"{program} is not installed: make clients")
    with coding(protocol) as server:
        env = {**environment_for(server, tmp_path), "IS_SANDBOX": "1"}
        given = ("attach", "--session", "s.jsonl", "--", command, *arguments)
        said = spawn(*given, cwd=tmp_path, env=env)
    assert said.code == 0, said
    assert "All done." in said.out
    assert "1 run, 2 replies, 1 call, 1 result" in said.err
    assert "from-the-tool" in call(capsys, "show", tmp_path / "s.jsonl").out


def test_its_exit_code_and_its_signals_are_its_own(tmp_path: Path) -> None:
    with Loopback() as server:
        assert attach(server, tmp_path, code="raise SystemExit(7)").code == 7
        killed = attach(server, tmp_path, code="import os; os.kill(os.getpid(), 15)")
        assert killed.code == 128 + 15
    assert "no model was asked: nothing was recorded" in killed.err
    assert not (tmp_path / "s.jsonl").exists()


def test_the_records_are_printed_and_its_output_goes_beside(tmp_path: Path) -> None:
    _, _, program = AGENTS["anthropic"]
    with server_of("messages") as server:
        said = attach(server, tmp_path, "--json", code=program.replace("{key}", KEY))
    kinds = [each["type"] for each in said.objects]
    assert kinds[:3] == ["run_started", "client_attached", "request_came"]
    assert kinds.count("tool_returned") == 3
    assert kinds[-2:] == ["client_ended", "head_set"]
    assert "All done." in said.err


def test_variables_are_set_and_cleared(tmp_path: Path) -> None:
    code = "import os; print(os.environ.get('CLAUDE_CODE_USE_BEDROCK'), os.environ.get('A'))"
    code += "; print(os.environ['MINE'], os.environ['NO_PROXY'])"
    with Loopback() as server:
        env = {**environment_for(server, tmp_path), "CLAUDE_CODE_USE_BEDROCK": "1", "A": "1"}
        options = ("--env", "A=", "--env", "MINE=x{openai}")
        command = ("attach", *options, "--", sys.executable, "-c", code)
        first, second = spawn(*command, cwd=tmp_path, env=env).out.splitlines()
    assert first == "None None"
    assert second.startswith("xhttp://127.0.0.1:")
    assert second.endswith("/openai/v1 127.0.0.1,localhost")


def test_what_cannot_be_attached_to_is_refused(tmp_path: Path) -> None:
    def refused(*arguments: object, **more: str) -> Said:
        return spawn("attach", *arguments, cwd=tmp_path, env=environment(tmp_path, **more))

    assert_refused(refused(), "tooltrace attach -- COMMAND")
    assert_refused(refused("--", "no-such-command"), "there is no command 'no-such-command'")
    assert_refused(refused("--env", "A", "--", "true"), "--env takes NAME=TEXT")
    assert_refused(refused("--as", "nobody", "--", "true"), "there is no recipe 'nobody'")
    bad = refused("--", "true", ANTHROPIC_BASE_URL="ftp://x")
    assert_refused(bad, "ANTHROPIC_BASE_URL is no URL")
    assert not (tmp_path / "sessions").exists()


def test_the_recipes_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    listed = call(capsys, "attach", "--list").out
    assert "Claude Code" in listed
    assert "ANTHROPIC_BASE_URL" in listed
