"""Breakpoints where a person points, each once; and an editor that says why it refuses."""

from __future__ import annotations

from pathlib import Path

from tests.tui.app.driven import Driven, begin
from tooltrace.core.decide.breakpoints import parse
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.run.breakpoint_file import BreakpointFile
from tooltrace.tui.screens.editor import EditorScreen


async def test_b_clears_a_breakpoint_that_has_a_condition(at_credit: Debugger) -> None:
    point = parse("tool:process_credit if args.amount > 100")
    other = parse("tool:send_email")
    at_credit.breakpoints.set((point, other))
    async with Driven(at_credit) as d:
        await d.press("3", "end", "b")
        cleared = d.view
        assert cleared.points == (other,)
        assert d.note == f"cleared {point}"
        await d.press("b")
        assert d.view.points == (other, parse("tool:process_credit"))


async def test_B_stores_a_condition_once(at_credit: Debugger, tmp_path: Path) -> None:
    async with Driven(at_credit) as d:
        again = ("args.amount > 100", "is set already"), ("args.amount>100", "is set already")
        for text, said in (("args.amount > 100", "breakpoint "), *again):
            await d.press("3", "end", "B")
            await d.type(text)
            await d.press("enter")
            assert said in d.note
        assert d.view.points == (parse("tool:process_credit if args.amount > 100"),)
    file = BreakpointFile(tmp_path)
    assert file.load("refund")[0] == (parse("tool:process_credit if args.amount > 100"),)
    text = file.path.read_text()
    one = '"tool:process_credit if args.amount > 100"'
    file.path.write_text(text.replace(one, f"{one}, {one}"))
    assert len(file.load("refund")[0]) == 1


async def test_b_in_pane_2_is_about_the_state_that_is_named(at_credit: Debugger) -> None:
    async with Driven(at_credit) as d:
        await d.press("2", "b")
        assert "the workflow stands here" in d.text
        await d.type("sending")
        await d.press("enter")
        stopping = d.view
        assert stopping.points == (parse("state:sending_email"),)
        assert "sending_email ◉" in d.text
        await d.press("b")
        await d.type("sending")
        assert "enter clears state:sending_email" in d.text
        await d.press("enter")
        assert d.view.points == ()


async def test_what_is_no_json_is_refused_with_the_place(tmp_path: Path) -> None:
    async with Driven(begin(tmp_path), (80, 24)) as d:
        await d.to_call("fetch_order")
        await d.press("3", "end", "e", "down", "end")
        await d.type("!")
        await d.press("up", "ctrl+s")
        assert d.dialog == "EditorScreen"
        assert "not accepted: line 2, column " in d.note
        assert "not accepted: line 2, column" in d.text
        screen = d.app.screen
        assert isinstance(screen, EditorScreen)
        assert screen._area is not None
        assert screen._area.cursor_location[0] == 1
