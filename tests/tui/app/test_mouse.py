"""Text marked with the mouse in the panes: what is marked is what is copied."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.screen import Screen

from tests.tui.app.driven import Driven
from tests.tui.tui_support import screen_lines
from tooltrace.debugger.debugger import Debugger
from tooltrace.tui import theme
from tooltrace.tui.input.text_marking import MarksText
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.rows.lines import Row

Place = tuple[int, int]


def find(app: App[Any], text: str) -> Place:
    """Where a text stands on the screen, in cells (all before it are narrow)."""
    return next((line.index(text), y) for y, line in enumerate(screen_lines(app)) if text in line)


async def drag(pilot: Pilot[Any], begin: Place, *over: Place) -> None:
    """Press, move over places, and release at the last."""
    await pilot.mouse_down(offset=begin)
    for place in over:
        await pilot.hover(offset=place)
    await pilot.mouse_up(offset=over[-1])
    await pilot.pause()


def marked(app: App[Any]) -> str:
    """What is drawn as marked."""
    look = theme.style("dragged").bgcolor
    assert look is not None
    out = []
    for strip in app.screen._compositor.render_strips():
        here = "".join(s.text for s in strip if s.style and s.style.bgcolor == look)
        if here:
            out.append(here)
    return "\n".join(out)


@pytest.mark.parametrize("key", ["ctrl+c", "y"])
@pytest.mark.parametrize("back", [False, True])
async def test_what_is_dragged_over_is_marked_and_copied(
    at_credit: Debugger, key: str, back: bool
) -> None:
    async with Driven(at_credit) as d:
        text = "fetching_order"
        x, y = find(d.app, text)
        ends = [(x, y), (x + len(text) - 1, y)]
        await drag(d.pilot, *(reversed(ends) if back else ends))
        assert marked(d.app) == text
        await d.press(key)
        assert d.app.clipboard == text
        assert d.note == f"copied {len(text)} characters"
        assert marked(d.app) == ""
        await d.press("ctrl+c")
        assert d.note == "^c again saves and quits"


async def test_over_several_lines_without_the_bar_and_the_fill(at_credit: Debugger) -> None:
    async with Driven(at_credit) as d:
        pane = d.screen.panes.pane("conversation")
        region = pane.scrollable_content_region
        await drag(d.pilot, (region.x, region.y), (region.right - 1, region.y + 3))
        lines = [line[region.x + 1 : region.right].rstrip() for line in d.lines]
        text = "\n".join(lines[region.y : region.y + 4])
        assert d.app.screen.get_selected_text() == text
        cursor = pane.cursor
        await d.press("ctrl+c")
        assert d.app.clipboard == text
        assert pane.cursor == cursor


async def test_a_run_that_goes_on_lets_go_of_what_is_no_longer_there(at_credit: Debugger) -> None:
    async with Driven(at_credit) as d:
        region = d.screen.panes.pane("workflow").scrollable_content_region
        await drag(d.pilot, (region.x, region.y), (region.right - 1, region.bottom - 1))
        assert d.app.screen.get_selected_text()
        await d.press("c")
        assert not d.app.screen.get_selected_text()


async def test_marked_text_in_the_editor_is_copied_by_ctrl_c(at_credit: Debugger) -> None:
    async with Driven(at_credit) as d:
        await d.press("3", "home", "e", "enter")
        await d.press("shift+end", "ctrl+c")
        assert d.app.clipboard
        assert d.note.startswith("copied")
        await d.press("ctrl+c")
        assert d.note == "^c again saves and quits"


async def test_ctrl_c_copies_in_a_dialog_too(at_credit: Debugger) -> None:
    async with Driven(at_credit) as d:
        await d.press("3", "home", "enter")
        x, y = find(d.app, "arguments")
        await drag(d.pilot, (x, y), (x + 8, y))
        await d.press("ctrl+c")
        assert d.app.clipboard == "arguments"


# two panes side by side, with many lines


class Two(MarksText, Screen[None]):
    """Two panes of fifty lines."""

    DEFAULT_CSS = "Two RowsPane { width: 20; height: 12; }"

    def compose(self) -> ComposeResult:
        with Horizontal():
            for name in ("left", "right"):
                pane = RowsPane(id=name)
                pane.follow = False
                pane.set_items([Row(n, ((f"{name} 漢字 {n}", "text"),)) for n in range(50)])
                yield pane


class Holder(App[None]):
    """The screen and nothing else."""

    CSS = ""

    def on_mount(self) -> None:
        for each in theme.textual_themes():
            self.register_theme(each)
        self.theme = "tooltrace"
        self.push_screen(Two())


@asynccontextmanager
async def two() -> AsyncIterator[tuple[Holder, Pilot[None]]]:
    app = Holder()
    async with app.run_test(size=(50, 14)) as pilot:
        await pilot.pause()
        yield app, pilot


def copied(app: App[Any]) -> str | None:
    return app.screen.get_selected_text()


async def test_wide_letters_are_marked_whole() -> None:
    async with two() as (app, pilot):
        x, y = find(app, "left 漢字 2")
        for begin, end in ((5, 7), (6, 8), (5, 8), (6, 7)):
            await drag(pilot, (x + begin, y), (x + end, y))
            assert copied(app) == "漢字"
            assert marked(app) == "漢字"


async def test_the_pane_where_it_began_is_not_left() -> None:
    async with two() as (app, pilot):
        x, y = find(app, "left 漢字 2")
        await drag(pilot, (x, y), (30, y + 1))
        assert copied(app) == "left 漢字 2\nleft 漢字 3"
        await drag(pilot, (x, y), (x, 0))
        assert copied(app) == "left 漢字 0\nleft 漢字 1\nl"
        await drag(pilot, (x, y), (30, 13))
        assert copied(app) == "\n".join(f"left 漢字 {n}" for n in range(2, 10))


async def test_where_it_is_scrolled_the_lines_are_those_on_the_screen() -> None:
    async with two() as (app, pilot):
        left = app.screen.query_one("#left", RowsPane)
        left.scroll_to(y=20, animate=False, force=True)
        await pilot.pause()
        x, y = find(app, "left 漢字 21")
        await drag(pilot, (x, y), (0, y + 1))
        assert copied(app) == "left 漢字 21\nl"
        left.scroll_to(y=0, animate=False, force=True)
        await pilot.pause()
        assert marked(app) == ""
        assert copied(app) == "left 漢字 21\nl"


async def test_a_click_lets_go_and_two_choose_without_marking() -> None:
    async with two() as (app, pilot):
        left = app.screen.query_one("#left", RowsPane)
        x, y = find(app, "left 漢字 2")
        await drag(pilot, (x, y), (x + 3, y))
        assert copied(app) == "left"
        await pilot.click(offset=(x, y))
        assert copied(app) is None
        await pilot.click(offset=(x, y), times=2)
        assert copied(app) is None
        assert left.cursor == 2


async def test_it_is_let_go_of_when_the_lines_become_others() -> None:
    async with two() as (app, pilot):
        left = app.screen.query_one("#left", RowsPane)
        x, y = find(app, "left 漢字 2")
        await drag(pilot, (x, y), (x + 3, y))
        items = list(left.items)
        left.set_items([*items, Row(50, (("more", "text"),))], len(items))
        assert copied(app) == "left"
        left.set_items([Row(n, ((f"other {n}", "text"),)) for n in range(50)])
        assert copied(app) is None
        await drag(pilot, (x, y), (x + 3, y))
        left.set_items([])
        assert copied(app) is None


async def test_an_empty_pane_has_no_text() -> None:
    async with two() as (app, pilot):
        left = app.screen.query_one("#left", RowsPane)
        left.set_items([])
        await pilot.pause()
        await drag(pilot, (3, 3), (30, 6))
        assert not (copied(app) or "").startswith("left")
        assert left.place_at(3, 3) is None
        assert app.screen.query_one("#right", RowsPane).place_at(0, 0) == Offset(0, 0)


async def test_text_of_other_places_takes_no_pane_along(at_credit: Debugger) -> None:
    async with Driven(at_credit) as d:
        x, y = find(d.app, "PAUSED")
        await drag(d.pilot, (x, y), (x + 3, y + 9))
        assert (copied(d.app) or "").startswith("PAUSED")
        assert "fetch_order" not in (copied(d.app) or "")
        assert "fetch_order" in d.text
        keys = find(d.app, "undo")
        await drag(d.pilot, keys, (x, y + 9))
        assert "fetch_order" not in (copied(d.app) or "")


async def test_a_drag_from_where_no_text_is_takes_no_pane_along() -> None:
    async with two() as (app, pilot):
        for begin, end in (((45, 13), (5, 5)), ((0, 13), (30, 2)), ((48, 3), (3, 3))):
            await drag(pilot, begin, end)
            assert not copied(app)
