"""The editor of a value: coloured by kind, what is wrong marked at its place, its own undo."""

from __future__ import annotations

from tests.tui.app.driven import Driven
from tests.tui.app.keys import presses
from tooltrace.debugger.debugger import Debugger
from tooltrace.tui.widgets.inputs import ValueArea


def area(d: Driven) -> ValueArea:
    return d.app.screen.query_one(ValueArea)


async def editing(d: Driven) -> ValueArea:
    """An editor over the result of the last call that was made."""
    await d.press("3", "end", "up", "e")
    assert d.dialog == "EditorScreen", d.dialogs
    return area(d)


@presses("undo_typing")
@presses("redo_typing")
@presses("select_everything")
async def test_what_was_typed_is_undone_and_all_of_it_is_marked(at_credit: Debugger) -> None:
    async with Driven(at_credit, (120, 36)) as d:
        text = await editing(d)
        before = text.text
        for key in ("^z undo", "^y redo", "F7 all"):
            assert key in d.text
        await d.press("end", "x")
        assert text.text != before
        await d.press("ctrl+z")
        assert text.text == before and d.dialog == "EditorScreen"
        await d.press("ctrl+y")
        assert text.text != before
        await d.press("f7", "backspace")
        assert text.text == ""
        await d.press("ctrl+s")
        assert "not accepted" in d.text and d.dialog == "EditorScreen"
        await d.press("ctrl+z", "ctrl+z")
        assert text.text == before


async def test_json_is_coloured_by_kind_and_what_is_wrong_is_marked(at_credit: Debugger) -> None:
    async with Driven(at_credit, (120, 36)) as d:
        text = await editing(d)
        text.load_text('{\n  "a": true,\n  "b": "x" 7\n}')
        await d.settled()
        line = text.get_line(1)
        looks = {line.plain[span.start : span.end]: span.style for span in line.spans}
        assert looks['"a"'] != looks["true"]
        wrong = [span for span in text.get_line(2).spans if "reverse" in str(span.style)]
        assert [text.get_line(2).plain[span.start : span.end] for span in wrong] == ["7"]
        assert "line 3, column 12" in d.text
        text.load_text("1")
        await d.settled()
        assert not any("reverse" in str(span.style) for span in text.get_line(0).spans)


async def test_a_very_long_line_is_not_coloured(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        text = await editing(d)
        text.load_text(f'"{"x" * 30_000}"')
        await d.settled()
        assert text.get_line(0).spans == []
