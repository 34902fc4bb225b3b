"""``check_session``: what is as it was passes, and every planted change is found where it is."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.debugger.conftest import Sit
from tests.debugger.flows import bill, pair
from tests.debugger.recordings import Records, check, event
from tests.debugger.sitting import records_of
from tests.store.build import write
from tooltrace.core.model import events as e
from tooltrace.workflows.backfill import backfill
from tooltrace.workflows.loan import loan
from tooltrace.workflows.refund import refund
from tooltrace.workflows.release import release

DEMOS = {flow.name: flow for flow in (refund, loan, release, backfill)}
SHIPPED = sorted((Path(__file__).parents[2] / "sessions").glob("*.jsonl"))


@pytest.mark.parametrize("name", DEMOS)
@pytest.mark.parametrize("against", ["itself", "today"])
def test_an_untouched_recording_of_a_demo(
    sit: Sit, tmp_path: Path, name: str, against: str
) -> None:
    flow = DEMOS[name]
    s = sit(flow)
    s.do("go")
    s.done("edit.result", s.last(e.ToolReturned), "garbage")
    s.do("go")
    s.done("replay.start", from_start=True)
    s.do("go")
    s.close()
    found = check(s.file, flow if against == "today" else None)
    assert [(one.branch, one.divergence) for one in found] == [
        ("main", None),
        ("edit", None),
        ("replay", None),
    ]
    assert all(one.steps > 5 for one in found)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_shipped_recordings(path: Path) -> None:
    name = records_of(path)[0].event.workflow.name  # type: ignore[attr-defined]
    for found in (check(path), check(path, DEMOS[name])):
        assert [one.text for one in found if one.divergence] == []


# -- planted in the file ----------------------------------------------------------------------


def changed(records: Records, at: int, **values: Any) -> Records:
    fresh = list(records)
    fresh[at] = replace(fresh[at], event=replace(fresh[at].event, **values))
    return fresh


def without(records: Records, *places: int) -> Records:
    """The records without some, the rest joined up again; ids stay as they are."""
    fresh, last = [], None
    for at, record in enumerate(records):
        if at in places:
            continue
        fresh.append(replace(record, parent=last))
        last = record.id
    return fresh


def reply_with(records: Records, at: int, change: Callable[[list[Any]], object]) -> Records:
    reply = deepcopy(records[at].event.reply)  # type: ignore[attr-defined]
    change(reply["content"])
    return changed(records, at, reply=reply)


def plant_result(r: Records) -> tuple[Records, int, str, str]:
    at = event(r, e.ToolReturned)
    content = {"amount": 26, "good": True}
    return (
        changed(r, at, content=content),
        r[event(r, e.ModelCalled, 1)].id,
        "request",
        "messages[4][1]",
    )


def plant_result_that_turns_the_way(r: Records) -> tuple[Records, int, str, str]:
    at = event(r, e.ToolReturned)
    content = {"amount": 25, "good": False}
    return changed(r, at, content=content), r[event(r, e.Transitioned)].id, "transition", "state"


def plant_last_result(r: Records) -> tuple[Records, int, str, str]:
    at = event(r, e.ToolReturned, 2)
    return (
        changed(r, at, content="lied"),
        r[event(r, e.ModelCalled, 3)].id,
        "request",
        "messages[8..9]",
    )


def plant_argument(r: Records) -> tuple[Records, int, str, str]:
    at = event(r, e.ModelReplied, 1)
    fresh = reply_with(r, at, lambda content: content[1]["input"].update(amount=1))
    return fresh, r[event(r, e.ModelCalled, 2)].id, "request", "messages[5..6]"


def plant_text(r: Records) -> tuple[Records, int, str, str]:
    at = event(r, e.ModelReplied, 1)
    fresh = reply_with(r, at, lambda content: content[0].update(text="Stealing."))
    return fresh, r[event(r, e.ModelCalled, 2)].id, "request", "messages[5..6]"


def plant_words(r: Records) -> tuple[Records, int, str, str]:
    at = event(r, e.UserSaid)
    return changed(r, at, text="Bull!"), r[event(r, e.ModelCalled)].id, "request", "messages[0]"


def plant_state(r: Records) -> tuple[Records, int, str, str]:
    at = event(r, e.Transitioned)
    return changed(r, at, to="failed", row=1), r[at].id, "transition", "state"


def plant_missing_transition(r: Records) -> tuple[Records, int, str, str]:
    at = event(r, e.Transitioned)
    return without(r, at), r[at + 1].id, "next action", "action"


def plant_missing_call(r: Records) -> tuple[Records, int, str, str]:
    at = event(r, e.ToolStarted, 2)
    return without(r, at, at + 1, at + 2), r[at + 3].id, "next action", "action"


def plant_extra_call(r: Records) -> tuple[Records, int, str, str]:
    at = event(r, e.ToolReturned)
    again = event(r, e.ToolStarted)
    extra = [
        replace(r[again], id=r[at].id + 1, parent=r[at].id),
        replace(r[at], id=r[at].id + 2, parent=r[at].id + 1),
    ]
    later = [replace(x, id=x.id + 2, parent=(x.parent or 0) + 2) for x in r[at + 1 :]]
    return [*r[: at + 1], *extra, *later], extra[0].id, "tool call", "call"


def plant_outcome(r: Records) -> tuple[Records, int, str, str]:
    at = event(r, e.RunFinished)
    return changed(r, at, outcome="failed"), r[at].id, "outcome", "outcome"


def plant_prompt(r: Records) -> tuple[Records, int, str, str]:
    at = event(r, e.ModelCalled, 1)
    prompt = r[at].event.prompt.replace("paying", "playing")  # type: ignore[attr-defined]
    return changed(r, at, prompt=prompt), r[at].id, "request", "prompt"


PLANTS = [
    plant_result,
    plant_result_that_turns_the_way,
    plant_last_result,
    plant_argument,
    plant_text,
    plant_words,
    plant_state,
    plant_missing_transition,
    plant_missing_call,
    plant_extra_call,
    plant_outcome,
    plant_prompt,
]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_a_change_in_the_file_is_found_where_it_shows(
    tmp_path: Path, recorded: Records, plant: Callable[..., Any]
) -> None:
    records, expected, what, field = plant(recorded)
    path = tmp_path / "s.jsonl"
    write(path, records)
    (one,) = check(path)
    found = one.divergence
    assert found is not None
    assert (found.record, found.what, found.field) == (expected, what, field), one.text
    assert found.recorded != found.now
    assert f"#{expected}" in one.text and field in one.text


def test_the_order_of_calls_that_wait_for_each_other(sit: Sit, tmp_path: Path) -> None:
    s = sit(pair(tmp_path, after=True))
    s.do("go")
    s.close()
    r = records_of(s.file)
    one, two = event(r, e.ToolStarted), event(r, e.ToolStarted, 1)
    order = [*range(one), two, two + 1, one, one + 1, *range(two + 2, len(r))]
    ids = [record.id for record in r]
    swapped = [
        replace(r[old], id=ids[at], parent=ids[at - 1] if at else None)
        for at, old in enumerate(order)
    ]
    s.file.unlink()
    write(s.file, swapped)
    (found,) = check(s.file)
    assert found.divergence is not None
    assert (found.divergence.record, found.divergence.what) == (ids[one], "tool call")
    assert (found.divergence.recorded, found.divergence.now) == ("right", "call left, right")


def test_each_branch_is_checked_for_itself(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.do("go")
    s.done("edit.result", s.last(e.ToolReturned, "look"), {"amount": 1, "good": False})
    s.do("go")
    s.close()
    found = check(s.file, bill(tmp_path, thanks="Thank you."))
    assert [(one.branch, one.divergence is None) for one in found] == [
        ("main", False),
        ("edit", True),  # It never came to saying thanks.
    ]


def test_a_session_that_ends_in_the_middle_is_no_divergence(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    ref = s.to_call("pay")
    s.session.append(e.ToolStarted(ref, "pay", "k"), "live")
    s.close()
    (found,) = check(s.file)
    assert found.divergence is None
