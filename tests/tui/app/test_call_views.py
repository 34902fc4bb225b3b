"""The tool calls pane from the keyboard and the mouse: filtered, in another order, over time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.app.driven import Driven, begin, reach, until
from tests.tui.app.keys import presses
from tests.tui.view.build import long_session
from tooltrace.debugger.debugger import Debugger
from tooltrace.tui.rows.calls.call_row import CallRow
from tooltrace.tui.rows.calls.time_row import AxisRow, MoreRow, TimeRow
from tooltrace.tui.rows.calls.time_view import TURNS


@pytest.fixture
def at_end(tmp_path: Path) -> Debugger:
    """The refund, to its end: four calls, the last two write."""
    return reach(begin(tmp_path), lambda view: view.snapshot.outcome is not None)


def tools(d: Driven) -> list[str]:
    return [row.facts.tool for row in d.pane("calls").items if isinstance(row, CallRow)]


@presses("filter_calls")
@presses("leave")
async def test_f_shows_some_calls_says_which_and_esc_shows_all(at_end: Debugger) -> None:
    async with Driven(at_end) as d:
        await d.press("f")
        assert d.dialog == "PickerScreen"
        await d.type("writes")
        await d.press("enter")
        assert tools(d) == ["process_credit", "send_email"]
        assert d.app.focused is d.pane("calls")
        assert "3 Tool calls: writes" in d.text
        assert "2 of 4 · esc shows all" in d.text
        await d.press("f")
        assert "Show calls: writes" in d.text
        await d.type("tool: send")
        await d.press("enter")
        assert tools(d) == ["send_email"]
        await d.press("N", "N", "N")
        assert tools(d) == ["send_email"], "a step keeps the filter"
        await d.press("escape")
        assert len(tools(d)) == 4
        assert "3 Tool calls ━" in d.text


async def test_what_is_asked_for_is_typed_and_nothing_may_be_left(at_end: Debugger) -> None:
    async with Driven(at_end) as d:
        await d.press("f")
        await d.type("slow: another")
        await d.press("enter")
        await d.type("soon")
        await d.press("enter")
        assert "write a time" in d.text
        for _ in "soon":
            await d.press("backspace")
        await d.type("2 min")
        await d.press("enter")
        assert tools(d) == []
        assert "no call is like that: esc shows all" in d.text
        assert "0 of 4" in d.text
        await d.press("f")
        await d.type("all calls")
        await d.press("enter")
        assert len(tools(d)) == 4


async def test_another_order(at_end: Debugger) -> None:
    async with Driven(at_end) as d:
        await d.press("f")
        await d.type("order by tool")
        await d.press("enter")
        assert tools(d) == sorted(tools(d)) and len(tools(d)) == 4
        assert "by tool · 4 of 4" not in d.text and "4 of 4" in d.text


@presses("time_view")
@presses("closer")
@presses("farther")
async def test_W_shows_bars_over_time_and_rows_again(at_end: Debugger) -> None:
    async with Driven(at_end) as d:
        await d.press("W")
        rows = d.pane("calls").items
        assert [type(row) for row in rows].count(AxisRow) == 1
        assert sum(isinstance(row, TimeRow) for row in rows) >= 9
        assert "3 Tool calls: over time" in d.text
        assert "8 turns an axis + -" in d.text and "▒" in d.text
        await d.press("+", "+")
        axes = [row for row in d.pane("calls").items if isinstance(row, AxisRow)]
        assert len(axes) == 5
        await d.press("+")
        assert d.note == "no further"
        d.quiet()
        await d.press("-")
        assert "3 turns an axis + -" in d.text
        await d.press("up", "enter")
        assert d.app.focused is d.pane("inspector") and "send_email" in d.text
        await d.press("escape", "g")
        assert d.view.head == d.pane("calls").selected.record  # type: ignore[union-attr]
        await d.press("escape")
        assert len(tools(d)) == 4
        await d.press("+")
        assert "W shows it" in d.note


async def test_the_mouse_chooses_a_bar_and_the_axis_comes_closer(at_end: Debugger) -> None:
    async with Driven(at_end) as d:
        await d.press("3", "z", "W")
        y = next(n for n, line in enumerate(d.lines) if "process_credit" in line and "┃" in line)
        await d.pilot.click(offset=(20, y))
        await d.settled()
        selected = d.pane("calls").selected
        assert isinstance(selected, TimeRow) and selected.span.facts is not None
        assert selected.span.facts.tool == "process_credit"
        y = next(n for n, line in enumerate(d.lines) if "turns 1–5" in line)
        await d.pilot.click(offset=(20, y))
        await d.settled()
        assert f"{TURNS[1]} turns an axis + -" in d.text


async def test_the_bars_go_on_where_a_long_recording_does(at_start: Debugger) -> None:
    given = long_session(1_500)
    session = at_start.session
    for record in list(given.tree.records.values())[1:]:
        session.append(record.event, "live")
    at_start.submit.goto(session.path[-1]).result(20)
    async with Driven(at_start) as d:
        await d.press("3", "W", "home")
        pane = d.pane("calls")
        assert isinstance(pane.items[0], MoreRow) and pane.items[0].way < 0
        counts = [pane.items[0].count]
        await d.press("home")
        first = pane.items[0]
        assert isinstance(first, MoreRow)
        counts.append(first.count)
        assert counts[1] < counts[0]
        assert isinstance(pane.selected, TimeRow)


async def test_a_filter_looks_through_all_of_a_long_recording(at_start: Debugger) -> None:
    session = at_start.session
    for record in list(long_session(600).tree.records.values())[1:]:
        session.append(record.event, "live")
    at_start.submit.goto(session.path[-1]).result(20)
    async with Driven(at_start) as d:
        await d.press("f")
        await d.type("with words")
        await d.press("enter")
        await d.type("page 77")
        await d.press("enter")
        await until(lambda: not d.screen.rows.filling and not d.screen.rows.shown.looking)
        await d.settled()
        found = [row.facts.arguments for row in d.pane("calls").items if isinstance(row, CallRow)]
        assert {"page": 77} in found and len(found) < 600
        assert f"{len(found)} of 600 · esc shows all" in d.text
