"""The keys that look and move around, pressed: what is on the screen then."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.app.driven import Driven, begin, reach, until
from tests.tui.app.given import before
from tests.tui.app.keys import each, presses
from tooltrace.core.decide.breakpoints import Breakpoint
from tooltrace.debugger.debugger import Debugger
from tooltrace.tui.widgets.find_line import FindLine
from tooltrace.tui.widgets.inputs import LineInput
from tooltrace.tui.widgets.key_lines import KeyLines

# looking


@each("breakpoint")
async def test_breakpoint_on_the_selected_tool_and_off_again(tmp_path: Path, key: str) -> None:
    at = reach(begin(tmp_path), before("fetch_order"))
    async with Driven(at, (80, 24)) as d:
        await d.press("3", key)
        stopping = d.view
        assert stopping.points == (Breakpoint("tool", "fetch_order"),)
        assert d.note == "breakpoint tool:fetch_order"
        assert "◉" in d.text
        assert (tmp_path / ".tooltrace" / "breakpoints.json").exists()
        await d.press(key)
        assert d.view.points == ()
        assert "◉" not in d.text


@presses("breakpoint")
async def test_without_a_call_selected_the_breakpoints_are_listed(at_start: Debugger) -> None:
    async with Driven(at_start, (80, 24)) as d:
        await d.press("home", "b")
        assert d.dialog == "PickerScreen"
        await d.type("send_email")
        await d.press("enter")
        assert d.view.points == (Breakpoint("tool", "send_email"),)
        await d.press("c")
        assert "before send_email" in d.status


@presses("breakpoint_when")
async def test_breakpoint_with_a_condition(at_start: Debugger) -> None:
    async with Driven(at_start, (80, 24)) as d:
        await d.press("home", "B")
        await d.type("args.amount >")
        await d.press("enter")
        assert d.dialog == "PromptScreen"
        assert "×" in d.text
        unchanged = d.view
        assert unchanged.points == ()
        await d.type(" 50")
        await d.press("enter")
        assert d.view.points == (Breakpoint("any", "", "args.amount > 50"),)
        await d.press("c")
        assert "before process_credit" in d.text


@presses("copy")
async def test_copy_gives_the_whole_value(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("3", "home", "y")
        assert '"customer": "Ines Duarte"' in d.app.clipboard
        assert d.note == f"copied {len(d.app.clipboard)} characters"


def told(d: Driven) -> str:
    """What the line that finds says of what it found."""
    return d.screen.query_one("#find-told", KeyLines).text.split("^r")[0].strip()


@each("find")
async def test_find(at_credit: Debugger, key: str) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("1", key)
        await d.type("delivered")
        first = d.screen.panes.selected().record
        assert told(d).startswith("1/") or "/" in told(d)
        await d.press("enter")
        assert d.app.focused is d.pane("conversation")
        await d.press("]")
        second = d.screen.panes.selected().record
        assert second != first
        await d.press("[")
        assert d.screen.panes.selected().record == first
        await d.press(key)
        await d.type("no such words")
        assert told(d) == "0"
        await d.press("enter")
        assert d.note == "▲ 'no such words' is not in this pane"
        assert d.screen.panes.selected().record == first


@presses("find_next")
@presses("find_previous")
async def test_next_match_without_a_search_asks_for_one(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        for key in ("]", "["):
            await d.press(key)
            assert d.screen.query_one(LineInput).has_focus
            await d.press("escape")
            assert d.pane("conversation").has_focus


@presses("find_leave")
async def test_escape_leaves_finding_and_goes_back(at_credit: Debugger) -> None:
    async with Driven(at_credit, (120, 36)) as d:
        await d.press("1", "home", "down")
        where = d.pane("conversation").where
        await d.press("/")
        await d.type("process_credit")
        assert d.pane("conversation").where != where
        await d.press("escape")
        assert d.pane("conversation").where == where
        assert not d.screen.query_one(FindLine).display


@presses("find_on")
@presses("find_back")
@presses("find_take")
async def test_arrows_go_on_while_one_types_and_enter_stays(at_credit: Debugger) -> None:
    async with Driven(at_credit, (120, 36)) as d:
        await d.press("1", "home", "/")
        await d.type("refund")
        total = told(d).partition("/")[2]
        assert told(d) == f"1/{total}" and int(total) > 2
        await d.press("down", "down")
        assert told(d) == f"3/{total}"
        await d.press("up")
        assert told(d) == f"2/{total}"
        at = d.screen.panes.selected().record
        await d.press("enter")
        assert d.app.focused is d.pane("conversation")
        assert d.screen.panes.selected().record == at
        await d.press("escape")
        assert not d.screen.query_one(FindLine).display
        assert d.screen.panes.selected().record == at


async def test_what_was_sought_last_goes_with_the_first_letter(at_credit: Debugger) -> None:
    async with Driven(at_credit, (120, 36)) as d:
        await d.press("/")
        await d.type("order")
        await d.press("enter", "/")
        await d.type("eligible")
        assert d.screen.panes.sought == "eligible"


@presses("find_regex")
@presses("find_case")
@presses("find_everywhere")
async def test_finding_by_regex_by_case_and_in_all_panes(at_credit: Debugger) -> None:
    async with Driven(at_credit, (120, 36)) as d:
        await d.press("1", "home", "/")
        await d.type("TURN [12]")
        assert told(d) == "0"
        await d.press("ctrl+r")
        assert told(d) == "1/2"
        await d.press("ctrl+t")
        assert told(d) == "0"
        await d.press("ctrl+u")
        await d.type("(a")
        assert told(d).startswith("×")
        await d.press("ctrl+u")
        await d.type("([\\w ]|\\w+)+!")
        assert told(d) == "× it takes too long: make it simpler"
        await d.press("enter")
        assert d.note.endswith("it takes too long: make it simpler")
        await d.press("ctrl+r", "ctrl+u")
        await d.type("check_refund_policy")
        here = int(told(d).partition("/")[2])
        await d.press("tab")
        assert int(told(d).partition("/")[2]) > here
        for _ in range(here):
            await d.press("down")
        await d.press("enter")
        assert d.app.focused is not d.pane("conversation")


async def test_a_match_that_is_folded_is_opened_while_one_stands_on_it(at_credit: Debugger) -> None:
    async with Driven(at_credit, (120, 36)) as d:
        await d.press("1", "home", "/")
        await d.type("[workflow]")
        assert "[workflow]" in d.text.replace("find  [workflow]", "")
        await d.press("escape")
        assert "state: " not in d.text


@presses("pane_1")
@presses("pane_2")
@presses("pane_3")
@presses("next_pane")
@pytest.mark.parametrize("size", [(60, 20), (120, 36)])
async def test_panes_by_number_and_tab(at_credit: Debugger, size: tuple[int, int]) -> None:
    names = ("conversation", "workflow", "calls")
    async with Driven(at_credit, size) as d:
        for key, name in zip("123", names, strict=True):
            await d.press(key)
            assert d.app.focused is d.pane(name)
            assert d.pane(name).region.area > 0
        for name in names:
            await d.press("tab")
            assert d.app.focused is d.pane(name)
            assert d.pane(name).region.area > 0


@presses("zoom")
@presses("leave")
async def test_zoom_and_escape(at_credit: Debugger) -> None:
    async with Driven(at_credit, (120, 36)) as d:
        for leave in ("z", "escape"):
            await d.press("3", "z")
            assert d.pane("calls").size.width > 110
            assert not d.pane("conversation").display
            await d.press(leave)
            assert d.pane("calls").size.width < 80
            assert d.pane("conversation").display
        await d.press("escape")
        assert d.app.return_code is None


# the app


@each("help")
async def test_help(at_credit: Debugger, key: str) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press(key)
        assert d.dialog == "HelpScreen"
        assert "step: next" in d.text or "to the next tool call" in d.text
        await d.press("escape")
        assert d.dialog is None


@presses("command_palette")
async def test_the_palette_runs_an_action_by_name(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("ctrl+p")
        assert d.dialog == "CommandPalette"
        await d.type("step back")
        await until(lambda: "nothing runs" in d.text or "Back" in d.text)
        await d.press("escape")
        await d.press("escape")
        assert d.dialogs == []
        assert d.view.head == 15


@presses("quit")
async def test_quit_saves_where_one_stood(at_credit: Debugger) -> None:
    path = at_credit.session.file
    assert path is not None
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("N", "N", "q")
        assert d.app.return_code == 0
    assert b'"head_set"' in path.read_bytes().splitlines()[-1]
    assert path.stat().st_mode & 0o777 == 0o600


# in a pane


@presses("cursor_up")
@presses("cursor_down")
@presses("page_up")
@presses("page_down")
@presses("cursor_first")
@presses("cursor_last")
@pytest.mark.parametrize("size", [(60, 20), (160, 45)])
async def test_moving_in_a_pane(at_credit: Debugger, size: tuple[int, int]) -> None:
    async with Driven(at_credit, size) as d:
        pane = d.pane("conversation")
        last = pane.cursor
        assert last == len(pane.items) - 1
        await d.press("home")
        assert pane.cursor == 0
        assert pane.scroll_offset.y == 0
        await d.press("down")
        assert pane.cursor == 1
        await d.press("up")
        assert pane.cursor == 0
        await d.press("pagedown")
        down = pane.cursor
        assert down is not None
        assert down > 0
        await d.press("pageup")
        assert pane.cursor == 0
        await d.press("end")
        assert pane.cursor == last
        assert pane.follow
        assert d.view.head == 15


@presses("choose")
async def test_enter_opens_an_item_and_a_call(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("home")
        while d.screen.panes.selected().record != 7:
            await d.press("down")
        assert "more line" in d.text
        assert '"delivered_on"' not in d.text
        await d.press("enter", "down")
        assert '"delivered_on"' in d.text
        await d.press("3", "home", "enter")
        assert d.dialog is None and d.app.focused is d.pane("inspector")
        assert "Ines Duarte" in d.text
        await d.press("escape")
        assert d.app.focused is d.pane("calls")
