"""Pane 4 in the app: where it stands, what it follows, and what keys do there."""

from __future__ import annotations

import json

import pytest

from tests.tui.app.driven import Driven
from tests.tui.app.keys import each, presses
from tests.tui.app.of_given import debugger_of
from tests.tui.tui_support import assert_clean
from tests.tui.view.build import Given, call
from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.debugger.debugger import Debugger

PANES = ("conversation", "workflow", "calls", "inspector")


def seen(d: Driven) -> set[str]:
    return {name for name in PANES if d.pane(name).region.area}


@presses("pane_4")
async def test_with_room_it_stands_beside_the_others_and_follows_what_is_selected(
    at_credit: Debugger,
) -> None:
    async with Driven(at_credit, (160, 45)) as d:
        assert seen(d) == set(PANES)
        await d.press("3", "home")
        for said in ("4 Inspector · fetch_order #7", 'order_id: "1001"', "what it changed"):
            assert said in d.text
        await d.press("down")
        assert "4 Inspector · check_refund_policy #12" in d.text
        await d.press("1", "home")
        assert "4 Inspector · run started #1" in d.text
        await d.press("2", "home", "4")
        assert "4 Inspector · order_id" in d.text
        assert d.app.focused is d.pane("inspector")
        await d.press("4")
        assert d.app.focused is d.pane("workflow")
        assert_clean(d.app)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_with_less_it_comes_when_asked_for_and_the_conversation_stays(
    at_credit: Debugger, size: tuple[int, int]
) -> None:
    async with Driven(at_credit, size) as d:
        assert "inspector" not in seen(d)
        await d.press("3", "home", "4")
        assert seen(d) == {"conversation", "inspector"}
        assert "4 Inspector · fetch_order #7" in d.text
        await d.press("3", "down")
        assert seen(d) == {"conversation", "calls", "inspector"}
        assert "4 Inspector · check_refund_policy" in d.text
        await d.press("escape")
        assert "inspector" not in seen(d)
        assert d.app.focused is d.pane("calls")


async def test_enter_on_a_call_reads_it_and_escape_leads_back(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("3", "home", "enter")
        assert seen(d) == {"inspector"} and "Ines Duarte" in d.text
        await d.press("escape")
        assert seen(d) == {"conversation", "calls"}


async def test_it_folds_and_copies_what_its_row_is(at_credit: Debugger) -> None:
    async with Driven(at_credit, (160, 45)) as d:
        await d.press("3", "home", "4", "home", "down", "down", "y")
        assert d.app.clipboard == "1001"
        await d.press("up", "enter")
        assert "› arguments  1 key" in d.text
        await d.press("down", "y")
        assert json.loads(d.app.clipboard)["customer"] == "Ines Duarte"


async def test_a_key_acts_on_what_the_row_is_about(at_credit: Debugger) -> None:
    async with Driven(at_credit, (160, 45)) as d:
        await d.press("3", "home", "4", "home", "down", "down", "down", "e")
        assert d.dialog == "ConfirmScreen" and "since it read #7" in d.text
        await d.press("enter")
        assert d.dialogs == ["EditorScreen"] and "result #7" in d.text


async def test_enter_on_a_record_that_is_named_goes_to_it(at_credit: Debugger) -> None:
    async with Driven(at_credit, (160, 45)) as d:
        await d.press("3", "home", "4")
        pane = d.pane("inspector")
        pane.cursor_to(next(i for i, row in enumerate(pane.items) if "asked for" in row.text()))
        await d.press("enter")
        assert "4 Inspector · model replied #5" in d.text
        assert d.app.focused is pane


def with_long_result() -> tuple[Debugger, str]:
    given = Given(WorkflowSpec("free")).user("x").replies(call("read"))
    text = "\n".join(f"line {n} of it" for n in range(50_000)) + "\x1b[2J the end"
    return debugger_of(given.append(e.ToolReturned(e.CallRef(4, 0), text))), text


@each("leave_pager")
@presses("find_text")
@presses("next_found")
@presses("previous_found")
@presses("copy_text")
@presses("next_way")
async def test_a_long_result_is_read_to_its_end_and_copied_whole(key: str) -> None:
    debugger, text = with_long_result()
    async with Driven(debugger, (160, 45)) as d:
        await d.press("3", "home", "4")
        pane = d.pane("inspector")
        at = next(i for i, row in enumerate(pane.items) if row.text().strip().startswith("line 0"))
        pane.cursor_to(at)
        await d.press("enter", "enter")
        assert d.dialog == "PagerScreen" and "line 0 of it" in d.text
        await d.press("end")
        assert "the end" in d.text and "characters" in d.text
        assert_clean(d.app)
        await d.press("/")
        await d.type("line 43211 ")
        await d.press("enter")
        assert "line 43211 of it" in d.text
        for press in ("]", "["):
            await d.press(press)
            assert "line 43211 of it" in d.text
        await d.press("y")
        assert d.app.clipboard == text
        await d.press("v", "end")
        assert "without escapes" in d.text and "of it the end" in d.text
        await d.press("v", "end")
        assert "without escapes" not in d.text and "[2J the end" in d.text
        await d.press(key)
        assert d.dialog is None
