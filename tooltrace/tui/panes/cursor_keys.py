"""The keys that move the cursor of a pane: an item, a page, to the first, to the last."""

from __future__ import annotations

from tooltrace.tui.panes.cursor import CursorPlace, end, step, turn
from tooltrace.tui.panes.layout import Layout, Way

__all__ = ["CursorKeys"]


class CursorKeys:
    """Goes before the scroll view among the bases of a pane."""

    cursor: int | None
    _layout_of: Layout

    @property
    def _view(self) -> tuple[int, int]:
        """The first line on the screen, and how many fit."""
        raise NotImplementedError

    def _to(self, place: CursorPlace) -> None:
        """Go there."""
        raise NotImplementedError

    def _step(self, direction: Way) -> None:
        y, page = self._view
        self._to(step(self._layout_of, CursorPlace(self.cursor, y), page, direction))

    def _turn(self, direction: Way) -> None:
        y, page = self._view
        self._to(turn(self._layout_of, CursorPlace(self.cursor, y), page, direction))

    def action_cursor_down(self) -> None:
        """To the next item, or further down one that is taller than the pane."""
        self._step(1)

    def action_cursor_up(self) -> None:
        """To the item before, or further up one that is taller than the pane."""
        self._step(-1)

    def action_page_down(self) -> None:
        """A page down; the cursor goes to the first item there, or to the last of all."""
        self._turn(1)

    def action_page_up(self) -> None:
        """A page up; the cursor goes to the first item there, or to the first of all."""
        self._turn(-1)

    def action_cursor_first(self) -> None:
        """To the first item."""
        self._to(end(self._layout_of, self._view[1], -1))

    def action_cursor_last(self) -> None:
        """To the last item, and follow what comes."""
        self._to(end(self._layout_of, self._view[1], 1))
