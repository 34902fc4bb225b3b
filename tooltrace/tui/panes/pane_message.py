"""What a pane of rows says to its screen: that something happened to an item."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.message import Message
from textual.widget import Widget

from tooltrace.tui.rows.lines import Item

__all__ = ["LineClicked", "PaneMessage"]

Pane = TypeVar("Pane", bound=Widget)


class PaneMessage(Message, Generic[Pane]):
    """Something about an item of a pane, or about none of them."""

    item: Item | None

    def __init__(self, pane: Pane, item: Item | None) -> None:
        super().__init__()
        self.pane = pane
        self.item = item

    @property
    def control(self) -> Pane:
        """The pane."""
        return self.pane


class LineClicked(PaneMessage[Widget]):
    """A click on a line of an item that the cursor never stands on; lines count from 0."""

    def __init__(self, pane: Widget, item: Item, line: int) -> None:
        super().__init__(pane, item)
        self.line = line
