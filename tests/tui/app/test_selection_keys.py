"""Keys that act on what is selected are bright only where they are possible on it."""

from __future__ import annotations

from pathlib import Path

from tests.tui.app.driven import Driven, begin, reach
from tests.tui.app.given import before
from tooltrace.tui.keys.keymap import action


async def test_a_call_is_made_again_only_where_one_is_selected(tmp_path: Path) -> None:
    at = reach(begin(tmp_path), before("check_refund_policy"))
    async with Driven(at, (160, 45)) as d:
        for keys, dim in ((("1", "home"), True), (("3", "home"), False), (("2",), True)):
            await d.press(*keys)
            why = d.screen.why_not(action("retry"))
            assert (why is not None) is dim, (keys, why)
        await d.press("R")
        assert d.note == "▲ select a call to make again"
        await d.press("g")
        assert d.note == "▲ put the cursor on a record to go there"
