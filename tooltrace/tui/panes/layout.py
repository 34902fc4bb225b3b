"""Where the items of a pane are, line by line: the arithmetic behind ``RowsPane``, with no textual.

Ends of items are prefix sums in a list that only grows at its end, so that appending costs what is
new and finding the item at a line is a bisection. Nothing is known until a width is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from typing import Literal

from tooltrace.core.text.sanitize import visible
from tooltrace.tui.panes.limited_pattern import Finds
from tooltrace.tui.rows.lines import Item, Line, plain, tidy

__all__ = ["Layout", "Marks", "Way", "matcher"]

Way = Literal[-1, 1]
"""Up or back, down or on."""

Marks = list[tuple[int, int]]
"""Where something was found in a line: character positions from, and up to but without."""

_LINES_KEPT = 256
_NEAR = 2


class Layout:
    """Items one below the other at a width in cells; lines count from 0 at the top."""

    __slots__ = ("_ends", "_lines", "items", "width")

    def __init__(self) -> None:
        self.items: Sequence[Item] = ()
        self.width = 0
        self._ends: list[int] = []
        self._lines: OrderedDict[int, Sequence[Line]] = OrderedDict()

    def set_items(self, items: Sequence[Item], keep: int) -> int:
        """Take these items, of which the first ``keep`` are unchanged; how many really are kept."""
        keep = max(0, min(keep, len(items), len(self._ends)))
        self.items = items
        self._measure(keep)
        return keep

    def set_width(self, width: int) -> None:
        """Lay everything out at another width."""
        self.width = width
        self._measure(0)

    def _measure(self, keep: int) -> None:
        del self._ends[keep:]
        for index in [index for index in self._lines if index >= keep]:
            del self._lines[index]
        if self.width <= 0:
            return
        width, total, ends = self.width, self.total, self._ends
        items = self.items
        for index in range(keep, len(items)):
            total += items[index].height(width)
            ends.append(total)

    @property
    def total(self) -> int:
        """How many lines there are."""
        return self._ends[-1] if self._ends else 0

    def top(self, index: int) -> int:
        """The item's first line."""
        return self._ends[min(index, len(self._ends)) - 1] if index > 0 and self._ends else 0

    def end(self, index: int) -> int:
        """The line after the item's last."""
        return self._ends[index] if index < len(self._ends) else self.total

    def height(self, index: int) -> int:
        """How many lines the item takes."""
        return self.end(index) - self.top(index)

    def at(self, y: int) -> int | None:
        """The item at a line, or None above the first and below the last."""
        return bisect_right(self._ends, y) if 0 <= y < self.total else None

    def near(self, y: int) -> int | None:
        """The item at a line, or the one nearest to it; None only without items."""
        return self.at(max(0, min(y, self.total - 1)))

    def seen(self, y: int, page: int) -> list[tuple[int, int]]:
        """The selectable items that begin in ``page`` lines from ``y`` on, each with its line."""
        first, last = self.near(y), self.near(y + page - 1)
        if first is None or last is None:
            return []
        places = [(index, self.top(index) - y) for index in range(first, last + 1)]
        return [(i, down) for i, down in places if 0 <= down < page and self.items[i].selectable]

    def lines(self, index: int) -> Sequence[Line]:
        """The item's lines; those lately asked for are kept."""
        lines = self._lines.get(index)
        if lines is None:
            lines = self._lines[index] = self.items[index].lines(self.width)
            if len(self._lines) > _LINES_KEPT:
                self._lines.popitem(last=False)
        return lines

    def line(self, index: int, number: int) -> Line:
        """One line of an item; an empty one where the item promised more than it has."""
        lines = self.lines(index)
        return lines[number] if number < len(lines) else ()

    def selectable(self, index: int, direction: Way) -> int | None:
        """The first selectable item from ``index`` on in that direction."""
        while 0 <= index < len(self.items):
            if self.items[index].selectable:
                return index
            index += direction
        return None

    def find_key(self, key: int | None, start: int = 0) -> int | None:
        """The last item with that key, from ``start`` on."""
        for index in range(len(self.items) - 1, start - 1, -1):
            if self.items[index].key == key:
                return index
        return None

    def search(self, pattern: Finds, start: int, direction: Way) -> int | None:
        """The first selectable item with the pattern in it, from ``start`` on and round the end."""
        count = len(self.items)
        for step in range(count):
            index = (start + step * direction) % count
            item = self.items[index]
            if item.selectable and pattern.search(visible(item.text())):
                return index
        return None

    def marks(self, pattern: Finds, index: int, number: int) -> Marks:
        """Where the pattern stands in a line, also if it begins or ends in a line nearby."""
        lines = self.lines(index)
        first = max(0, number - _NEAR)
        near = lines[first : number + _NEAR + 1]
        texts = [plain(tidy(line, self.width)[0]) for line in near]
        if number - first >= len(texts):
            return []
        start = sum(len(text) + 1 for text in texts[: number - first])
        end = start + len(texts[number - first])
        return [
            (max(found.start(), start) - start, min(found.end(), end) - start)
            for found in pattern.finditer("\n".join(texts))
            if found.start() < end and found.end() > start
        ]


def matcher(query: str) -> re.Pattern[str] | None:
    """What finds a query in safe text: any case unless it has a capital, any run of spaces alike.

    None for a query without a word. A space also matches the end of a line, so that a phrase is
    found where it was wrapped.
    """
    words = [re.escape(word) for word in visible(query).split()]
    if not words:
        return None
    flags = re.NOFLAG if any(char.isupper() for char in query) else re.IGNORECASE
    return re.compile(r"\s+".join(words), flags)
