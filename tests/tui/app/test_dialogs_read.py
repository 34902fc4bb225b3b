"""What a dialog says of its keys is what they do, and a note hides nothing of one."""

from __future__ import annotations

import pytest

from tests.tui.app.driven import Driven, until
from tooltrace.debugger.debugger import Debugger
from tooltrace.tui import safe_text

LONG = "a note that takes more than one line: it tells what was refused, and why"


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (160, 45)])
async def test_a_note_hides_nothing_of_a_dialog(at_credit: Debugger, size: tuple[int, int]) -> None:
    async with Driven(at_credit, size) as d:
        for key in ("e", "v", "x", "B", "?", "r", "T"):
            d.quiet()
            await d.press(key)
            assert d.dialog is not None, key
            safe_text.notify(d.app, LONG, "warning")
            await d.settled()
            toast = d.app.screen.query("Toast").first().region
            box = d.app.screen.query_one("#box").region
            assert toast.height >= 3, key
            assert not toast.overlaps(box), (key, toast, box)
            assert box.y >= 0, key
            keys = d.app.screen.query_one("#keys").region
            assert keys.height >= 1, key
            assert box.contains_region(keys), key
            assert "a note that takes" in d.text, key
            await d.press("escape")
            assert d.dialog is None, key


async def test_enter_accepts_a_line(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        for key in ("B", "m", ":"):
            await d.press(key)
            assert d.dialog == "PromptScreen", key
            assert "enter accept" in d.text, key
            assert "enter pick" not in d.text, key
            await d.press("escape")


async def test_a_note_that_stands_when_a_dialog_opens_is_there_once(at_credit: Debugger) -> None:
    async with Driven(at_credit, (100, 45)) as d:
        for key in ("e", "v", "B", "?"):
            d.quiet()
            safe_text.notify(d.app, LONG, "warning")
            await d.settled()
            assert d.text.count("a note that takes") == 1, key
            await d.press(key)
            await until(lambda: d.dialogs and d.app.screen.query("Toast"))
            await d.settled()
            assert d.text.count("a note that takes") == 1, d.text
            await d.press("escape")
            assert d.dialogs == [], key
            await d.settled()
            assert d.text.count("a note that takes") == 1, d.text
            d.quiet()
            safe_text.notify(d.app, "another, said right before", "warning")
            await d.press(key)
            await until(lambda: d.app.screen.query("Toast"))
            await d.settled()
            assert d.text.count("another, said right before") == 1, d.text
            await d.press("escape")
            await d.settled()
