"""What is looked for: a text or a regular expression, and which items of a list have it. Pure.

Looking through a list goes on for as long as it is given, from where one stands to the end and on
from the beginning, so that the nearest is found first and no list is too long.
"""

from __future__ import annotations

import re
import time
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from msgspec import Struct

from tooltrace.core.text.sanitize import visible
from tooltrace.tui.panes.layout import Way
from tooltrace.tui.panes.limited_pattern import Finds, LimitedPattern
from tooltrace.tui.rows.lines import Item

__all__ = ["Needle", "Search"]

_TOGETHER = 16


class Needle(Struct, frozen=True):
    """A text that is looked for; in any case unless ``case`` is set."""

    text: str = ""
    regex: bool = False
    case: bool = False

    def pattern(self) -> Finds | None:
        """What finds it in safe text; None where there is nothing to find.

        In plain text any run of spaces is as good as another. Raises ValueError, in one line, for
        what is no regular expression.
        """
        flags = re.NOFLAG if self.case else re.IGNORECASE
        if not self.regex:
            words = [re.escape(word) for word in visible(self.text).split()]
            return re.compile(r"\s+".join(words), flags) if words else None
        if not self.text:
            return None
        try:
            return LimitedPattern(re.compile(self.text, flags | re.MULTILINE))
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(str(error)) from None


class Search:
    """Which of these items have a pattern in them, as far as has been looked."""

    def __init__(self, items: Sequence[Item], pattern: Finds, start: int) -> None:
        self._items, self._pattern = items, pattern
        self._count = len(items)
        self._start = max(0, min(start, self._count))
        self._next = 0
        self._after: list[int] = []
        self._before: list[int] = []

    @property
    def done(self) -> bool:
        """Whether all of them were looked at."""
        return self._next >= self._count

    @property
    def total(self) -> int:
        """How many have it, so far."""
        return len(self._after) + len(self._before)

    @property
    def first(self) -> int | None:
        """The first one from where it began."""
        return next(iter((*self._after[:1], *self._before[:1])), None)

    def go_on(self, seconds: float, most: int | None = None) -> bool:
        """Look on for about so long, or until ``most`` are found; whether anything was found."""
        end, had = time.perf_counter() + seconds, self.total
        while not self.done and (most is None or self.total < most):
            for _ in range(min(_TOGETHER, self._count - self._next)):
                self._look()
            if time.perf_counter() >= end:
                break
        return self.total > had

    def _look(self) -> None:
        index = (self._start + self._next) % self._count
        self._next += 1
        if index >= len(self._items):
            return
        item = self._items[index]
        if item.selectable and any(
            found.end() > found.start() for found in self._pattern.finditer(visible(item.text()))
        ):
            (self._after if index >= self._start else self._before).append(index)

    def place(self, index: int) -> int | None:
        """Which one of all it is, from 1; None for an item that was not found."""
        for found, before in ((self._before, 0), (self._after, len(self._before))):
            at = bisect_left(found, index)
            if at < len(found) and found[at] == index:
                return before + at + 1
        return None

    def beside(self, index: int, direction: Way) -> int | None:
        """The next one found from an item on, or the one before; None at the end."""
        found = [*self._before, *self._after]
        at = bisect_right(found, index) if direction > 0 else bisect_left(found, index) - 1
        return found[at] if 0 <= at < len(found) else None

    def end(self, direction: Way) -> int | None:
        """The first of all for who goes on, the last for who goes back."""
        found = [*self._before, *self._after]
        return (found[0] if direction > 0 else found[-1]) if found else None
