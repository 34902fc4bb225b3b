"""What answers in a replay is chosen: today's tools on a copy of the world, or a live model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.debugger.flows import Ran, bill
from tests.debugger.sitting import Sitting
from tooltrace.core.model import events as e
from tooltrace.debugger.edit.preview import calls_ahead
from tooltrace.models.scripted import call, say

Sit = Callable[..., Sitting]


def done(s: Sitting) -> None:
    assert s.do("go").kind == "finished"


def test_todays_tools_on_a_copy_of_the_world_give_what_they_gave(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path, world=True, open_world=False))
    done(s)
    end = s.snapshot
    world, live = s.worlds.world.digest(), _live_starts(s)  # type: ignore[union-attr]
    s.done("replay.start", from_start=True, answers="live tools")
    stop = s.do("go")
    assert stop.kind == "end", stop.text
    assert s.snapshot.context == end.context and s.snapshot.outcome == end.outcome
    ran = Ran(tmp_path)
    # They did run, and the world here knows nothing of it; what acts outside of it did not.
    assert (ran.times("look"), ran.times("pay"), ran.times("tell")) == (2, 2, 1)
    assert s.worlds.world.digest() == world  # type: ignore[union-attr]
    assert _live_starts(s) == live


def test_a_tool_that_gives_something_else_today_is_named_and_can_be_accepted(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(bill(tmp_path, world=True, open_world=False))
    done(s)
    end = s.head
    s.close()

    def broken() -> None:
        raise ValueError("the bank is closed")

    s = sit(bill(tmp_path, world=True, open_world=False, paying=broken))
    s.done("goto", end)
    s.done("replay.start", from_start=True, answers="live tools")
    stop = s.do("go")
    assert stop.kind == "divergence" and stop.divergence is not None
    assert (stop.divergence.what, stop.divergence.field) == ("tool result", "is_error")
    assert s.view.acceptable
    s.done("replay.accept")
    assert s.names[-3:] == ["tool_returned", "diverged", "divergence_accepted"]
    taken = s.path[-3]
    assert isinstance(taken.event, e.ToolReturned)
    assert taken.event.is_error and taken.source == "live"


def test_without_a_world_a_tool_that_writes_is_answered_until_it_is_allowed(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(bill(tmp_path))
    done(s)
    ahead = calls_ahead(s.session, "live tools", s.view.path[0])
    pay = next(one for one in ahead if one.tool == "pay")
    assert (pay.effect, pay.plan, pay.ran) == ("writes", "blocked", 1)
    assert {one.plan for one in ahead if one.effect == "reads"} == {"runs"}
    s.done("replay.start", from_start=True, answers="live tools")
    assert s.do("go").kind == "end"
    assert Ran(tmp_path).times("pay") == 1


def test_a_live_model_is_asked_anew_and_gets_recorded_results(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    done(s)
    ran = Ran(tmp_path).all
    s.done("replay.start", from_start=True, answers="live model")
    assert s.do("go").kind == "end"
    assert Ran(tmp_path).all == ran
    results = [r for r in s.path if isinstance(r.event, e.ToolReturned)]
    assert results and {r.source for r in results} == {"recorded"}
    replies = [r for r in s.path if isinstance(r.event, e.ModelReplied)]
    assert {r.source for r in replies} == {"scripted"}


def test_a_call_that_was_never_recorded_stops_before_it(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    done(s)
    end, ran = s.head, Ran(tmp_path).all
    s.close()
    flow = bill(tmp_path)
    flow.policy = lambda seen: say("", call("look", number="other"))
    s = sit(flow)
    s.done("goto", end)
    s.done("replay.start", from_start=True, answers="live model")
    stop = s.do("go")
    assert stop.kind == "divergence", stop
    assert "never recorded" in stop.text and not s.view.acceptable
    assert s.snapshot.settled
    assert s.do("go").kind == "divergence"
    assert Ran(tmp_path).all == ran


def _live_starts(s: Sitting) -> int:
    records = s.session.tree.records.values()
    return sum(r.source == "live" and isinstance(r.event, e.ToolStarted) for r in records)
