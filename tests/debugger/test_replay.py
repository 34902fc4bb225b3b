"""Replay: the same steps again from the recording, nothing runs, and a difference is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.debugger.conftest import Sit
from tests.debugger.flows import Ran, bill, pair
from tests.debugger.sitting import Sitting
from tooltrace import Seen
from tooltrace.core.model import events as e
from tooltrace.workflows.backfill import backfill
from tooltrace.workflows.loan import loan
from tooltrace.workflows.refund import refund
from tooltrace.workflows.release import release

DEMOS = {flow.name: flow for flow in (refund, loan, release, backfill)}
BESIDE = ("forked", "world_restored")


def essence(s: Sitting) -> list[tuple[str, object]]:
    """The run without ids and times: what has to be the same again."""
    found: list[tuple[str, object]] = []
    for record in s.path:
        match record.event:
            case e.ModelCalled(digest=digest):
                found.append(("called", digest))
            case e.ModelReplied(reply=reply):
                found.append(("replied", reply))
            case e.Transitioned(to=to):
                found.append(("to", to))
            case e.RunFinished(outcome=outcome):
                found.append(("finished", outcome))
            case e.UserSaid(text=text):
                found.append(("said", text))
    results = [str(sorted(map(str, (c.content for c in s.snapshot.calls))))]
    return [*found, ("results", results), ("context", s.snapshot.context)]


@pytest.mark.parametrize("name", DEMOS)
def test_a_demo_again_from_the_start(sit: Sit, tmp_path: Path, name: str) -> None:
    s = sit(DEMOS[name])
    assert s.do("go").kind == "finished"
    first, ran = essence(s), s.session.executions
    times = {tool.name: ran.runs(tool.name) for tool in DEMOS[name].spec.tools}
    s.done("replay.start", from_start=True)
    before = s.view
    assert before.replaying
    stop = s.do("go")
    assert stop.kind == "end" and "no divergence" in stop.text
    assert not s.view.replaying
    assert essence(s) == first
    assert {tool: ran.runs(tool) for tool in times} == times
    sources = {r.source for r in s.path if isinstance(r.event, e.ToolReturned | e.ModelReplied)}
    assert sources == {"recorded"}
    assert s.snapshot.problems == ()
    assert s.view.branch.name == "replay"


@pytest.mark.parametrize("name", DEMOS)
def test_a_demo_again_step_by_step_and_with_a_step_back(
    sit: Sit, tmp_path: Path, name: str
) -> None:
    s = sit(DEMOS[name])
    s.do("go")
    first = essence(s)
    s.done("replay.start", from_start=True)
    for count in range(400):
        stop = s.do("step")
        if stop.kind == "end":
            break
        if count % 5 == 4:  # Looking back during a replay does not end it.
            s.done("back")
            assert s.do("go").kind == "end"
    assert stop.text.startswith("replayed")
    assert essence(s) == first


def test_from_here_on(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("pay")
    here = s.head
    s.do("go")
    first, ran = essence(s), Ran(tmp_path).all
    assert "nothing recorded after this" in s.do("replay.start", from_start=False).text
    s.done("goto", here)
    s.done("replay.start", from_start=False)
    assert s.view.branch.name == "replay-1"
    assert s.do("go").kind == "end"
    assert essence(s) == first
    assert Ran(tmp_path).all == ran
    # At its end one is where the recording ended: the run is over.
    assert s.do("go").kind == "finished"


def test_what_a_person_did_is_done_again(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("pay")
    s.done("edit.result", s.last(e.ToolReturned, "look"), {"amount": 7, "good": True})
    s.to_call("pay")
    s.done("edit.context", "note", "by hand")
    s.done("edit.arguments", s.to_call("pay"), {"amount": 3})
    s.done("edit.answer", s.to_call("pay"), {"paid": 3})
    s.done("edit.fork", "in the middle")
    s.done("edit.force", "telling", "I want to")
    s.to_call("tell")
    assert s.do("go").kind == "finished"
    s.done("edit.fork", "after the end")
    s.done("edit.say", "And again?")
    s.done("edit.force", "looking", "again")
    reply = {
        "content": [{"type": "tool_use", "id": "a", "name": "look", "input": {"number": 2}}],
        "stop_reason": "tool_use",
    }
    s.done("turn")
    s.done("edit.reply", s.last(e.ModelReplied), reply)
    assert s.do("go").kind in ("finished", "confirm")
    first, ran = essence(s), Ran(tmp_path).all
    edits = [r.source for r in s.path if r.source in ("edited", "forced")]
    s.done("replay.start", from_start=True)
    stop = s.do("go")
    assert (stop.kind, "no divergence" in stop.text) == ("end", True), stop.text
    assert essence(s) == first
    assert Ran(tmp_path).all == ran
    assert [r.source for r in s.path if r.source in ("edited", "forced")] == edits


def test_a_replay_of_a_replay(sit: Sit, tmp_path: Path) -> None:
    s = sit(pair(tmp_path))
    s.do("go")
    s.done("edit.result", s.last(e.ToolReturned), "mine")
    s.do("go")
    first = essence(s)
    for _ in range(2):
        s.done("replay.start", from_start=True)
        assert s.do("go").kind == "end"
        assert essence(s) == first


def test_a_failed_model_call_is_gone_through_as_it_was(sit: Sit, tmp_path: Path) -> None:
    flow = bill(tmp_path)
    policy, broken = flow.policy, [True]

    def now_and_then(seen: Seen):  # type: ignore[no-untyped-def]
        if broken[0]:
            raise OSError("no line")
        return policy(seen)  # type: ignore[misc]

    flow.policy = now_and_then
    s = sit(flow)
    s.steps(1)
    broken[0] = False
    s.steps(1)
    assert s.do("go").kind == "finished"
    first = essence(s)
    s.done("replay.start", from_start=True)
    assert s.do("go").kind == "end"
    assert essence(s) == first


def test_an_interrupted_call_is_not_made_up(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    ref = s.to_call("pay")
    s.session.append(e.ToolStarted(ref, "pay", "k"), "live")
    s.done("replay.start", from_start=True)
    assert s.do("go").kind == "end"
    assert [c.status for c in s.snapshot.calls] == ["waiting"]
    assert Ran(tmp_path).times("pay") == 0


def test_an_edit_during_a_replay_goes_on_live(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.do("go")
    s.done("replay.start", from_start=True)
    s.steps(3)
    assert s.names[-1] == "tool_returned" or s.view.replaying
    while s.names[-1] != "tool_returned":
        s.steps(1)
    s.done("edit.result", s.head, {"amount": 1, "good": True})
    assert not s.view.replaying
    for tool in ("pay", "tell"):  # Both have run where it was recorded.
        assert [warning.call.tool for warning in s.do("go").warnings] == [tool]
        assert s.do("confirm").kind in ("confirm", "finished")
    assert s.snapshot.outcome == "completed"
    assert [a["amount"] for t, a, _ in Ran(tmp_path).all if t == "pay"] == [25, 1]


def test_a_retry_during_a_replay_is_live(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.do("go")
    s.done("replay.start", from_start=True)
    while s.names[-1] != "tool_returned":
        s.steps(1)
    assert s.do("edit.retry", s.head).kind == "step"
    assert Ran(tmp_path).times("look") == 2
    assert s.session.tree[s.head].source == "live"


def test_the_world_at_the_end_of_a_replay_is_that_of_the_recording(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(refund)
    s.do("go")
    world = s.snapshot.world
    s.done("replay.start", from_start=True)
    assert s.do("go").kind == "end"
    assert s.snapshot.world == world
    s.close()
    # So going on live from there begins where the recording ended, on a copy of its own.
    s = sit(refund)
    s.done("goto", s.view.tip)
    s.done("edit.say", "Refund order 1003, please.")
    s.done("edit.force", "fetching_order", "another one")
    assert s.do("go").kind == "finished"
    assert s.names.count("world_restored") == 1
    assert s.session.tree[s.last(e.WorldRestored)].event == e.WorldRestored(world or "")
    assert len(list(tmp_path.rglob("shop.db"))) == 2


def test_a_replay_that_cannot_begin_changes_nothing(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.do("go")
    s.done("goto", s.last(e.ToolStarted, "pay"))
    size = s.file.stat().st_size
    assert s.do("replay.start", from_start=False).kind == "error"
    assert not s.view.can_undo and not s.view.replaying
    assert s.file.stat().st_size == size


def test_a_session_replays_without_its_code(sit: Sit, tmp_path: Path) -> None:
    s = sit(pair(tmp_path))
    s.do("go")
    first = essence(s)
    s.close()
    s = sit(pair(tmp_path), runs=False)
    if not s.view.at_tip:
        s.done("goto", s.view.tip)
    s.done("replay.start", from_start=True)
    assert s.do("go").kind == "end"
    assert essence(s) == first
    assert len(Ran(tmp_path).all) == 2
