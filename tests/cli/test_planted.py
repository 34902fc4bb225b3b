"""200 sessions with one change planted in each, and 200 without: all found, and nothing else.

Two comparisons are tried. Against today's code with its tools live (each on a copy of the world),
a change is named at its very record and field: the policy knows every reply, the tools know every
result. Against itself a file can only contradict itself, so a changed reply or result shows in the
request after it, whose digest covers what it was made from; that it shows is what counts there.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.cli.planted import KINDS, plant
from tests.debugger.sitting import records_of
from tests.store.build import write
from tooltrace.assemble import Code, load_code
from tooltrace.cli.check.one import CheckOptions, check_file
from tooltrace.core.model import events as e

ROOT = Path(__file__).parents[2]
SESSIONS = ("refund", "refund-failed", "refund-too-old", "loan", "release", "backfill")
EACH = 34
ASKED = CheckOptions("today", live=True)


@cache
def recording(name: str) -> tuple[e.Record, ...]:
    return tuple(
        record
        for record in records_of(ROOT / "sessions" / f"demo-{name}.jsonl")
        if record.event.name != "head_set"
    )


@cache
def code(name: str) -> Code:
    return load_code(name)


def varied(name: str, number: int) -> list[e.Record]:
    """The recording as another run of the same might have been: other times, other durations."""
    return [
        replace(
            record,
            at=f"2026-11-{1 + number % 28:02d}T{record.id % 24:02d}:00:00.000Z",
            event=replace(record.event, ms=record.event.ms + number)
            if isinstance(record.event, e.ToolReturned | e.ModelReplied)
            else record.event,
        )
        for record in recording(name)
    ]


def possible(kind: str, name: str) -> bool:
    """Whether the recording has a place for such a change."""
    turns = sum(
        isinstance(r.event, e.ModelReplied) and "tool_use" in str(r.event.reply)
        for r in recording(name)
    )
    return kind != "an order" or turns > 1


def names_for(kind: str) -> list[str]:
    able = [name for name in SESSIONS if possible(kind, name)]
    return [able[n % len(able)] for n in range(EACH)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_planted_change_is_found_at_its_step_and_field(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    for number, name in enumerate(names_for(kind)):
        planted = plant(kind, varied(name, number), number // len(set(names_for(kind))))
        write(path, planted.records)
        found = check_file(path, ASKED, code(name.partition("-")[0]))
        assert found.why is None and found.problems == (), (name, found)
        (one,) = found.checked
        differs = one.divergence
        assert differs is not None, (name, number)
        assert (differs.record, differs.what) == (planted.record, planted.what), (name, one.text)
        assert differs.field == planted.field, (name, one.text)
        assert differs.recorded != differs.now
        # And the file contradicts itself.
        (alone,) = check_file(path, CheckOptions()).checked
        assert alone.divergence is not None, (name, number, one.text)
        assert (alone.divergence.record or 0) >= planted.record


@pytest.mark.long
def test_nothing_is_found_in_as_many_that_are_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    count = 0
    for number in range(EACH):
        for name in SESSIONS:
            write(path, varied(name, number))
            live = number % 8 == 0
            asked, today = (ASKED, code(name.partition("-")[0])) if live else (CheckOptions(), None)
            (one,) = check_file(path, asked, today).checked
            assert one.divergence is None, one.text
            count += 1
    assert count >= 200
