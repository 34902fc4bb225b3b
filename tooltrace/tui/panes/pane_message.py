"""What a pane of rows says to its screen: that something happened to an item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from tooltrace.tui.rows.lines import Item

if TYPE_CHECKING:
    from tooltrace.tui.panes.rows_pane import RowsPane

__all__ = ["PaneMessage"]


class PaneMessage(Message):
    """Something about an item of a pane, or about none of them."""

    item: Item | None

    def __init__(self, pane: RowsPane, item: Item | None) -> None:
        super().__init__()
        self.pane = pane
        self.item = item

    @property
    def control(self) -> RowsPane:
        """The pane."""
        return self.pane
