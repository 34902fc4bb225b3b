"""``run --model`` against a Messages API on this machine, from the command line to its end."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

from tests.cli.calling import Said, assert_refused, environment, lines_of, spawn
from tests.loopback import KEY, Loopback, reply, text, tool_use

MODEL = "claude-sonnet-5-5"
ORDER = {"status": "delivered", "delivered_on": "2026-03-02"}
MAIL = {"to": "ines@example.com", "subject": "Your refund", "body": "On its way."}
SCRIPT = (
    reply(text("Looking it up."), tool_use("t1", "fetch_order", order_id="1001")),
    reply(tool_use("t2", "check_refund_policy", **ORDER)),
    reply(tool_use("t3", "process_credit", order_id="1001", amount=59.9)),
    reply(tool_use("t4", "send_email", **MAIL)),
    reply(text("Done.")),
)


def run(here: Path, url: str, *more: str, **env: str) -> Said:
    """The refund workflow with this model behind this address."""
    arguments = ("--model", MODEL, "--base-url", url, "--session", "s.jsonl", "--json", *more)
    environ = environment(here, **{"ANTHROPIC_API_KEY": KEY, **env})
    environ = {name: value for name, value in environ.items() if value}
    return spawn("run", "refund", "--headless", *arguments, cwd=here, env=environ)


def outcome_of(said: Said) -> dict[str, Any]:
    last = said.objects[-1]
    assert last["type"] == "outcome"
    return last


def assert_failed(said: Said, *words: str) -> None:
    """Outcome error, exit code 2, and one line that says these words."""
    assert (said.code, outcome_of(said)["outcome"]) == (2, "error")
    assert said.err.count("\n") == 1
    for word in words:
        assert word in outcome_of(said)["why"]
        assert word in said.err


def assert_nowhere(key: str, folder: Path, *said: Said) -> None:
    """The key is in no file and in nothing that was printed."""
    for each in said:
        assert key not in each.out + each.err
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert key.encode() not in path.read_bytes(), path


def test_a_refund_from_end_to_end(here: Path) -> None:
    with Loopback(*SCRIPT) as server:
        said = run(here, server.url, "--drop-bound-thinking")
    assert server.refused == []
    assert all(body["stream"] for body in server.bodies)
    binding = {"prefix_mismatch_behavior": "drop_block"}
    assert server.bodies[0]["thinking"] == {"type": "adaptive", "block_binding": binding}
    last = outcome_of(said)
    assert (said.code, said.err) == (0, "")
    assert (last["outcome"], last["state"], last["tool_calls"]) == ("completed", "complete", 4)
    assert last["usage"]["input"] == 500
    results = json.dumps(server.bodies[-1]["messages"])
    assert "credit_id" in results and "message_id" in results
    # And again without the server: the recording is enough.
    checked = spawn("check", "s.jsonl", cwd=here)
    assert (checked.code, checked.err) == (0, "")
    shown = spawn("show", "s.jsonl", cwd=here)
    assert shown.out.startswith(f"refund · {MODEL} · completed in complete")
    assert_nowhere(KEY, here, said, checked, shown)


def test_a_call_that_was_cut_in_the_middle_never_runs(here: Path) -> None:
    cut = reply(tool_use("t1", "fetch_order", order_id="10"), stop_reason="max_tokens")
    with Loopback(cut) as server:
        said = run(here, server.url)
    last = outcome_of(said)
    assert (said.code, last["outcome"], last["tool_calls"]) == (1, "paused", 0)
    assert "no tool of it will run" in last["why"]
    assert "tool_started" not in {record["type"] for record in lines_of(here / "s.jsonl")}


def test_without_a_key(here: Path) -> None:
    # An address that is not of this machine, so that a key is needed; nobody gets to it.
    said = run(here, "http://tooltrace.invalid", ANTHROPIC_API_KEY="")
    assert_refused(said, "No API key: set ANTHROPIC_API_KEY")
    assert not (here / "s.jsonl").exists() and not (here / "s.world").exists()


def test_with_a_wrong_key(here: Path) -> None:
    wrong = "sk-ant-wrong-0123456789-do-not-tell"
    with Loopback(*SCRIPT) as server:
        said = run(here, server.url, ANTHROPIC_API_KEY=wrong)
    assert_failed(said, "401")
    assert_nowhere(wrong, here, said, spawn("show", "s.jsonl", cwd=here))


def test_where_nobody_listens(here: Path) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        said = run(here, url, "--attempts", "1")
    assert_failed(said, url)
    assert_nowhere(KEY, here, said)
