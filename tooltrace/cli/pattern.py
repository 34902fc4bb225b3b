"""A pattern that a person gave, and a limit of time for what it may take.

The expression is one of Python's ``re``, which tries ways to match that may be more than can be
tried. It looks for signals while it does, and so a timer of the process's own time ends it.
"""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from tooltrace.core.model.errors import BadCommand
from tooltrace.core.text.sanitize import clip, one_line
from tooltrace.store.search_values import Find

__all__ = ["compiled", "limited"]

SECONDS = 1.0
"""How long the pattern may take on one text, in the process's own time."""

MOST = 3
"""Texts that it may take too long on before all of it is given up."""

_LONGEST = 10_000


def compiled(pattern: str, ignore_case: bool, fixed: bool) -> re.Pattern[str]:
    """The expression; ``^`` and ``$`` are those of lines. Raises BadCommand."""
    if len(pattern) > _LONGEST:
        raise BadCommand(f"the pattern is longer than {_LONGEST:,} characters")
    flags = re.MULTILINE | (re.IGNORECASE if ignore_case else 0)
    try:
        return re.compile(re.escape(pattern) if fixed else pattern, flags)
    except (re.error, RecursionError, OverflowError) as error:
        shown = clip(one_line(pattern), 60)
        raise BadCommand(f"{shown} is no regular expression: {error} (-F takes text)") from error


@contextmanager
def limited(pattern: re.Pattern[str]) -> Iterator[Find]:
    """Look for the pattern in one text after the other, each for a limited time.

    Raises TimeoutError where that is over, and BadCommand when it was so several times.
    """
    if threading.current_thread() is not threading.main_thread():
        yield pattern.search  # Signals are for the main thread alone.
        return
    limit = _Limit(pattern)
    before = signal.signal(signal.SIGVTALRM, limit.tick)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS / 2, SECONDS / 2)
    try:
        yield limit.find
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


class _Limit:
    """A timer that ticks on, since to set one for each text takes longer than to look."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._search = pattern.search
        self._looking = False
        self._ticks = 0
        self._over = 0

    def tick(self, number: int, frame: FrameType | None) -> None:
        self._ticks += 1
        if self._looking and self._ticks > 2:
            raise TimeoutError

    def find(self, text: str) -> re.Match[str] | None:
        self._ticks, self._looking = 0, True
        try:
            return self._search(text)
        except TimeoutError:
            self._over += 1
            if self._over < MOST:
                raise
            why = "the pattern takes too long: make it simpler, or give text with -F"
            raise BadCommand(why) from None
        finally:
            self._looking = False
