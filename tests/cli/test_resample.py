"""``resample``: the table, the JSON, what is added to the session, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import Said, assert_refused, call, environment, lines_of, spawn
from tests.loopback import KEY, Loopback, reply, text, tool_use
from tooltrace.assemble import load_code, new_run
from tooltrace.core.model.events import Settings
from tooltrace.store.journal import Journal

Capture = pytest.CaptureFixture[str]
BEFORE_CREDIT = 13
BROKEN = """
from tooltrace import Workflow, tool

print("printed while it is loaded")

@tool(read_only=True)
def look() -> int:
    return 1

def policy(seen):
    raise RuntimeError("lost")

broken = Workflow("broken", tools=[look], policy=policy, input="Go.")
"""


def resample(here: Path, place: str, *more: object) -> Said:
    return spawn("resample", place, "--workflow", "refund", *more, cwd=here)


def test_the_answers_are_counted_and_added_to_the_session(session: Path) -> None:
    before = session.read_bytes()
    said = resample(session.parent, f"{session}@{BEFORE_CREDIT}", "--k", 3)
    assert (said.code, said.err) == (0, "")
    assert "process_credit 3/3" in said.out and "a scripted model" in said.out
    assert "added to" in said.out and "3 branches" in said.out
    after = session.read_bytes()
    assert after.startswith(before)
    added = lines_of(session)[len(before.splitlines()) :]
    types = [line["type"] for line in added]
    assert types.count("model_called") == types.count("model_replied") == 3
    assert types.count("branch_pruned") == types.count("forked") == 3
    assert "tool_started" not in types and types[-1] == "head_set"
    assert (
        added[-1]["event"]["head"] == json.loads(before.splitlines()[-1])["id"]
    )  # Where the one who opens it stood.


def test_json_is_one_line_for_each_next_action(session: Path) -> None:
    said = resample(session.parent, f"{session}@{BEFORE_CREDIT}", "--k", 2, "--json")
    assert (said.code, said.err) == (0, "")
    action, last = said.objects
    assert (action["action"], action["with"], len(action["samples"])) == ("process_credit", 2, 2)
    assert last["type"] == "summary" and last["record"] == BEFORE_CREDIT
    assert (last["asked"], last["replies"], last["edit"]) == ({"with": 2}, 2, None)
    assert last["usage"]["input"] > 100
    assert json.loads(session.read_bytes().splitlines()[-1])["type"] == "head_set"


def test_what_cannot_be_done(session: Path, capsys: Capture) -> None:
    place = f"{session}@{BEFORE_CREDIT}"
    refund = ("--workflow", "refund")
    before = session.read_bytes()
    for arguments, words in (
        ((place,), ("--workflow",)),
        ((f"{session}@99", *refund), ("no record #99",)),
        ((f"{session}@x", *refund), ("a record's number",)),
        ((session, *refund), ("not asked next at #", f"{session}@")),
        ((place, *refund, "--k", 51), ("--k",)),
        ((place, "--workflow", "loan"), ("a session of refund",)),
        ((place, *refund, "--base-url", "http://127.0.0.1:1"), ("leave out --base-url",)),
        ((session.with_name("not-there.jsonl"), *refund), ("does not exist",)),
    ):
        assert_refused(call(capsys, "resample", *arguments), *words)
    with Journal.open(session, writable=True):
        assert_refused(call(capsys, "resample", place, *refund), "open")
    assert session.read_bytes() == before


def test_a_real_model_at_the_host_that_is_named_again(here: Path, capsys: Capture) -> None:
    call_it = reply(tool_use("t1", "fetch_order", order_id="1001"))
    with Loopback(call_it, reply(text("Which order?")), call_it) as server:
        settings = Settings("claude-sonnet-5-5", server.url)
        run = new_run(load_code("refund"), here / "s.jsonl", settings)
        run.submit.step().result(10)
        run.close()
        base = ("resample", "s.jsonl", "--workflow", "refund", "--k", "3")
        assert_refused(call(capsys, *base), "--base-url", server.url)
        env = environment(here, ANTHROPIC_API_KEY=KEY)
        said = spawn(*base, "--base-url", server.url, "--json", cwd=here, env=env)
        assert (said.code, said.err) == (0, "")
        assert len(server.requests) == 3 and server.refused == []
    counts = {line["action"]: line["with"] for line in said.objects[:-1]}
    assert counts == {"fetch_order": 2, "ends its turn": 1}
    assert KEY not in said.out + (here / "s.jsonl").read_text()
    assert call(capsys, "check", "s.jsonl").code == 0


def test_without_a_usable_reply_the_answer_is_bad(here: Path) -> None:
    (here / "broken.py").write_text(BROKEN)
    run = new_run(load_code("broken.py:broken"), here / "s.jsonl", Settings())
    run.close()
    said = spawn("resample", "s.jsonl", "--workflow", "broken.py:broken", cwd=here)
    assert said.code == 1
    assert "failed: " in said.out and "would again" in said.out and "lost" in said.out
    assert "printed" not in said.out
