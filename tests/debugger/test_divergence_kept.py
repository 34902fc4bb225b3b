"""A divergence is a fact: what came back is in the file, and so is that somebody accepted it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.debugger.conftest import Sit
from tests.debugger.flows import Ran, bill
from tests.debugger.sitting import Sitting, clock
from tests.events import event_of
from tooltrace import call, say
from tooltrace.core.model import events as e
from tooltrace.debugger.edit.preview import calls_ahead
from tooltrace.debugger.replay.check import BranchVerdict, check_session


def amount_of(record: e.Record) -> object:
    """The amount in a result."""
    return event_of(record, e.ToolReturned).content["amount"]


def met(sit: Sit, tmp_path: Path, *, world: bool = True) -> Sitting:
    """A replay with today's tools that stands where looking gives something else than it gave."""
    s = sit(bill(tmp_path, world=world, open_world=not world))
    assert s.do("go").kind == "finished"
    end = s.head
    s.close()
    s = sit(changed(tmp_path, world=world))
    s.done("goto", end)
    said = s.done("replay.start", from_start=True, answers="live tools").text
    assert ("on a copy of the world" in said) is world
    assert s.do("go").kind == "divergence"
    return s


def changed(folder: Path, *, world: bool) -> Any:
    """The same workflow, whose bills have become dearer."""
    flow = bill(folder, world=world, open_world=not world)
    look = flow.tools["look"]
    inner = look.function

    def dearer(*args: Any, **named: Any) -> Any:
        return {**inner(*args, **named), "amount": 26}

    dearer.__signature__ = __import__("inspect").signature(inner)  # type: ignore[attr-defined]
    object.__setattr__(look, "function", dearer)
    return flow


async def checked(s: Sitting) -> list[BranchVerdict]:
    return await check_session(s.session, clock)


def test_a_breakpoint_at_divergences_is_named_where_a_replay_meets_one(
    sit: Sit, tmp_path: Path
) -> None:
    s = met(sit, tmp_path)
    s.debugger.breakpoints.set(["divergence if state == 'looking'", "divergence log state"])
    (text,) = {line.text for line in s.view.printed}
    assert text == "looking"
    s.done("goto", 1)
    s.done("replay.start", from_start=True, answers="live tools")
    stop = s.do("go")
    assert stop.kind == "divergence" and stop.divergence is not None
    assert (
        stop.breakpoint is not None and str(stop.breakpoint) == "divergence if state == 'looking'"
    )
    assert stop.text.startswith("breakpoint: divergence if state == 'looking' · divergence at step")
    assert s.do("go") == stop


def stands_at_it(s: Sitting) -> None:
    """Whoever stands there is told the same, however they came there."""
    assert s.view.action.why == "diverged"  # type: ignore[union-attr]
    assert "content.amount" in s.view.action.text  # type: ignore[union-attr]
    assert s.snapshot.diverged is not None
    assert (s.snapshot.diverged.recorded, s.snapshot.diverged.now) == (25, 26)
    (look,) = s.snapshot.calls
    assert (look.status, look.content["amount"]) == ("returned", 26)


async def test_what_came_back_is_in_the_file_and_said_wherever_one_stands_there(
    sit: Sit, tmp_path: Path
) -> None:
    s = met(sit, tmp_path)
    stands_at_it(s)
    place = s.head
    came = s.session.tree[s.last(e.ToolReturned)]
    assert (came.source, amount_of(came)) == ("live", 26)
    assert came.of is not None and amount_of(s.session.tree[came.of]) == 25
    assert s.do("step").kind == "divergence"
    s.done("edit.undo")
    s.done("goto", place)
    stands_at_it(s)
    assert s.do("step").kind == "divergence"
    s.done("back")
    s.done("goto", place)
    s.close(remember=True)
    s = sit(changed(tmp_path, world=True))
    assert s.head == place
    assert s.do("step").kind == "await"
    stands_at_it(s)
    assert s.view.acceptable and not s.view.replaying
    found = [one for one in await checked(s) if one.divergence is not None]
    assert [one.branch for one in found] == [s.view.branch.name]
    assert "content.amount was 25, is 26" in found[0].text and "not accepted" in found[0].text


async def test_accepting_is_a_fact_and_the_replay_goes_on(sit: Sit, tmp_path: Path) -> None:
    s = met(sit, tmp_path)
    s.done("replay.accept")
    assert s.names[-2:] == ["diverged", "divergence_accepted"]
    while (stop := s.do("go")).kind == "divergence":
        s.done("replay.accept")
    assert stop.kind == "end"
    # What came back, which the context keeps too, and two replies that today's model bases on it.
    assert s.snapshot.outcome == "completed" and s.snapshot.accepted == 3
    assert s.snapshot.context["amount"] == 26
    assert not [one for one in await checked(s) if one.divergence is not None]


async def test_accepted_in_a_later_sitting_it_goes_on_live(sit: Sit, tmp_path: Path) -> None:
    s = met(sit, tmp_path)
    s.close(remember=True)
    s = sit(changed(tmp_path, world=True))
    s.done("replay.accept")
    assert s.names[-1] == "divergence_accepted"
    stop = s.do("go")
    assert [warning.call.tool for warning in stop.warnings] == ["pay"]
    assert s.do("replay.accept").kind == "error"
    s.done("edit.undo")
    stands_at_it(s)


async def test_going_on_live_begins_before_what_differed(sit: Sit, tmp_path: Path) -> None:
    s = met(sit, tmp_path)
    s.done("replay.live_from_here")
    assert [c.status for c in s.snapshot.calls] == ["waiting"]
    assert s.names[-1] == "forked" and "diverged" not in s.names
    s.done("step")
    assert s.snapshot.calls[0].content["amount"] == 26


@pytest.mark.parametrize("allow", [True, False])
async def test_what_a_replay_really_ran_outside_counts_as_run(
    sit: Sit, tmp_path: Path, allow: bool
) -> None:
    s = sit(bill(tmp_path))
    s.do("go")
    begin = s.view.path[0]
    ahead = calls_ahead(s.session, "live tools", begin)
    names = {one.name for one in ahead if one.tool == "pay"} if allow else set()
    s.done("replay.start", from_start=True, answers="live tools", allowed=frozenset(names))
    assert s.do("go").kind == "end"
    assert Ran(tmp_path).times("pay") == 1 + allow
    assert s.session.executions.runs("pay") == 1 + allow
    paid = [r for r in s.path if isinstance(r.event, e.ToolStarted) and r.event.tool == "pay"]
    assert [r.source for r in paid] == ["live" if allow else "recorded"]
    if allow:
        main = s.view.branches[0]
        s.done("goto", next(i for i in main_way(s, main.tip) if s_is_pay(s, i)), main.tip)
        (warning,) = s.do("edit.retry", s.head).warnings
        assert warning.times == 2
        assert s.do("confirm").kind == "step"
        assert len(set(Ran(tmp_path).keys("pay"))) == 2  # The replay kept the key.


def main_way(s: Sitting, tip: int) -> list[int]:
    return [record.id for record in s.session.tree.path(tip)]


def s_is_pay(s: Sitting, record: int) -> bool:
    event = s.session.tree[record].event
    if not isinstance(event, e.ToolReturned):
        return False
    started = s.session.tree[record].parent
    return started is not None and getattr(s.session.tree[started].event, "tool", "") == "pay"


async def test_a_call_that_a_live_model_makes_anew_is_a_divergence_on_file(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(bill(tmp_path))
    s.do("go")
    end = s.head
    s.close()
    flow = bill(tmp_path)
    flow.policy = lambda seen: call("look", number=3)
    s = sit(flow)
    s.done("goto", end)
    s.done("replay.start", from_start=True, answers="live model")
    assert s.do("go").kind == "divergence"
    met = s.snapshot
    assert met.diverged is not None and met.diverged.now["tool"] == "look"
    s.done("edit.answer", met.calls[0].ref, {"amount": 1, "good": False})
    assert s.snapshot.diverged is None and s.snapshot.calls[0].status == "returned"


async def test_a_recorded_write_answers_one_call_of_a_live_model(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.do("go")
    end = s.head
    s.close()
    flow = bill(tmp_path)
    policy = flow.policy
    assert policy is not None

    def twice(seen: Any) -> Any:
        if seen.state == "paying":
            return say("", call("pay", amount=25), call("pay", amount=25))
        return policy(seen)

    flow.policy = twice
    for how in ("go", "step"):
        s = sit(flow)
        s.done("goto", end)
        s.done("replay.start", from_start=True, answers="live model")
        while (stop := s.do(how)).kind == "step":
            pass
        assert stop.kind == "divergence" and "once more than was recorded" in stop.text
        paid = [c.status for c in s.snapshot.calls if c.tool == "pay"]
        assert paid == (["waiting", "waiting"] if how == "go" else ["returned", "waiting"])
        s.close()
    assert Ran(tmp_path).times("pay") == 1
