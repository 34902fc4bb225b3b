"""When an app has come to rest: its loop has nothing to do."""

from __future__ import annotations

import asyncio
import time

__all__ = ["idle"]

DEADLINE = 1.0
"""Seconds after which a loop that always has something to do is waited for no more."""


async def idle(*_: float) -> None:
    """Return when no callback of the loop is due, so that every message has been dealt with."""
    due = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    late = time.monotonic() + DEADLINE
    quiet = 0
    while quiet < 2 and time.monotonic() < late:
        await asyncio.sleep(0)
        quiet = 0 if due else quiet + 1
