"""The editor of a value: coloured by kind, what is wrong marked at its place, its own undo."""

from __future__ import annotations

from tests.tui.app.driven import Driven, until
from tests.tui.app.keys import presses
from tooltrace.debugger.debugger import Debugger
from tooltrace.tui.rows.before_rows import before_rows, new_lines
from tooltrace.tui.rows.lines import plain
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


async def test_before_and_after_stand_side_by_side_where_there_is_room(
    at_credit: Debugger,
) -> None:
    async with Driven(at_credit, (160, 45)) as d:
        text = await editing(d)
        d.app.screen.query_one("#before")
        text.load_text(text.text.replace("true", "false", 1))
        await d.settled()
        row = next(line for line in d.lines if '"eligible"' in line and "false" in line)
        assert "−" in row and "true" in row
        head = d.view.tree.last_id
        await d.press("ctrl+s")  # One key, as ever.
        assert d.dialogs == [] and d.view.tree.last_id > head


async def test_what_is_new_has_a_sign_beside_its_number_and_a_resize_is_followed(
    at_credit: Debugger,
) -> None:
    async with Driven(at_credit, (100, 30)) as d:
        text = await editing(d)
        assert not any(line.strip(" │┃").startswith("+") for line in d.lines)
        text.load_text(text.text.replace("true", "false", 1))
        await d.settled()
        (line,) = [line for line in d.lines if '"eligible": false' in line]
        assert " +" in line.partition('"eligible"')[0]
        assert not d.app.screen.query_one("#before").display
        await d.pilot.resize_terminal(160, 45)
        await until(lambda: d.app.screen.query_one("#before").display)
        await d.settled()
        row = next(line for line in d.lines if '"eligible"' in line and "false" in line)
        assert "−" in row and "true" in row
        await d.pilot.resize_terminal(90, 30)
        await until(lambda: not d.app.screen.query_one("#before").display)
        await d.settled()
        assert d.app.screen.query_one("#box").region.right <= 90


async def test_on_a_narrow_screen_there_is_the_difference_alone(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        text = await editing(d)
        text.load_text(text.text.replace("true", "false", 1))
        await d.settled()
        assert not d.app.screen.query_one("#before").display
        assert "eligible  true → false" in d.text


def test_a_line_that_is_gone_is_marked_and_a_comma_is_no_difference() -> None:
    rows = before_rows(["{", '  "a": 1,', '  "b": 2', "}"], ["{", '  "a": 1', "}"])
    told = [plain(row.lines(40)[0]) for row in rows]
    assert [line[0] for line in told] == [" ", " ", "−", " "]
    assert told[2] == '−   "b": 2'


def test_new_lines_are_those_that_were_not_there_as_often_wherever_they_stand_now() -> None:
    before = ["{", '  "a": 1,', '  "b": [', "    0", "  ]", "}"]
    assert new_lines(before, before) == set()
    assert new_lines(before, ["{", '  "b": [', "    0,", "    0", "  ],", '  "a": 1', "}"]) == {3}
    assert new_lines([], ["x", ""]) == {0}
