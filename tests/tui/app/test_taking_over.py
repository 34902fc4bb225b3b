"""A window that could only read, once the one that wrote has been closed."""

from __future__ import annotations

from pathlib import Path

from tests.tui.app.driven import Driven, begin, reach, shipped
from tests.tui.app.given import before
from tooltrace.assemble import reopen


async def test_it_writes_with_the_next_key(tmp_path: Path) -> None:
    first = reach(begin(tmp_path), before("check_refund_policy"))
    path = first.session.file
    assert path is not None
    async with Driven(reopen(path, shipped()), (120, 36)) as d:
        await d.press("n")
        assert "READ-ONLY" in d.text.upper() and d.view.at_tip
        first.close()
        tip = d.view.tip
        await d.press("n")
        assert "written here now" in d.note and d.view.tip > tip
        assert "READ-ONLY" not in d.text.upper()
        await d.press("c")
        assert d.view.snapshot.outcome == "completed"
