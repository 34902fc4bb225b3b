"""A regular expression that may not take long: one that does is refused, and finds nothing more.

``re`` tries ways to match that may be more than can be tried, and no look at an expression tells
which. It looks for signals while it tries, so a timer of the process's own time ends it.
"""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Protocol, TypeVar

__all__ = ["Finds", "LimitedPattern"]

SECONDS = 0.05
"""How long it may take on one text, in the process's own time."""

Result = TypeVar("Result")


class Finds(Protocol):
    """A pattern, compiled or limited."""

    def search(self, text: str, /) -> re.Match[str] | None:
        """The first match."""

    def finditer(self, text: str, /) -> Iterable[re.Match[str]]:
        """All matches."""


class _TookTooLong(Exception):
    pass


class LimitedPattern:
    """An expression for the main thread; ``is_slow`` once it took too long on a text."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.is_slow = False
        self._pattern = pattern
        self._looking = False

    def search(self, text: str, /) -> re.Match[str] | None:
        """The first match; None once it is too slow."""
        return self._within(lambda: self._pattern.search(text), None)

    def finditer(self, text: str, /) -> Iterable[re.Match[str]]:
        """All matches; none once it is too slow."""
        nothing: list[re.Match[str]] = []
        return self._within(lambda: list(self._pattern.finditer(text)), nothing)

    def _within(self, look: Callable[[], Result], otherwise: Result) -> Result:
        if self.is_slow:
            return otherwise
        if threading.current_thread() is not threading.main_thread():
            return look()  # Signals are for the main thread alone, which is where panes are drawn.
        before = signal.signal(signal.SIGVTALRM, self._over)
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        try:
            self._looking = True
            found = look()
            self._looking = False
            return found
        except _TookTooLong:
            self.is_slow = True
            return otherwise
        finally:
            self._looking = False
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)

    def _over(self, number: int, frame: FrameType | None) -> None:
        if self._looking:
            raise _TookTooLong
