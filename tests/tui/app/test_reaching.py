"""Whatever a key does can be reached with the mouse, by a name, and by a letter on the screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual import events

from tests.tui.app.driven import Driven, begin, doors, until
from tests.tui.app.keys import each, presses
from tests.tui.app.test_mouse import find
from tooltrace.debugger.debugger import Debugger
from tooltrace.tui.everywhere import MenuScreen
from tooltrace.tui.input.offers_keys import OffersKeys
from tooltrace.tui.palette import Actions
from tooltrace.tui.screens.jump_labels import JumpLabels
from tooltrace.tui.widgets.inputs import ValueArea
from tooltrace.tui.widgets.key_lines import KeyLines


async def click(d: Driven, text: str, button: int = 1, last: bool = False) -> None:
    """Click where a text stands, the lowest one with ``last``."""
    lines = d.lines
    rows = [y for y, line in enumerate(lines) if text in line]
    assert rows, text
    y = rows[-1 if last else 0]
    await d.pilot.click(offset=(lines[y].index(text), y), button=button)
    await d.settled()


async def names_offered(d: Driven) -> set[str]:
    provider = Actions(d.app.screen)
    found = set()
    async for hit in provider.discover():
        run: Any = hit.command
        found.add(run.args[0])
    return found


# the key bar


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_click_on_the_key_bar_is_the_key(
    at_credit: Debugger, size: tuple[int, int]
) -> None:
    async with Driven(at_credit, size) as d:
        head = d.view.head
        await click(d, "N back", last=True)
        assert d.view.head < head
        await click(d, "n step", last=True)
        assert d.view.head == head
        await click(d, "? help", last=True)
        assert d.dialog == "HelpScreen"
        await click(d, "esc close", last=True)
        assert d.dialog is None


async def test_the_first_group_is_that_of_the_pane(at_credit: Debugger) -> None:
    async with Driven(at_credit, (160, 45)) as d:
        assert d.lines[-2].strip().startswith("conversation") and "g go here" in d.lines[-2]
        assert d.lines[-1].strip().startswith("everywhere") and "n step" in d.lines[-1]
        await d.press("2")
        assert d.lines[-2].strip().startswith("workflow") and "T force" in d.lines[-2]
        await d.press("3")
        assert d.lines[-2].strip().startswith("tool calls") and "R retry" in d.lines[-2]


async def test_what_is_dim_says_why_when_it_is_clicked_or_rested_on(at_credit: Debugger) -> None:
    async with Driven(at_credit) as d:
        await click(d, "p pause", last=True)
        assert d.note.endswith("nothing is running")
        keys = d.screen.query_one("#keys", KeyLines)
        x, y = find(d.app, "p pause")
        await d.pilot.hover(offset=(x, y))
        assert "not now: nothing is running" in " ".join(str(keys.tooltip).split())
        await d.pilot.hover(offset=find(d.app, "n step"))
        assert "to the next tool call or event" in str(keys.tooltip).replace("\n", " ")
        await d.pilot.hover(offset=(1, 5))
        assert keys.tooltip is None


async def test_the_foot_of_a_dialog_is_clicked_as_well(at_credit: Debugger) -> None:
    async with Driven(at_credit) as d:
        await d.press("v")
        await click(d, "e rename", last=True)
        assert d.dialog == "PromptScreen"
        await click(d, "esc cancel", last=True)
        assert d.dialog == "BranchesScreen"
        await click(d, "esc back", last=True)
        assert d.dialog is None


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
async def test_panes_that_have_no_room_are_gone_to_by_a_click(
    at_credit: Debugger, size: tuple[int, int]
) -> None:
    async with Driven(at_credit, size) as d:
        for ident, name in (
            ("pane_2", "workflow"),
            ("pane_3", "calls"),
            ("pane_1", "conversation"),
        ):
            keys = d.screen.query_one("#keys", KeyLines)
            place = next((one for one in keys.places if one.id == ident), None)
            if place is None:
                assert d.pane(name).region.area
                continue
            at = keys.content_region
            await d.pilot.click(offset=(at.x + place.first, at.y + place.row))
            await d.settled()
            assert d.app.focused is d.pane(name)
            assert d.pane(name).region.area


# the mouse in dialogs


WITH_LISTS = {
    "help": ("?",),
    "menu": (".",),
    "states": ("T",),
    "breakpoints": ("l",),
    "branches": ("v",),
    "request": ("w", "a"),
    "question": ("3", "home", "e"),
    "editor": ("3", "home", "e", "enter"),
}


LONG = {"help", "menu", "breakpoints", "request"}


@pytest.mark.parametrize("name", WITH_LISTS)
async def test_the_wheel_scrolls_what_is_longer_than_the_screen(
    at_credit: Debugger, name: str
) -> None:
    at_credit.breakpoints.set([f"tool:fetch_order hits {n}" for n in range(1, 40)])
    async with Driven(at_credit, (60, 20)) as d:
        await d.press(*WITH_LISTS[name])
        assert d.dialog is not None
        assert d.app.screen.query_one("#box, RowsPane").max_scroll_y == 0 or name == "request"
        scrolled = [w for w in d.app.screen.query("*") if w.max_scroll_y and w.region.area]
        for widget in scrolled:
            before = widget.scroll_y
            down = before < widget.max_scroll_y
            move = events.MouseScrollDown if down else events.MouseScrollUp
            await d.pilot._post_mouse_events([move], widget=widget)
            await d.settled()
            assert widget.scroll_y != before, widget
        assert bool(scrolled) == (name in LONG)


async def test_a_click_and_a_double_click_in_lists(at_credit: Debugger) -> None:
    async with Driven(at_credit) as d:
        region = d.pane("calls").scrollable_content_region
        at = (region.x + 10, region.y)
        await d.pilot.click(offset=at)
        await d.settled()
        assert d.dialog is None and d.pane("calls").cursor == 0
        await d.pilot.click(offset=at, times=2)
        await d.settled()
        assert d.dialog is None and d.app.focused is d.pane("inspector")
        await d.press("escape")
        pane = d.pane("workflow")
        region = pane.scrollable_content_region
        _, y = pane.seen()[0]
        await d.pilot.click(offset=(region.x + 12, region.y + y), times=2)
        await d.settled()
        assert d.dialogs in (["EditorScreen"], ["ConfirmScreen"], ["PickerScreen"])


# the top line


async def test_the_top_line_is_clicked(at_credit: Debugger) -> None:
    async with Driven(at_credit, (160, 45)) as d:
        await d.pilot.click(offset=(d.status.index("step "), 0))
        await d.settled()
        assert d.dialog == "PromptScreen" and "Jump to" in d.text
        await d.press("escape")
        await d.pilot.click(offset=(d.status.index("main"), 0))
        await d.settled()
        assert d.dialog == "BranchesScreen"
        await d.press("escape", "N")
        assert "n " in d.status and "F fork" in d.status
        head = d.view.head
        await d.pilot.click(offset=(d.status.index("N back") if "N back" in d.status else 0, 0))
        await d.settled()
        assert d.view.head <= head


# the right button


async def test_the_right_button_says_what_can_be_done_here(at_credit: Debugger) -> None:
    async with Driven(at_credit) as d:
        calls = d.pane("calls")
        region = calls.scrollable_content_region
        await d.pilot.click(offset=(region.x + 4, region.y), button=3)
        await d.settled()
        assert d.dialog == "MenuScreen" and d.app.screen_stack[-2].focused is calls
        assert calls.cursor == 0
        await d.type("bookmark the selected")
        assert "m     bookmark" in d.text
        await d.press("enter")
        assert "Bookmark on" in d.text


async def test_a_double_click_of_the_right_button_opens_nothing_else(at_credit: Debugger) -> None:
    async with Driven(at_credit) as d:
        region = d.pane("calls").scrollable_content_region
        await d.pilot.click(offset=(region.x + 4, region.y), button=3, times=2)
        await d.settled()
        assert d.dialogs == ["MenuScreen"]


async def test_what_cannot_be_done_stands_at_the_end_and_says_why(at_credit: Debugger) -> None:
    async with Driven(at_credit) as d:
        await d.press(".")
        await d.type("pause stop at the next")
        assert "not possible now" in d.text and "nothing is running" in d.text
        await d.press("enter")
        assert d.dialog == "MenuScreen" and "× nothing is running" in d.text


async def test_a_state_of_the_graph_has_its_own_menu_for_either_button(at_credit: Debugger) -> None:
    for button in (1, 3):
        async with Driven(at_credit) as d:
            pane = d.pane("workflow").region
            line = next(y for y in range(pane.y, pane.bottom) if "sending_email" in d.lines[y])
            x = d.lines[line].index("sending_email", pane.x)
            await d.pilot.click(offset=(x, line), button=button)
            await d.settled()
            assert d.dialogs == ["PickerScreen"]
            break


@each("menu")
async def test_the_menu_has_a_key(at_credit: Debugger, key: str) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press(key)
        assert d.dialog == "MenuScreen"
        await d.press("escape")
        assert d.dialogs == []
        await d.press("v", key)
        assert d.dialogs == ["BranchesScreen", "MenuScreen"]
        await d.type("give it another name")
        await d.press("enter")
        assert d.dialogs == ["BranchesScreen", "PromptScreen"]


# by name


async def test_the_menu_and_the_palette_offer_all_that_a_screen_binds(at_credit: Debugger) -> None:
    opened = {
        None: (),
        "HelpScreen": ("?",),
        "BranchesScreen": ("v",),
        "BreakpointsScreen": ("l",),
        "RequestScreen": ("w",),
        "PromptScreen": ("m",),
        "PickerScreen": ("T",),
        "ConfirmScreen": ("3", "home", "e"),
        "EditorScreen": ("3", "home", "e", "enter"),
    }
    async with Driven(at_credit) as d:
        for dialog, keys in opened.items():
            await d.press(*keys)
            assert d.dialog == dialog
            screen = d.app.screen
            assert isinstance(screen, OffersKeys)
            bound = {
                binding.action.removeprefix("app.")
                for node in (screen, screen.focused, d.app)
                if node is not None
                for bindings in node._bindings.key_to_bindings.values()
                for binding in bindings
                if binding.id is not None
            } - {"menu", "command_palette"}
            there = {entry.action.id for entry in screen.keys_here()}
            assert bound == there, dialog
            assert await names_offered(d) == there
            while d.dialog:
                await d.press("escape")


async def test_the_menu_at_home(tmp_path: Path) -> None:
    begin(tmp_path).close()
    async with Driven(None, given=doors(tmp_path, [("refund", "a refund")])) as d:
        await click(d, "refund", button=3)
        assert isinstance(d.app.screen, MenuScreen)
        await d.type("open what is marked")
        await d.press("enter")
        await until(lambda: d.app.debugger is not None)
        await d.settled()
        assert "PAUSED" in d.status


# letters


@each("labels")
async def test_a_letter_goes_to_a_row_and_a_number_to_a_pane(at_credit: Debugger, key: str) -> None:
    async with Driven(at_credit) as d:
        await d.press(key)
        screen = d.app.screen
        assert isinstance(screen, JumpLabels)
        keys = {target.key: target.at for target in screen._targets}
        assert {"1", "2", "3", "a"} <= keys.keys()
        for target in screen._targets:
            assert d.lines[target.at.y][target.at.x] == target.key
        calls = d.pane("calls")
        region = calls.scrollable_content_region
        letter = next(k for k, at in keys.items() if (at.x, at.y) == (region.x, region.y))
        await d.press(letter)
        assert d.dialog is None
        assert d.app.focused is calls and calls.cursor == 0
        await d.press(key, "1")
        assert d.app.focused is d.pane("conversation")
        await d.press(key, "escape")
        assert d.dialog is None and d.app.focused is d.pane("conversation")


async def test_letters_go_to_what_a_dialog_has(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("l", "a", "f8")
        assert d.dialogs == ["BreakpointsScreen", "PromptScreen", "JumpLabels"]
        await d.press("a")
        assert d.dialogs == ["BreakpointsScreen", "PromptScreen"]
        await d.press("escape", "escape", "T", "f8")
        assert d.dialogs == ["PickerScreen", "JumpLabels"]


# the same keys


@presses("cursor_down", "j")
@presses("cursor_up", "k")
async def test_j_and_k_beside_the_arrows(at_credit: Debugger) -> None:
    async with Driven(at_credit) as d:
        await d.press("3", "home", "j")
        assert d.pane("calls").cursor == 1
        await d.press("k")
        assert d.pane("calls").cursor == 0


async def test_ctrl_z_undoes_where_text_is_edited(at_credit: Debugger) -> None:
    async with Driven(at_credit) as d:
        await d.press("3", "home", "e", "enter")
        area = d.app.screen.query_one(ValueArea)
        before = area.text
        await d.type("x")
        assert area.text != before
        await d.press("ctrl+z")
        assert area.text == before
        assert d.dialogs == ["EditorScreen"]
