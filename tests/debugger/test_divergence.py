"""A replay of a workflow that has changed stops where it differs, and runs nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.debugger.conftest import Sit
from tests.debugger.flows import Ran, bill
from tooltrace import Move, Workflow, say

CHANGED: dict[str, tuple[Callable[[Path], Workflow], str, str, str]] = {
    "text": (lambda p: bill(p, thanks="Thanks."), "model_replied", "reply", "content[0].text"),
    "guard": (lambda p: bill(p, guard="result.amount > 99"), "transitioned", "transition", "state"),
}


@pytest.mark.parametrize("change", CHANGED)
def test_a_changed_workflow_diverges_at_its_step_and_field(
    sit: Sit, tmp_path: Path, change: str
) -> None:
    build, event, what, field = CHANGED[change]
    s = sit(bill(tmp_path))
    s.do("go")
    recorded = s.view.path
    s.close()
    s = sit(build(tmp_path))
    s.done("goto", recorded[-1])
    ran = Ran(tmp_path).all
    s.done("replay.start", from_start=True)
    stop = s.do("go")
    assert stop.kind == "divergence"
    found = stop.divergence
    assert found is not None and found.record in recorded
    assert s.session.tree[found.record].event.name == event
    assert (found.what, found.field) == (what, field)
    assert str(found.record) in stop.text and field in stop.text
    assert Ran(tmp_path).all == ran
    # A replay never goes on for real by itself, however often a person presses the key.
    assert s.view.replaying
    head = s.head
    assert s.do("go").kind == s.do("step").kind == "divergence"
    assert s.head == head and Ran(tmp_path).all == ran


def test_after_a_divergence_going_on_live_is_chosen_and_asks_before_it_writes(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(bill(tmp_path))
    s.do("go")
    end = s.head
    s.close()
    flow = bill(tmp_path, thanks="x")
    policy = flow.policy
    assert policy is not None
    flow.policy = lambda seen: say("Hm.", *_as(policy(seen)))
    s = sit(flow)
    s.done("goto", end)
    s.done("replay.start", from_start=True)
    stop = s.do("go")
    assert stop.kind == "divergence"
    assert stop.divergence is not None and stop.divergence.field == "content[0].text"
    s.done("replay.live_from_here")
    assert not s.view.replaying
    stop = s.do("go")
    assert stop.kind == "confirm"
    assert Ran(tmp_path).times("pay") == 1


def test_an_accepted_reply_goes_on_as_recorded(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.do("go")
    end, recorded = s.head, s.snapshot
    s.close()
    flow = bill(tmp_path)
    policy = flow.policy
    assert policy is not None
    flow.policy = lambda seen: say("Hm.", *_as(policy(seen)))
    s = sit(flow)
    s.done("goto", end)
    s.done("replay.start", from_start=True)
    met = 0
    while (stop := s.do("go")).kind == "divergence":
        assert s.view.acceptable
        s.done("replay.accept")
        met += 1
    assert met > 1 and stop.kind == "end"
    assert s.snapshot.context == recorded.context and s.snapshot.outcome == recorded.outcome
    assert Ran(tmp_path).times("pay") == 1
    assert s.do("replay.accept").kind == "error"


def _as(move: Move) -> list[Move]:
    return [Move("", (made,)) for made in move.calls]


def test_a_tool_that_is_no_longer_allowed_is_named_at_its_call(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.do("go")
    end = s.head
    s.close()
    flow = bill(tmp_path)
    states = tuple(
        replace(state, tools=()) if state.name == "paying" else state for state in flow.spec.states
    )
    flow.spec = replace(flow.spec, states=states)
    s = sit(flow)
    s.done("goto", end)
    s.done("replay.start", from_start=True)
    stop = s.do("go")
    assert stop.kind == "divergence" and stop.divergence is not None
    # The model is told which tools are allowed, so the request differs already.
    assert stop.divergence.what == "request"
    assert "allowed" in str(stop.divergence.now)
