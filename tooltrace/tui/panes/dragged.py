"""Text of a pane that was marked with the mouse: places count the characters of the pane's lines.

Lines are those of the layout, whether they are on the screen or not; the cursor's bar is no part of
them.
"""

from __future__ import annotations

from msgspec import Struct
from rich.cells import get_character_cell_size
from textual.geometry import Offset

from tooltrace.tui.layout import Layout
from tooltrace.tui.lines import plain, tidy

__all__ = ["Dragged", "place"]


def place(layout: Layout, view: tuple[int, int], at: Offset) -> Offset | None:
    """The character at a place of what is on the screen, or the nearest; None without lines.

    ``view`` is the first line on the screen and how many fit. Above is the beginning of the first
    line there, below the end of the last.
    """
    first, page = view
    last = min(first + page, layout.total) - 1
    if last < first:
        return None
    line = first + at.y
    if line < first:
        return Offset(0, first)
    text = _text(layout, min(line, last))
    if line > last:
        return Offset(len(text), last)
    cells = 0
    for index, char in enumerate(text):
        cells += get_character_cell_size(char)
        if at.x < cells:
            return Offset(index, line)
    return Offset(len(text), line)


def _text(layout: Layout, y: int) -> str:
    index = layout.at(y)
    if index is None:
        return ""
    return plain(tidy(layout.line(index, y - layout.top(index)), layout.width)[0])


class Dragged(Struct, frozen=True):
    """What is marked from one character to before another; None is where all begins, or ends."""

    layout: Layout
    begin: Offset | None
    end: Offset | None

    def span(self, y: int) -> tuple[int, int] | None:
        """Which characters of a line are marked; an empty line among them counts as one."""
        first, last = self._lines
        if not first <= y <= last:
            return None
        low = self.begin.x if self.begin is not None and y == first else 0
        text = max(1, len(_text(self.layout, y)))
        high = min(self.end.x, text) if self.end is not None and y == last else text
        return (low, high) if low < high else None

    def text(self) -> str:
        """The marked lines, without the spaces that only fill them."""
        first, last = self._lines
        out = []
        for y in range(first, last + 1):
            low, high = self.span(y) or (0, 0)
            out.append(_text(self.layout, y)[low:high].rstrip())
        return "\n".join(out)

    @property
    def _lines(self) -> tuple[int, int]:
        last = self.layout.total - 1
        first = 0 if self.begin is None else max(0, self.begin.y)
        return first, last if self.end is None else min(self.end.y, last)
