"""A pane that puts a sign before items: what came by the last move, or was taken back."""

from __future__ import annotations

from collections.abc import Callable

from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.rows.lines import Item

__all__ = ["SignedPane"]


class SignedPane(RowsPane):
    """A pane whose items may have a sign of one cell where the cursor's bar is not."""

    def sign(self, sign: Callable[[Item], str]) -> None:
        """Sign items by this from now on; draws those on the screen that got another sign."""
        before, self._painter.sign = self._painter.sign, sign
        self._painter.forget()
        layout, top = self._layout_of, self.scroll_offset.y
        first, last = layout.near(top), layout.near(top + self.size.height)
        if first is None or last is None:
            return
        for index in range(first, last + 1):
            item = self.items[index]
            if before(item) != sign(item):
                self.refresh_lines(layout.top(index), 1)
