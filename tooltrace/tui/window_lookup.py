"""The context window of a run's model, asked for beside the screen: the list takes time to read."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

from tooltrace.core.model.events import Settings
from tooltrace.models.context_windows import asked_as, window_of

__all__ = ["WindowLookup"]


class WindowLookup:
    """Knows windows by the model's name; ``found`` is called from a thread when there is one more.

    A model that no list can have is never looked up.
    """

    def __init__(self, found: Callable[[], None]) -> None:
        self._found = found
        self._known: dict[str, int | None] = {}

    def of(self, settings: Settings) -> int | None:
        """Tokens of the window; None where it is unknown, or not known yet."""
        model = asked_as(settings)
        if model is None:
            return None
        if model not in self._known:
            self._known[model] = None
            Thread(target=self._look, args=(model, settings), daemon=True, name="window").start()
        return self._known[model]

    def _look(self, model: str, settings: Settings) -> None:
        self._known[model] = window_of(settings)
        if self._known[model] is not None:
            self._found()
