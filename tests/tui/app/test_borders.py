"""The borders between the panes: moved with the mouse and with keys, and never too far."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.app.driven import Driven, until
from tests.tui.app.keys import presses
from tests.tui.app.test_mouse import drag, marked
from tooltrace.debugger.debugger import Debugger
from tooltrace.tui.panes.pane_shares import LEAST, PaneShares, weights


@given(st.integers(-50, 300), st.integers(0, 250), st.integers(0, 250))
def test_what_is_chosen_is_kept_and_leaves_both_usable(before: int, then: int, now: int) -> None:
    shares = PaneShares()
    assert shares.cells("two columns", now) is None
    shares.choose("two columns", before, then)
    cells = shares.cells("two columns", now)
    assert cells is not None
    least = LEAST["column"]
    assert cells >= least <= now - cells or cells == now // 2
    if now == then >= 2 * least and least <= before <= now - least:
        assert cells == before
    first, second = (int(part.removesuffix("fr")) for part in weights(cells, now))
    assert now < 2 or (first, second) == (cells, now - cells)
    assert shares.reset() and not shares.reset()
    assert shares.cells("two columns", now) is None


def sizes(d: Driven) -> dict[str, tuple[int, int]]:
    panes = d.screen.panes
    names = ("conversation", "workflow", "calls", "inspector")
    found = {name: panes.pane(name) for name in names}
    shown = {name: pane.region.size for name, pane in found.items() if pane.display}
    return {name: (size.width, size.height) for name, size in shown.items()}


@presses("even_out")
async def test_a_border_between_columns_follows_the_mouse(at_credit: Debugger) -> None:
    async with Driven(at_credit, (160, 45)) as d:
        before, pane = sizes(d), d.screen.panes.pane("conversation")
        y = pane.region.y + 5
        await drag(d.pilot, (pane.region.right - 1, y), (70, y), (80, y))
        await d.settled()
        after = sizes(d)
        assert after["conversation"][0] == 80
        assert sum(after[name][0] for name in ("conversation", "workflow", "inspector")) == 160
        assert marked(d.app) == ""
        # The lines of the panes are as wide as the panes.
        assert d.screen.rows.conversation is not None and pane.inner_width > 70
        # As far as the others stay usable; then all are as they were.
        await drag(d.pilot, (80, y), (159, y))
        await d.settled()
        assert sizes(d)["conversation"][0] < 160 - LEAST["column"] + 1
        await d.press("=")
        assert sizes(d) == before
        await d.press("=")
        assert d.note == "no border was moved"


async def test_the_border_over_the_tool_calls_follows_the_mouse(at_credit: Debugger) -> None:
    async with Driven(at_credit, (120, 36)) as d:
        calls = d.screen.panes.pane("calls").region
        x = calls.x + 20
        await drag(d.pilot, (x, calls.y), (x, calls.y - 6))
        await d.settled()
        assert d.screen.panes.pane("calls").region.y == calls.y - 6
        # A step leaves it there.
        await d.press("N")
        assert d.screen.panes.pane("calls").region.y == calls.y - 6


@presses("border_right")
@presses("border_left")
@presses("border_up")
@presses("border_down")
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 45)])
async def test_keys_move_the_border_of_the_pane_and_say_where_there_is_none(
    at_credit: Debugger, size: tuple[int, int]
) -> None:
    async with Driven(at_credit, size) as d:
        before = sizes(d)
        await d.press("shift+right")
        assert sizes(d)["conversation"][0] == before["conversation"][0] + 2
        await d.press("shift+left")
        assert sizes(d) == before
        for key in ("shift+up", "shift+down"):
            d.quiet()
            await d.press(key)
            assert sizes(d) == before
            assert d.note == "this pane has no border there to move"
        await d.press("3", "shift+left")
        moved = "workflow" if size[0] == 160 else "conversation"
        assert sizes(d)[moved][0] < before[moved][0] if moved in before else True


async def test_a_double_click_on_a_frame_shows_that_pane_alone(at_credit: Debugger) -> None:
    async with Driven(at_credit, (160, 45)) as d:
        before = sizes(d)
        frame = d.screen.panes.pane("workflow").region
        await d.pilot.click(offset=(frame.x + 6, frame.y), times=2)
        await d.settled()
        assert list(sizes(d)) == ["workflow"]
        await d.pilot.click(offset=(6, d.screen.panes.pane("workflow").region.y), times=2)
        await d.settled()
        assert sizes(d) == before


async def test_what_was_chosen_holds_when_the_window_changes(at_credit: Debugger) -> None:
    async with Driven(at_credit, (160, 45)) as d:
        await d.press(*["shift+right"] * 8)
        wide = sizes(d)["conversation"][0] / 160
        await d.pilot.resize_terminal(200, 60)
        await until(lambda: abs(sizes(d)["conversation"][0] / 200 - wide) < 0.02)
        await d.pilot.resize_terminal(60, 20)
        await until(lambda: next(iter(sizes(d).values()))[0] == 60 and len(sizes(d)) == 1)
