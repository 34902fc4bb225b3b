"""``check_session`` against today's code: every change of it is found at its step and field."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.debugger.conftest import Sit
from tests.debugger.flows import Ran, bill
from tests.debugger.recordings import Records, check, event
from tests.debugger.sitting import records_of
from tests.store.build import write
from tooltrace import Workflow
from tooltrace.core.model import events as e


def today_thanks(folder: Path) -> Workflow:
    return bill(folder, thanks="Thank you.")


def today_guard(folder: Path) -> Workflow:
    return bill(folder, guard="result.amount > 99")


def today_description(folder: Path) -> Workflow:
    flow = bill(folder)
    tools = (replace(flow.spec.tools[0], description="Stare at a bill."), *flow.spec.tools[1:])
    flow.spec = replace(flow.spec, tools=tools)
    return flow


def today_hint(folder: Path) -> Workflow:
    flow = bill(folder)
    states = tuple(
        replace(s, hint="Hurry.") if s.name == "telling" else s for s in flow.spec.states
    )
    flow.spec = replace(flow.spec, states=states)
    return flow


def today_turns(folder: Path) -> Workflow:
    flow = bill(folder)
    flow.spec = replace(flow.spec, max_turns=2)
    return flow


def today_row(folder: Path) -> Workflow:
    flow = bill(folder)
    flow.spec = replace(flow.spec, rows=flow.spec.rows[:-1])
    return flow


Today = tuple[Callable[[Path], Workflow], tuple[type[e.Event], int], str, str]
TODAY: dict[str, Today] = {
    "the words of the model": (today_thanks, (e.ModelReplied, 3), "reply", "content[0].text"),
    "a guard": (today_guard, (e.Transitioned, 0), "transition", "state"),
    "a tool's description": (today_description, (e.ModelCalled, 0), "request", "tools[0][1]"),
    "a hint": (today_hint, (e.ModelCalled, 2), "request", "messages[7][1]"),
    "the turn limit": (today_turns, (e.ModelCalled, 2), "next action", "action"),
    "a row that is gone": (today_row, (e.Transitioned, 2), "transition", "state"),
}


@pytest.mark.parametrize("change", TODAY)
def test_a_change_in_the_code_is_found_at_its_step_and_field(
    tmp_path: Path, recorded: Records, change: str
) -> None:
    build, (kind, nth), what, field = TODAY[change]
    path = tmp_path / "s.jsonl"
    write(path, recorded)
    (one,) = check(path, build(tmp_path))
    found = one.divergence
    assert found is not None
    record = recorded[event(recorded, kind, nth)].id
    assert (found.record, found.what, found.field) == (record, what, field), one.text
    assert check(path)[0].divergence is None  # Held against itself it is as it was.
    assert Ran(tmp_path).all == []


def test_a_critical_tool_that_is_no_longer_one(sit: Sit, tmp_path: Path) -> None:
    def declined() -> None:
        raise OSError("declined")

    s = sit(bill(tmp_path, paying=declined))
    s.do("go")
    assert s.snapshot.state == "failed"
    s.close()
    flow = bill(tmp_path)
    tools = tuple(replace(tool, critical=False) for tool in flow.spec.tools)
    flow.spec = replace(flow.spec, tools=tools)
    (found,) = check(s.file, flow)
    assert found.divergence is not None
    forced_by = next(r for r in records_of(s.file)[::-1] if isinstance(r.event, e.Transitioned))
    assert found.divergence.record == forced_by.id
