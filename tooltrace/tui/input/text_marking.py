"""Marking text with the mouse: within the pane where it began, however far the mouse goes.

Panes stand side by side and hold more lines than are seen, so that text from one into another would
be lines that nobody marked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.events import Event, MouseDown
from textual.geometry import Offset
from textual.selection import SelectEnd
from textual.widget import Widget

from tooltrace.tui.panes.rows_pane import RowsPane

if TYPE_CHECKING:
    from textual.screen import Screen

    Base = Screen[Any]
else:
    Base = object

__all__ = ["MarksText"]


class MarksText(Base):
    """Goes before ``Screen`` among the bases of a screen."""

    def _forward_event(self, event: Event) -> None:
        if isinstance(event, MouseDown):
            self._selecting = False  # A release outside of the window may never have come.
        super()._forward_event(event)
        if isinstance(event, MouseDown):
            pane, _ = super().get_widget_and_offset_at(event.x, event.y)
            if isinstance(pane, RowsPane) and pane.on_frame(event.screen_x, event.screen_y):
                self._select_state = None  # A frame holds no text, and may be there to be moved.

    def _update_select(self) -> None:
        # Textual scrolls while the mouse rests at the edge, and leaves the end where it was.
        state = self._select_state
        begun = state.start.content_widget if state is not None else None
        if state is None or state.end is None or not isinstance(begun, RowsPane):
            super()._update_select()
            return
        at = state.screen_offset
        end = SelectEnd(state.end.container, begun, begun.place_at(*at))
        self._select_state = state.update_end(at, end)

    def text_select_all(self) -> None:
        """Nothing: a screen with all its panes is no text that anybody means."""

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        """What is under the mouse; while text is being marked, the place nearest to it there."""
        state = self._select_state if self._selecting else None
        begun = state.start.content_widget if state is not None else None
        if isinstance(begun, RowsPane) and begun.is_attached:
            return begun, begun.place_at(x, y)
        widget, offset = super().get_widget_and_offset_at(x, y)
        if isinstance(widget, RowsPane):
            offset = widget.place_at(x, y)
        return widget, offset
