"""Markdown in the conversation from the keyboard and from what was chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.app.driven import Driven, begin
from tests.tui.app.keys import presses
from tooltrace.debugger.debugger import Debugger
from tooltrace.tui.preferences import Preferences
from tooltrace.tui.services import AppServices

SAID = "Refund **order 1001**, as [agreed](https://shop.example/1):\n\n- the mug\n- `A-7`"


@pytest.fixture
def asked(tmp_path: Path) -> Debugger:
    debugger = begin(tmp_path, text=SAID)
    debugger.submit.step().result(30)
    return debugger


@presses("markdown")
async def test_markdown_is_laid_out_and_shown_as_written_and_found_as_it_is_seen(
    asked: Debugger,
) -> None:
    async with Driven(asked, (120, 36)) as d:
        await d.press("home")
        assert "Refund order 1001, as agreed" in d.text
        assert "• the mug" in d.text
        await d.press("/")
        await d.type("order 1001, as")
        assert "1/1" in d.text
        await d.press("escape", "number_sign")
        assert d.note == "Markdown as it was written"
        assert "Refund **order 1001**, as" in d.text
        assert "- the mug" in d.text and "• the mug" not in d.text
        await d.press("n", "number_sign")
        assert "• the mug" in d.text


async def test_who_wants_it_as_written_says_so_once(asked: Debugger) -> None:
    given = AppServices(
        lambda ref: asked, lambda path: asked, list, [], preferences=Preferences(markdown=False)
    )
    async with Driven(asked, (80, 24), given) as d:
        await d.press("home")
        assert "Refund **order 1001**" in d.text
        await d.press("number_sign")
        assert "Refund order 1001" in d.text
