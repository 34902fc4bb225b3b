"""What was found in a pane of rows is marked there, and gone to."""

from __future__ import annotations

from tooltrace.tui.panes.layout import Layout, Way, matcher
from tooltrace.tui.panes.limited_pattern import Finds
from tooltrace.tui.panes.painter import Painter
from tooltrace.tui.panes.steady_scroll import SteadyScroll
from tooltrace.tui.rows.lines import plain

__all__ = ["FoundRows"]


class FoundRows(SteadyScroll):
    """Goes below a pane that has a layout, a painter and a cursor."""

    cursor: int | None
    _layout_of: Layout
    _painter: Painter

    def _go(self, index: int | None) -> None:
        raise NotImplementedError

    def find(self, query: str, direction: Way = 1, *, here: bool = False) -> bool:
        """Go to the next item with the query in it, round the end; mark it wherever it is seen.

        ``here`` starts with the item under the cursor, as while the query is still being typed.
        False, and the cursor stays, when there is none. An empty query ends finding.
        """
        pattern = matcher(query)
        if self._painter.seek(pattern):
            self.refresh()
        if pattern is None or not self._layout_of.items:
            return False
        cursor = self.cursor
        if cursor is None:
            cursor = -1 if direction > 0 else 0
            here = False
        found = self._layout_of.search(pattern, cursor if here else cursor + direction, direction)
        self._go(found)
        return found is not None

    def mark(self, pattern: Finds | None) -> None:
        """Mark this wherever it is seen, from now on."""
        if self._painter.seek(pattern):
            self.refresh()

    def texts(self, index: int) -> list[str]:
        """The lines of an item as they are seen."""
        return [plain(line) for line in self._layout_of.lines(index)]

    def show_found(self, index: int, pattern: Finds) -> None:
        """Go to an item, and to the line of it in which the pattern begins."""
        self._go(index)
        before = 0
        found = pattern.search("\n".join(texts := self.texts(index)))
        for number, text in enumerate(texts):
            if found is not None and before <= found.start() <= before + len(text):
                y, page = self.scroll_offset.y, self.size.height
                line = self._layout_of.top(index) + number
                if not y <= line < y + page:
                    self.scroll_to_line(max(0, line - page // 2), self._layout_of.total)
                return
            before += len(text) + 1
