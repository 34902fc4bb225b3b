"""Text of a pane that was marked with the mouse: places count the characters of the pane's lines.

Lines are those of the layout, whether they are on the screen or not; the cursor's bar is no part of
them.
"""

from __future__ import annotations

from msgspec import Struct
from rich.cells import get_character_cell_size
from textual.geometry import Offset

from tooltrace.tui.panes.layout import Layout
from tooltrace.tui.rows.lines import plain, tidy

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
    """What is marked from one character to before another."""

    layout: Layout
    begin: Offset
    end: Offset

    def before(self, y: int) -> bool:
        """Whether all that is marked stands above a line."""
        return self.end.y < y

    def span(self, y: int) -> tuple[int, int] | None:
        """Which characters of a line are marked; an empty line among them counts as one."""
        first, last = self._lines
        return self._span(y, _text(self.layout, y)) if first <= y <= last else None

    def _span(self, y: int, text: str) -> tuple[int, int] | None:
        size = max(1, len(text))
        low = self.begin.x if y == self.begin.y else 0
        high = min(self.end.x, size) if y == self.end.y else size
        return (low, high) if low < high else None

    def text(self) -> str:
        """The marked lines, without the spaces that only fill them."""
        first, last = self._lines
        out = []
        for y in range(first, last + 1):
            text = _text(self.layout, y)
            low, high = self._span(y, text) or (0, 0)
            out.append(text[low:high].rstrip())
        return "\n".join(out)

    @property
    def _lines(self) -> tuple[int, int]:
        return max(0, self.begin.y), min(self.end.y, self.layout.total - 1)
