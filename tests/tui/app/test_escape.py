"""What runs is given up by two escapes, one right after the other; an arrow in pieces is none."""

from __future__ import annotations

import time
from pathlib import Path

from tests.tui.app.driven import Driven, begin, until
from tests.tui.app.test_busy import Slow, into_the_tool, slow  # noqa: F401 - a fixture
from tooltrace.tui.actions.escape import TWICE
from tooltrace.tui.widgets.find_line import FindLine


async def test_the_first_says_so_and_the_second_cuts(
    tmp_path: Path,
    slow: Slow,  # noqa: F811 - the fixture
) -> None:
    async with Driven(begin(tmp_path, slow.workflow), (80, 24)) as d:
        await into_the_tool(d, slow, "c")
        d.send("escape")
        await d.settled(running=True)
        view = d.view
        assert view.running and not view.pausing
        assert "esc again within 2 seconds gives up what runs" in d.note
        d.send("escape")
        await d.settled()
        assert not d.view.running and "cancelled" in d.text


async def test_an_arrow_in_pieces_gives_up_nothing_however_often(
    tmp_path: Path,
    slow: Slow,  # noqa: F811 - the fixture
) -> None:
    async with Driven(begin(tmp_path, slow.workflow), (80, 24)) as d:
        await into_the_tool(d, slow, "c")
        for _ in range(3):
            for key in ("escape", "[", "A"):
                d.send(key)
                await d.settled(running=True)
            assert d.screen.query_one(FindLine).display  # What finds text has asked for it.
            d.send("escape")
            await until(lambda: not d.screen.query_one(FindLine).display)
        d.send("escape")
        d.send("down")
        d.send("escape")
        await d.settled(running=True)
        assert d.view.running and not d.view.pausing
        slow.let_go.set()
        await d.settled()
        assert d.view.snapshot.outcome == "completed"


async def test_a_second_one_too_late_is_a_first_one(
    tmp_path: Path,
    slow: Slow,  # noqa: F811 - the fixture
) -> None:
    async with Driven(begin(tmp_path, slow.workflow), (80, 24)) as d:
        await into_the_tool(d, slow, "c")
        d.send("escape")
        await d.settled(running=True)
        d.screen.controller.escape.at = time.monotonic() - TWICE
        d.send("escape")
        await d.settled(running=True)
        assert d.view.running and not d.view.pausing
        d.send("escape")
        await until(lambda: not d.view.running)
