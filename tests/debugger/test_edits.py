"""Changing history: every edit is a sibling, keeps what does not depend on it, and runs nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.debugger.conftest import Sit
from tests.debugger.flows import Ran, bill, pair
from tests.events import event_of, events_of
from tooltrace import Seen, call, say
from tooltrace.core.decide.next_action import CallModel
from tooltrace.core.model import events as e
from tooltrace.workflows.refund import refund

GOOD = {"amount": 9, "good": True}
BAD = {"amount": 9, "good": False}


def test_an_edited_result_takes_the_demo_the_other_way(sit: Sit, tmp_path: Path) -> None:
    s = sit(refund)
    assert s.do("go").kind == "finished"
    assert s.snapshot.state == "complete"
    first = s.view.tip
    checked = s.last(e.ToolReturned, "check_refund_policy")
    old = s.session.tree[checked]
    no = {"eligible": False, "reason": "the mug is priceless", "days": 1}
    s.done("edit.result", checked, no)
    edited = s.session.tree[s.head]
    assert (edited.parent, edited.source) == (old.parent, "edited")
    assert event_of(edited, e.ToolReturned).content == no
    assert s.do("go").kind == "finished"
    assert s.snapshot.state == "failed" and "priceless" in s.said()
    assert s.branch_names == ["main", "edit"]
    assert s.session.tree[checked] == old  # Nothing is ever overwritten.
    s.done("switch", first)
    assert s.snapshot.state == "complete"


def test_a_result_can_become_an_error_and_back(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("look")
    s.steps(1)
    s.done("edit.result", s.head, "no such bill", True)
    assert s.snapshot.calls[0].is_error
    s.steps(1)
    assert s.snapshot.state == "failed" and s.snapshot.context["note"] == "no such bill"
    s.done("edit.result", s.last(e.ToolReturned), GOOD)
    s.steps(1)
    assert s.snapshot.state == "paying"
    assert len(Ran(tmp_path).all) == 1


def test_an_edited_result_keeps_the_other_calls_of_its_turn(sit: Sit, tmp_path: Path) -> None:
    s = sit(pair(tmp_path))
    s.do("go", until=None)
    first, second = [r.id for r in s.path if isinstance(r.event, e.ToolReturned)]
    for record, kept in ((first, second), (second, first)):
        s.done("goto", s.session.tree.branches()[0].tip)
        s.done("edit.result", record, "mine")
        assert [c.status for c in s.snapshot.calls] == ["returned", "returned"]
        assert sorted(str(c.content) for c in s.snapshot.calls) != ["l", "r"]
        assert "mine" in [c.content for c in s.snapshot.calls]
        assert isinstance(s.view.action, CallModel)
        repeated = [r for r in s.path if r.of == kept]
        assert [r.source for r in repeated] == (["recorded"] if kept > record else [])
    assert len(Ran(tmp_path).all) == 2


def test_an_edit_of_a_repeated_edit_keeps_it_an_edit(sit: Sit, tmp_path: Path) -> None:
    s = sit(pair(tmp_path))
    s.steps(3)
    first, second = [r.id for r in s.path if isinstance(r.event, e.ToolReturned)]
    s.done("edit.result", second, "mine")
    s.done("edit.result", first, "mine too")
    assert [event.content for event in events_of(s.path, e.ToolReturned)] == ["mine too", "mine"]
    last = [r for r in s.path if isinstance(r.event, e.ToolReturned)]
    assert [r.source for r in last] == ["edited", "edited"]


def test_what_waited_for_the_edited_call_is_open_again(sit: Sit, tmp_path: Path) -> None:
    s = sit(pair(tmp_path, after=True))
    s.steps(3)
    left = s.last(e.ToolReturned, "left")
    s.done("edit.result", left, "mine")
    assert {c.tool: c.status for c in s.snapshot.calls} == {"left": "returned", "right": "waiting"}
    assert s.do("step").kind == "confirm"  # And is not made again without a yes.
    s.done("switch", s.session.tree.branches()[0].tip)
    s.done("edit.result", s.last(e.ToolReturned, "right"), "mine")
    assert {c.status for c in s.snapshot.calls} == {"returned"}


def test_other_words_of_the_person_begin_anew(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.do("go")
    s.done("edit.said", s.view.path[1], "A bill of mine!")
    assert s.names == ["run_started", "user_said"]
    s.do("go")
    assert [a["number"] for t, a, _ in Ran(tmp_path).all if t == "look"] == [5, 15]
    assert s.do("edit.said", s.view.path[1], "  ").kind == "error"
    assert s.do("edit.said", s.view.path[2], "x").kind == "error"


def test_an_edited_context_counts_from_here_on(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("look")
    s.steps(2)
    s.done("edit.context", "amount", 3)
    assert s.snapshot.saved_by["amount"] == "you"
    s.to_call("pay")
    assert s.snapshot.calls[0].arguments == {"amount": 3}
    assert "no 'colour'" in s.do("edit.context", "colour", 3).text
    s.do("back")
    s.do("back")
    assert s.snapshot.context["amount"] == 25


def test_a_stub_answers_without_the_tool(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    ref = s.to_call("pay")
    s.done("edit.answer", ref, {"paid": 0})
    assert s.session.tree[s.head].source == "edited"
    assert s.do("edit.answer", ref, {"paid": 1}).kind == "error"
    assert s.do("go").kind == "finished"
    assert s.snapshot.state == "done"
    assert Ran(tmp_path).times("pay") == 0


def test_a_stubbed_failure_of_a_critical_tool_counts(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    ref = s.to_call("pay")
    s.done("edit.answer", ref, "declined", True)
    assert s.do("go").kind == "finished"
    assert (s.snapshot.state, s.snapshot.outcome) == ("failed", "failed")
    assert Ran(tmp_path).times("pay") == 0


def test_forcing_a_transition(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("look")
    s.steps(1)
    refused = s.do("edit.force", "done")
    assert refused.kind == "error" and "reason" in refused.text
    assert s.do("edit.force", "done", "  ").kind == "error"
    s.done("edit.force", "failed")  # A row leads there: no reason is needed.
    assert s.snapshot.state == "failed" and s.snapshot.visits[-1].forced
    s.do("edit.undo")
    s.done("edit.force", "done", "I say so")
    forced = s.session.tree[s.head]
    moved = event_of(forced, e.Transitioned)
    assert (forced.source, moved.reason) == ("forced", "I say so")
    assert s.do("go").kind == "finished"
    assert s.snapshot.outcome == "completed"
    for nowhere in ("moon", "done"):
        assert s.do("edit.force", nowhere, "because").kind == "error"


def test_a_free_workflow_has_no_state_to_force(sit: Sit, tmp_path: Path) -> None:
    assert "no states" in sit(pair(tmp_path)).do("edit.force", "done", "x").text


def test_saying_something_needs_every_call_answered(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    ref = s.to_call("look")
    assert "open" in s.do("edit.say", "Stop!").text
    s.done("edit.answer", ref, GOOD)
    s.done("edit.say", "Wait a moment.")
    assert s.names[-1] == "user_said"
    assert s.do("edit.say", " ").kind == "error"


def test_what_no_session_can_hold_is_refused_and_changes_nothing(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("look")
    s.steps(1)
    head, records = s.head, len(s.session.tree)
    for bad in (float("nan"), {1, 2}, b"x"):
        stop = s.do("edit.result", head, bad)
        assert stop.kind == "error", stop
    assert (s.head, len(s.session.tree), s.view.can_undo) == (head, records, False)
    assert s.do("go").kind == "finished"


@pytest.mark.parametrize(
    ("command", "rest"),
    [("edit.result", (1,)), ("edit.reply", ({},)), ("edit.said", ("x",)), ("edit.retry", ())],
)
def test_only_what_is_on_this_branch_can_be_edited(
    sit: Sit, tmp_path: Path, command: str, rest: tuple[Any, ...]
) -> None:
    s = sit(bill(tmp_path))
    s.do("go")
    elsewhere = s.head - 2
    s.done("edit.said", 2, "Another")
    assert "another branch" in s.do(command, elsewhere, *rest).text
    assert "no record" in s.do(command, 999, *rest).text
    assert s.do(command, 1, *rest).kind == "error"


def test_an_edit_deep_in_the_past_leaves_the_rest_on_its_own_branch(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(bill(tmp_path))
    s.do("go")
    main = s.view.path
    s.done("edit.result", s.last(e.ToolReturned, "look"), BAD)
    assert len(s.view.path) < len(main)
    assert s.view.at_tip
    assert s.view.branches[0].tip == main[-1]
    assert s.do("go").kind == "finished"
    assert s.said() == "Not paid."
    assert Ran(tmp_path).times("pay") == 1


def test_an_interrupted_call_is_never_repeated_as_if_it_had_returned(
    sit: Sit, tmp_path: Path
) -> None:
    def both(seen: Seen) -> Any:
        return say("Both.", call("left"), call("right")) if seen.turn == 0 else say("x")

    flow = pair(tmp_path, policy=both)
    s = sit(flow)
    s.steps(2)
    reply = s.last(e.ModelReplied)
    # As a crash during the second call leaves it.
    s.session.append(e.ToolStarted(e.CallRef(reply, 1), "right", "k"), "live")
    s.done("edit.result", s.last(e.ToolReturned), "mine")
    assert [c.status for c in s.snapshot.calls] == ["returned", "waiting"]


@pytest.mark.parametrize("fault", ["timeout", "http-529"])
def test_a_fork_and_a_fault_are_one_branch_with_the_forks_name(
    sit: Sit, tmp_path: Path, fault: str
) -> None:
    s = sit(bill(tmp_path))
    if fault == "timeout":
        s.to_call("look")
    s.done("edit.fork", "what if")
    s.done("faults.inject", fault)
    assert s.view.branch.name == "what if"
    assert [branch.name for branch in s.view.branches] == ["main", "what if"]
    injected = s.head
    s.done("edit.undo")
    assert s.names[-1] == "forked"
    s.done("edit.redo")
    assert s.head == injected
    s.done("edit.undo")
    s.done("edit.undo")
    s.done("faults.inject", fault)
    assert s.view.branch.name == f"fault-{fault}"


def test_a_fork_and_an_edit_are_one_branch_with_the_forks_name(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("pay")
    s.done("edit.fork", "cheaper")
    s.done("edit.result", s.last(e.ToolReturned, "look"), {"amount": 1, "good": True})
    assert s.view.branch.name == "cheaper"
    assert [branch.name for branch in s.view.shown] == ["main", "cheaper"]
    s.done("edit.undo")
    assert s.names[-1] == "forked"
    s.done("edit.redo")
    assert s.view.branch.name == "cheaper"
    # A fork on which something was done keeps its name.
    s.done("edit.fork", "other")
    s.to_call("pay")
    s.done("edit.result", s.last(e.ToolReturned, "look"), {"amount": 2, "good": True})
    assert [branch.name for branch in s.view.shown] == ["main", "cheaper", "other", "edit"]
