"""What a dialog says of its keys is what they do, and a note hides nothing of one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.app.driven import Driven, begin
from tooltrace.tui import safe_text

LONG = "a note that takes more than one line: it tells what was refused, and why"


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (160, 45)])
@pytest.mark.parametrize("key", ["e", "v", "x", "B", "?", "r", "T"])
async def test_a_note_hides_nothing_of_a_dialog(
    tmp_path: Path, key: str, size: tuple[int, int]
) -> None:
    async with Driven(begin(tmp_path), size) as d:
        await d.to_call("process_credit")
        d.quiet()
        await d.press(key)
        assert d.dialog is not None
        safe_text.notify(d.app, LONG, "warning")
        await d.settled()
        await d.pilot.pause()
        toast = d.app.screen.query("Toast").first().region
        box = d.app.screen.query_one("#box").region
        assert toast.height >= 3
        assert not toast.overlaps(box), (toast, box)
        assert box.y >= 0
        keys = d.app.screen.query_one("#keys").region
        assert keys.height >= 1
        assert box.contains_region(keys)
        assert "a note that takes" in d.text


@pytest.mark.parametrize("key", ["B", "m", ":", "/"])
async def test_enter_accepts_a_line(tmp_path: Path, key: str) -> None:
    async with Driven(begin(tmp_path), (80, 24)) as d:
        await d.to_call("process_credit")
        await d.press(key)
        assert d.dialog == "PromptScreen"
        assert "enter accept" in d.text
        assert "enter pick" not in d.text
