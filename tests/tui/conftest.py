"""How a pilot waits in every test of the screen: until there is nothing to do, and no longer."""

from __future__ import annotations

import pytest
import textual.app
import textual.pilot

from tests.tui.idle import idle


@pytest.fixture(autouse=True)
def _idle_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual sleeps for a fiftieth of a second, and again until little was done meanwhile."""
    monkeypatch.setattr(textual.pilot, "wait_for_idle", idle)
    monkeypatch.setattr(textual.app, "wait_for_idle", idle)
