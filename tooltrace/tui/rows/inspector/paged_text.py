"""A text of any length as lines of a width, from any place in it, without laying out the rest.

A line on the screen is named by where its stretch of text begins, and its number in it. A stretch
ends with a line of the text; one without an end for long is cut at every ``STRETCH`` characters.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from typing import NamedTuple

from tooltrace.tui.rows.lines import wrap

__all__ = ["STRETCH", "PagedText", "Spot"]

STRETCH = 8192
_KEPT = 64
_LOOK_BACK = 1 << 16


class Spot(NamedTuple):
    """A line on the screen: the begin of its stretch, and which of its lines it is."""

    begin: int
    number: int


class PagedText:
    """Lines of at most ``width`` cells of a text; every one is safe to draw."""

    def __init__(self, text: str, width: int) -> None:
        self.text = text
        self.width = max(1, width)
        self._lines: OrderedDict[int, list[str]] = OrderedDict()

    def begin_at(self, offset: int) -> int:
        """Where the stretch begins that has the character at ``offset``."""
        block = offset // STRETCH
        newline = self.text.rfind("\n", max(0, (block - 1) * STRETCH), offset)
        return block * STRETCH if newline < 0 else newline + 1

    def end_of(self, begin: int) -> int:
        """Where the stretch after that begins, or the length of the text."""
        block = begin // STRETCH + 1
        newline = self.text.find("\n", begin, (block + 1) * STRETCH)
        if self.text.find("\n", (block - 1) * STRETCH, block * STRETCH) >= 0:
            block += 1
        cut = block * STRETCH
        if 0 <= newline < cut:
            return newline + 1
        return min(cut, len(self.text))

    def lines(self, begin: int) -> list[str]:
        """The lines of a stretch; those lately asked for are kept."""
        lines = self._lines.get(begin)
        if lines is None:
            stretch = self.text[begin : self.end_of(begin)]
            lines = self._lines[begin] = wrap(stretch.removesuffix("\n"), self.width) or [""]
            if len(self._lines) > _KEPT:
                self._lines.popitem(last=False)
        return lines

    def spot_at(self, offset: int) -> Spot:
        """The first line of the stretch with a character, or the line that is most likely it."""
        begin = self.begin_at(max(0, min(offset, len(self.text))))
        lines = self.lines(begin)
        share = (offset - begin) / max(1, self.end_of(begin) - begin)
        return Spot(begin, min(len(lines) - 1, max(0, int(share * len(lines)))))

    def after(self, spot: Spot) -> Spot | None:
        """The line below; None at the last."""
        if spot.number + 1 < len(self.lines(spot.begin)):
            return Spot(spot.begin, spot.number + 1)
        end = self.end_of(spot.begin)
        return Spot(end, 0) if end < len(self.text) else None

    def before(self, spot: Spot) -> Spot | None:
        """The line above; None at the first."""
        if spot.number > 0:
            return Spot(spot.begin, spot.number - 1)
        if spot.begin == 0:
            return None
        begin = self.begin_at(spot.begin - 1)
        return Spot(begin, len(self.lines(begin)) - 1)

    def move(self, spot: Spot, lines: int) -> Spot:
        """So many lines down, or up where it is less than zero, as far as there are any."""
        for _ in range(abs(lines)):
            found = self.after(spot) if lines > 0 else self.before(spot)
            if found is None:
                break
            spot = found
        return spot

    def page(self, spot: Spot, most: int) -> Iterator[str]:
        """The lines from one on."""
        at: Spot | None = spot
        for _ in range(most):
            if at is None:
                return
            yield self.lines(at.begin)[at.number]
            at = self.after(at)

    @property
    def last(self) -> Spot:
        """The last line of all."""
        begin = self.begin_at(max(0, len(self.text) - 1))
        return Spot(begin, len(self.lines(begin)) - 1)

    def find(self, pattern: re.Pattern[str], begin: int) -> int | None:
        """The place of the first match from a character on; None without one."""
        found = pattern.search(self.text, begin)
        return None if found is None else found.start()

    def find_before(self, pattern: re.Pattern[str], end: int) -> int | None:
        """The place of the last match that begins before a character; None without one."""
        low = end
        while low > 0:
            high, low = low, max(0, low - _LOOK_BACK)
            found = [m.start() for m in pattern.finditer(self.text, low, high + 1000)]
            inside = [start for start in found if start < high]
            if inside:
                return inside[-1]
        return None
