"""Budgets while debugging: a pause, going past it, and what survives reopening, fork and replay."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from tests.debugger.flows import bill
from tests.debugger.sitting import Sitting
from tooltrace.core.model import events as e
from tooltrace.core.model.events import ModelReplied
from tooltrace.core.model.messages import Request
from tooltrace.core.model.ports import ModelAnswer, OnDelta, PortAnswer
from tooltrace.models.scripted import ScriptedModel

DIME = 0.1


class Charging(ScriptedModel):
    """The workflow's policy, at a dime for each reply."""

    async def ask(self, request: Request, heard: OnDelta | None = None) -> PortAnswer[ModelAnswer]:
        answer = await super().ask(request, heard)
        event = answer.event
        priced = replace(event, cost=DIME) if isinstance(event, ModelReplied) else event
        return replace(answer, event=priced)


def sitting(
    folder: Path, cost_budget: float | None = None, token_budget: int | None = None
) -> Sitting:
    flow = bill(folder)
    assert flow.policy is not None
    settings = e.Settings(cost_budget=cost_budget, token_budget=token_budget)
    return Sitting(folder, flow, settings=settings, model=Charging(flow.policy))


def test_the_run_pauses_at_the_budget_and_again_after_another_one(tmp_path: Path) -> None:
    s = sitting(tmp_path, cost_budget=0.1)
    try:
        stop = s.do("go")
        assert (stop.kind, stop.text) == ("limit", "$0.10 spent, and $0.10 are allowed")
        s.done("go_past")
        assert s.do("go").text == "$0.20 spent, and $0.20 are allowed"
    finally:
        s.close()
    again = sitting(tmp_path)
    try:
        assert again.do("go").text == "$0.20 spent, and $0.20 are allowed"
        again.done("edit.fork", "other")
        assert again.do("go").kind == "limit"
        assert again.do("finish").kind == "finished"
        assert again.snapshot.outcome == "limit"
    finally:
        again.close()


def test_a_replay_has_the_costs_of_the_recording(tmp_path: Path) -> None:
    s = sitting(tmp_path, cost_budget=5.0, token_budget=9_999)
    try:
        assert s.do("go").kind == "finished"
        first = s.snapshot
        assert first.usage.cost == DIME * first.turn
        assert first.usage.unpriced == 0
        s.done("replay.start", from_start=True)
        assert "no divergence" in s.do("go").text
        assert replace(s.snapshot.usage, ms=0.0) == replace(first.usage, ms=0.0)
        assert s.snapshot.settings == first.settings
    finally:
        s.close()
