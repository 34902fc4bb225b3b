"""A screen on which nothing goes on does not tick, and sees at once what begins elsewhere."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.tui.app.driven import Driven, begin, until
from tooltrace.tui.screens.session import SessionScreen
from tooltrace.workflows.refund import refund


async def test_the_clock_rests_until_something_happens(tmp_path: Path) -> None:
    async with Driven(begin(tmp_path, refund)) as d:
        screen = d.app.screen
        assert isinstance(screen, SessionScreen)
        await until(lambda: screen.clock.rests, "it ticks though nothing goes on")
        head = d.view.head
        # From a script, say, and not by a key.
        await asyncio.wrap_future(d.debugger.submit.step())
        await until(lambda: not screen.clock.rests, "it was not woken")
        assert d.view.head != head
        await until(lambda: screen.rows.followed == (d.view.head, False), "it was not drawn")
        await until(lambda: screen.clock.rests, "it does not come to rest again")
        d.send("tab")
        await until(lambda: not screen.clock.rests, "a key did not wake it")
