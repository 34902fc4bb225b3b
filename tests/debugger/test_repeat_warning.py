"""Nothing that writes runs twice without a yes: retries, forks, keys, limits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.debugger.conftest import Sit
from tests.debugger.flows import Ran, bill, box, pair, till
from tests.debugger.sitting import Sitting
from tooltrace import call
from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import StuckSpec
from tooltrace.debugger.edit.preview import calls_ahead
from tooltrace.workflows.refund import refund


def test_a_retry_of_what_writes_asks_first(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("pay")
    s.steps(1)
    paid = s.head
    stop = s.do("edit.retry", paid)
    assert stop.kind == "confirm"
    (warning,) = stop.warnings
    assert (warning.call.tool, warning.times) == ("pay", 1)
    (run,) = warning.runs
    assert (run.record, run.at) == (paid - 1, s.session.tree[paid - 1].at)
    assert (run.arguments, run.branch) == ({"amount": 25}, "main")
    assert "pay has run 1×" in stop.text and "main" in stop.text
    assert Ran(tmp_path).times("pay") == 1
    assert s.snapshot.calls[0].status == "waiting"
    # Without a yes: going on asks again, and so does every other way forward.
    for command in ("step", "go", "turn"):
        assert s.do(command).kind == "confirm"
    assert Ran(tmp_path).times("pay") == 1
    s.done("edit.undo")
    assert s.head == paid


def test_a_retry_with_a_yes_runs_once_more_with_a_key_of_its_own(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("pay")
    s.steps(1)
    assert s.do("edit.retry", s.head).kind == "confirm"
    assert s.do("confirm").kind == "step"
    first, second = Ran(tmp_path).keys("pay")
    assert second == f"{first}-2"
    assert s.session.executions.runs("pay") == 2
    assert s.branch_names[-1].startswith("retry")
    assert s.do("confirm").kind == "error"  # A yes is for what was asked, once.
    assert s.do("edit.retry", s.last(e.ToolReturned, "pay")).warnings[0].times == 2
    assert s.do("confirm").kind == "step"
    assert Ran(tmp_path).keys("pay") == [first, f"{first}-2", f"{first}-3"]


def test_a_yes_is_gone_when_one_moves_before_it_is_used(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("pay")
    s.steps(1)
    paid = s.head
    assert s.do("edit.retry", paid).kind == "confirm"
    here = s.head
    s.done("goto", paid)
    assert s.do("confirm").kind == "error"
    s.done("goto", here)
    assert s.do("step").kind == "confirm"
    assert Ran(tmp_path).times("pay") == 1


def test_a_retry_of_what_only_reads_just_runs(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("look")
    s.steps(1)
    assert s.do("edit.retry", s.head).kind == "step"
    assert Ran(tmp_path).times("look") == 2
    assert s.names[-3:] == ["forked", "tool_started", "tool_returned"]


def test_a_stub_can_be_made_a_real_call(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.done("edit.answer", s.to_call("pay"), {"paid": 0})
    assert s.do("edit.retry", s.head).kind == "step"  # It never ran, so nothing is asked.
    assert s.snapshot.calls[0].content == {"paid": 25}
    assert Ran(tmp_path).times("pay") == 1


def test_a_retry_beside_others_is_refused_and_leaves_one_standing(sit: Sit, tmp_path: Path) -> None:
    s = sit(pair(tmp_path))
    assert s.do("go").kind == "finished"
    first, second = [r.id for r in s.path if isinstance(r.event, e.ToolStarted)]
    head = s.head
    refused = s.do("edit.retry", second)
    assert refused.kind == "error" and "beside" in refused.text
    assert (s.head, s.view.can_undo) == (head, False)
    assert s.do("edit.retry", first).kind == "confirm"


def test_a_fork_back_in_time_asks_before_writing_again(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    ref = s.to_call("pay")
    before = s.head
    assert s.do("go").kind == "finished"
    s.done("goto", before)
    warning = s.done("edit.fork", "again").text
    assert "pay (1×)" in warning and "tell (1×)" in warning and "look" not in warning
    stop = s.do("go")
    assert stop.kind == "confirm" and stop.warnings[0].call.ref == ref
    assert s.do("confirm").kind == "confirm"  # Now for telling somebody.
    assert s.do("confirm").kind == "finished"
    assert (Ran(tmp_path).times("pay"), Ran(tmp_path).times("tell")) == (2, 2)


def test_a_fork_with_nothing_written_behind_it_says_nothing(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("look")
    before = s.head
    s.steps(1)
    s.done("goto", before)
    assert s.done("edit.fork").text == ""
    assert s.branch_names == ["main", "what-if-1"]
    s.steps(1)
    assert Ran(tmp_path).times("look") == 2


def test_what_ran_on_another_branch_is_asked_about_whatever_its_arguments(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(bill(tmp_path))
    s.do("go")
    for amount, runs in ((25, [25]), (1, [25]), (2, [1, 25])):
        looked = s.last(e.ToolReturned, "look")
        s.done("edit.result", looked, {"amount": amount, "good": True})
        (warning,) = s.do("go").warnings
        assert (warning.call.tool, warning.call.arguments) == ("pay", {"amount": amount})
        assert [run.arguments["amount"] for run in warning.runs] == runs
        if amount == 1:
            assert [warning.call.tool for warning in s.do("confirm").warnings] == ["tell"]
            assert s.do("confirm").kind == "finished"
            s.done("switch", s.view.branches[0].tip)
    assert [a["amount"] for t, a, _ in Ran(tmp_path).all if t == "pay"] == [25, 1]


def test_the_first_branch_is_asked_about_what_ran_on_one_that_left_it(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(bill(tmp_path))
    s.to_call("pay")
    main = s.view.tip
    s.done("edit.fork", "first")
    s.steps(1)
    s.done("switch", main)
    (warning,) = s.do("step").warnings
    assert [run.branch for run in warning.runs] == ["first"]
    assert s.do("confirm").kind == "step"
    assert s.do("go").kind == "finished"  # Nobody has been told yet.


def test_what_is_kept_on_a_branch_did_not_run_elsewhere(sit: Sit, tmp_path: Path) -> None:
    s = sit(pair(tmp_path))
    s.do("go")
    left, right = (s.last(e.ToolReturned, tool) for tool in ("left", "right"))
    s.done("edit.result", min(left, right), "other")
    assert s.do("go").kind == "finished"
    assert len(Ran(tmp_path).all) == 2
    again = {"content": [{"type": "tool_use", "id": "n", "name": "left", "input": {"number": 1}}]}
    s.done("edit.reply", s.last(e.ModelReplied), {**again, "stop_reason": "tool_use"})
    assert s.do("step").kind == "step"  # That branch holds all that ran so far.
    assert Ran(tmp_path).times("left") == 2


def test_a_loop_in_a_world_of_its_own_asks_once_on_each_branch(sit: Sit, tmp_path: Path) -> None:
    s = sit(till(tmp_path, rounds=5, stuck=StuckSpec(0, 0, 0, 0), world=box, open_world=False))
    assert s.do("go").kind == "finished"
    begin = s.view.path[1]
    for name, ran in (("first", 5), ("second", 10)):
        s.done("goto", begin, s.view.branches[0].tip)
        s.done("edit.fork", name)
        (warning,) = s.do("go").warnings
        assert (warning.undone, warning.times) == (True, ran)
        assert s.do("confirm").kind == "finished"
    assert Ran(tmp_path).times("sell") == 15
    # A branch that leaves such a branch is one of its own.
    middle = [r.id for r in s.path if isinstance(r.event, e.ToolReturned)][4]
    s.done("goto", middle)
    s.done("edit.fork", "third")
    assert s.do("go").kind == "confirm"


def test_a_loop_in_no_world_asks_for_each_call(sit: Sit, tmp_path: Path) -> None:
    s = sit(till(tmp_path, rounds=3, stuck=StuckSpec(0, 0, 0, 0)))
    assert s.do("go").kind == "finished"
    s.done("goto", s.view.path[1])
    s.done("edit.fork")
    stop = s.do("go")
    for _ in range(3):
        assert [warning.undone for warning in stop.warnings] == [False]
        stop = s.do("confirm")
    assert stop.kind == "finished"
    assert Ran(tmp_path).times("sell") == 6


def test_a_yes_in_the_table_counts_for_the_tool_where_the_world_is_the_branchs_own(
    sit: Sit, tmp_path: Path
) -> None:
    for world, asked in ((box, False), (None, True)):
        folder = tmp_path / str(asked)
        folder.mkdir()
        with Sitting(
            folder,
            till(folder, stuck=StuckSpec(0, 0, 0, 0), world=world, open_world=world is None),
        ) as s:
            assert s.do("go").kind == "finished"
            s.done("goto", s.view.path[1])
            (first, *_) = [one for one in calls_ahead(s.session, "live") if one.plan == "blocked"]
            s.done("edit.fork", "", [first.name])
            assert (s.do("go").kind == "confirm") is asked
            assert Ran(folder).times("sell") == (4 if asked else 6)


def test_the_same_thing_at_another_turn_of_another_branch_is_asked_about(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(bill(tmp_path))
    s.to_call("pay")
    reply = s.last(e.ModelReplied)
    s.do("go")
    no = {"content": [{"type": "text", "text": "No."}], "stop_reason": "end_turn"}
    s.done("goto", reply)
    s.done("edit.reply", reply, no)
    s.done("edit.say", "Please.")
    s.to_call("pay")
    (warning,) = s.do("step").warnings
    assert (warning.call.arguments, warning.times) == ({"amount": 25}, 1)
    assert [run.branch for run in warning.runs] == ["main"]
    assert Ran(tmp_path).times("pay") == 1


def test_a_model_that_makes_the_same_call_twice_is_not_asked_about(
    sit: Sit, tmp_path: Path
) -> None:
    flow = till(tmp_path, stuck=StuckSpec(0, 0, 0, 0))
    policy = flow.policy
    assert policy is not None

    def same(seen):  # type: ignore[no-untyped-def]
        move = policy(seen)
        return type(move)(move.text, tuple((tool, {"number": 1}) for tool, _ in move.calls))

    flow.policy = same
    s = sit(flow)
    assert s.do("go").kind == "finished"
    assert Ran(tmp_path).times("sell") == 3
    assert len(set(Ran(tmp_path).keys("sell"))) == 3


def test_the_same_call_has_the_same_key_in_every_branch_until_it_has_run(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(bill(tmp_path))
    ref = s.to_call("pay")
    key = s.session.executions.key(s.session.id, s.snapshot, s.snapshot.calls[0])
    s.done("edit.fork")
    call = s.snapshot.call(ref)
    assert call is not None
    assert s.session.executions.key(s.session.id, s.snapshot, call) == key
    s.steps(1)
    assert Ran(tmp_path).keys("pay") == [key]


def test_a_refused_call_is_not_asked_about(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.to_call("pay")
    before = s.head
    s.steps(1)
    s.done("goto", before)
    s.done("edit.force", "telling", "elsewhere")
    s.steps(1)
    assert "not allowed in state telling" in s.snapshot.calls[0].content
    assert Ran(tmp_path).times("pay") == 1


def test_limits_and_being_stuck_ask_a_person(sit: Sit, tmp_path: Path) -> None:
    s = sit(till(tmp_path, rounds=9, max_turns=2))
    stop = s.do("go")
    assert stop.kind == "limit"
    s.done("go_past", 3)
    assert s.do("go").kind == "limit"
    assert s.snapshot.turn == 5
    assert s.do("finish").kind == "finished"
    assert s.snapshot.outcome == "limit"
    s.close()
    r = sit(till(tmp_path, rounds=9, max_turns=2))
    r.done("goto", r.view.tip)
    r.done("go_past", 20)  # Also where the run was ended for it, and after opening it again.
    assert r.do("go").kind == "finished"
    assert r.do("go_past").kind == "error"
    assert r.do("finish").kind == "error"


def test_past_a_stuck_verdict(sit: Sit, tmp_path: Path) -> None:
    flow = till(tmp_path, rounds=9)
    flow.policy = lambda seen: call("count", number=1)
    s = sit(flow)
    assert s.do("go").kind == "stuck"
    assert Ran(tmp_path).times("count") == 4
    s.done("go_past")
    assert s.do("go").kind == "stuck"
    assert Ran(tmp_path).times("count") == 8
    s.done("edit.undo")
    assert s.do("go").kind == "stuck"  # As it was before one went past it.


# -- the shipped demo -------------------------------------------------------------------------


@pytest.mark.parametrize("yes", [True, False])
def test_the_refund_demo_sends_a_second_mail_only_if_told_to(
    sit: Sit, tmp_path: Path, yes: bool
) -> None:
    s = sit(refund)
    assert s.do("go").kind == "finished"
    count = _mails(s)
    assert count() == 1
    stop = s.do("edit.retry", s.last(e.ToolReturned, "send_email"))
    assert stop.kind == "confirm" and stop.warnings[0].call.tool == "send_email"
    if yes:
        assert s.do("confirm").kind == "step"
    assert s.session.executions.runs("send_email") == 1 + yes


def _mails(s: Sitting) -> Callable[[], int]:
    def count() -> int:
        assert s.worlds is not None
        db = s.worlds.world.connect()  # type: ignore[attr-defined]
        try:
            (found,) = db.execute("SELECT count(*) FROM outbox").fetchone()
            return int(found)
        finally:
            db.close()

    return count
