"""How a pilot waits in every test of the screen: until there is nothing to do, and no longer."""

from __future__ import annotations

import asyncio
import time

import pytest
import textual.app
import textual.pilot

DEADLINE = 1.0
"""Seconds after which a loop that always has something to do is waited for no more."""


@pytest.fixture(autouse=True)
def _idle_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual sleeps for a fiftieth of a second, and again until little was done meanwhile."""
    monkeypatch.setattr(textual.pilot, "wait_for_idle", _idle)
    monkeypatch.setattr(textual.app, "wait_for_idle", _idle)


async def _idle(*_: float) -> None:
    """Return when no callback of the loop is due."""
    due = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    late = time.monotonic() + DEADLINE
    quiet = 0
    while quiet < 2 and time.monotonic() < late:
        await asyncio.sleep(0)
        quiet = 0 if due else quiet + 1
