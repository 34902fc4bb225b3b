"""Windows are known by name, and never guessed."""

from __future__ import annotations

import pytest

from tooltrace.core.model.events import Settings
from tooltrace.models.context_windows import window_of


@pytest.mark.parametrize(
    ("settings", "window"),
    [
        (Settings(model="claude-sonnet-5-5"), 1_000_000),
        (Settings(model="claude-haiku-4-5-20251001"), 200_000),
        (Settings(model="claude-sonnet-5-5-turbo"), None),
        (Settings(model="qwen3:8b"), None),
        (Settings(model=""), None),
        (Settings(model="x" * 100_000), None),
        (Settings(model="scripted"), None),
        (Settings(model="given"), None),
        (Settings(model="plugin:mine"), None),
        (Settings(model="claude-sonnet-5-5", base_url="http://127.0.0.1:9"), None),
        (Settings(model="x", base_url="http://h", priced_as="claude-sonnet-5-5"), 1_000_000),
    ],
)
def test_a_window(settings: Settings, window: int | None) -> None:
    assert window_of(settings) == window
