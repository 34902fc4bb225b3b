"""Rows made a little at a time are those made at once, wherever one stands."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from tests.core.given import Given, call
from tests.tui.view.build import see
from tooltrace.core.fold.steps import Steps
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.debugger.view import View
from tooltrace.tui.rows.calls.calls import TraceRows
from tooltrace.tui.rows.conversation.conversation import ConversationRows
from tooltrace.tui.rows.conversation.entry import Entry
from tooltrace.tui.rows.conversation.incremental import LONG, IncrementalRows, around


@pytest.fixture(scope="module")
def long() -> Given:
    given = Given(WorkflowSpec("free")).user("Go.")
    for turn in range(LONG // 4 + 100):
        given.replies(
            f"Turn **{turn}**:\n- `look`", call("look", number=turn), call("look", number=-turn)
        )
        given.starts("look").returns("look", {"seen": turn})
        given.starts("look").returns("look", "x" * 200)
    return given


def at(given: Given, where: str) -> View:
    way = [record.id for record in given.tree.path(given.at)]
    return see(given, head={"root": way[0], "middle": way[len(way) // 2], "tip": way[-1]}[where])


def unmeasured(entries: Sequence[Entry]) -> list[Entry]:
    return [replace(entry, measured={}) for entry in entries]


@pytest.mark.parametrize("where", ["root", "middle", "tip"])
def test_what_is_made_in_slices_is_what_is_made_at_once(long: Given, where: str) -> None:
    view = at(long, where)
    assert len(view.path) > LONG
    filling = IncrementalRows(view, Steps(), lambda: (60, 70))
    slices = 0
    while not filling.go_on(0.0001):
        slices += 1
    assert slices > 3
    rows, calls = ConversationRows(), TraceRows(Steps())
    assert unmeasured(filling.conversation.update(view)[0]) == unmeasured(rows.update(view)[0])
    assert filling.calls.update(view)[0] == calls.update(view)[0]


@pytest.mark.parametrize("where", ["root", "middle", "tip"])
def test_a_window_shows_the_same_around_the_head(long: Given, where: str) -> None:
    view = at(long, where)
    some = ConversationRows(around(view)).update(view)[0]
    all_of_it = {entry.key: entry for entry in ConversationRows().update(view)[0]}
    assert 100 < len(some) < len(all_of_it)
    assert all(all_of_it[entry.key] == entry for entry in some)
    assert any(entry.record == view.head for entry in some)
    rows = TraceRows(Steps(), window=around(view)).update(view)[0]
    assert 0 < len(rows) < len(TraceRows(Steps()).update(view)[0])


def test_folding_ahead_of_time_changes_nothing(long: Given) -> None:
    way = [record.id for record in long.tree.path(long.at)]
    warm, cold = Tree(), Tree()
    for record in long.tree.records.values():
        warm.add(record)
        cold.add(record)
    place, times = 0, 0
    while place < len(way):
        place = warm.warm(way, place, 200)
        times += 1
    assert times > 3
    for record_id in way[::37]:
        assert warm.snapshot_at(record_id) == cold.snapshot_at(record_id)
