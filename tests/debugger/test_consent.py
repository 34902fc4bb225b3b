"""What a person allowed holds for the run it is for, or until they move, and for no more."""

from __future__ import annotations

from pathlib import Path

from tests.debugger.flows import bill
from tests.debugger.sitting import Sitting
from tooltrace.core.model import events as e
from tooltrace.core.model.snapshot import Call
from tooltrace.debugger.edit.preview import CallAhead, calls_ahead
from tooltrace.debugger.run.consent import NOTHING, Consent
from tooltrace.debugger.session.repeat_warning import RepeatWarning, call_name

CALL = Call(e.CallRef(3, 0), "c", "pay", {"amount": 5}, "waiting")
WARNING = RepeatWarning(CALL, 1, ())
AHEAD = CallAhead(9, "pay", {"amount": 5}, "writes", "blocked", 1, call_name("pay", {"amount": 5}))


def test_a_call_a_tool_or_a_call_with_those_arguments() -> None:
    assert not NOTHING.allows(WARNING)
    assert Consent((CALL.ref,)).allows(WARNING)
    assert not Consent((e.CallRef(3, 1),)).allows(WARNING)
    assert Consent(("pay",)).allows(WARNING)
    assert not Consent(("tell",)).allows(WARNING)
    assert Consent((AHEAD,)).allows(WARNING)


def test_as_often_as_it_stands_there() -> None:
    twice = Consent((AHEAD, AHEAD))
    once = twice.after([AHEAD.name])
    assert once.allows(WARNING)
    assert not once.after([AHEAD.name]).allows(WARNING)
    undone = RepeatWarning(CALL, 1, (), undone=True)
    assert once.after([AHEAD.name]).allows(undone)


def test_what_was_said_of_the_run_ends_with_it() -> None:
    given = Consent(("pay", AHEAD), world=True, thinking=True, retry=True)
    assert given.kept() == Consent((AHEAD,), world=True, thinking=True)
    assert NOTHING | given == given


def past_pay(s: Sitting) -> None:
    """A run to its end, and a branch on which what paid would run again."""
    s.to_call("pay")
    place = s.head
    s.go_saying_yes()
    s.done("goto", place)
    s.done("edit.fork", "again")


def test_a_tool_that_was_named_runs_in_that_run_only(tmp_path: Path) -> None:
    with Sitting(tmp_path, bill(tmp_path)) as s:
        past_pay(s)
        assert s.do("go").kind == "confirm"
        assert s.do("go", allow=["tell"]).kind == "confirm"
        stop = s.do("go", allow=["pay", "tell"])
        assert stop.kind == "finished", stop
        s.done("goto", 1)
        assert s.debugger.consent == NOTHING
        past = next(r.id for r in s.session.tree.records.values() if r.event.name == "forked")
        s.done("goto", past)
        s.done("edit.fork", "third")
        assert s.do("go").kind == "confirm"


def test_it_holds_over_what_is_recorded_before_the_run_gets_there(tmp_path: Path) -> None:
    with Sitting(tmp_path, bill(tmp_path)) as s:
        past_pay(s)
        s.done("goto", 1)
        assert s.do("go", allow=["pay", "tell"]).kind == "end"
        assert s.do("go").kind == "confirm"
        assert s.do("go", allow=["pay", "tell"]).kind == "finished"


def test_calls_allowed_with_a_fork_are_forgotten_when_one_moves(tmp_path: Path) -> None:
    with Sitting(tmp_path, bill(tmp_path)) as s:
        s.to_call("pay")
        place = s.head
        s.go_saying_yes()
        s.done("goto", place)
        names = [call.name for call in calls_ahead(s.session, "live")]
        s.done("edit.fork", "again", names)
        assert s.debugger.consent.counted
        s.done("back")
        assert s.debugger.consent == NOTHING


def test_what_a_run_was_given_is_not_there_for_another_place(tmp_path: Path) -> None:
    with Sitting(tmp_path, bill(tmp_path)) as s:
        past_pay(s)
        assert s.do("go", allow=["pay", "tell"]).kind == "finished"
        past = next(r.id for r in s.session.tree.records.values() if r.event.name == "forked")
        s.done("goto", past)
        s.done("edit.fork", "third")
        # Goes on as the last time, but for what that time was allowed.
        assert s.do("send_thinking", False).kind == "confirm"
