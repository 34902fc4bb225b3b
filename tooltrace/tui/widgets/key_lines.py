"""Lines of which some parts are keys: a click presses one, and resting on one says what it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.events import Click, Leave, MouseMove
from textual.message import Message

from tooltrace.tui import safe_text
from tooltrace.tui.keys.key_bar import KeyPlace
from tooltrace.tui.rows.lines import Line
from tooltrace.tui.widgets.lines_label import LinesLabel

__all__ = ["KeyLines"]


class KeyLines(LinesLabel):
    """A ``LinesLabel`` that knows which of its cells stand for an action.

    The screen is asked what an action does (``told``) while the mouse rests on it.
    """

    class Pressed(Message):
        """A part was clicked that stands for this action."""

        def __init__(self, ident: str) -> None:
            super().__init__()
            self.ident = ident

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.places: Sequence[KeyPlace] = ()
        """Where its parts stand, in cells of its content."""

    def show_keys(self, lines: Sequence[Line], places: Sequence[KeyPlace]) -> None:
        """Say something else, of which these parts are keys."""
        self.places = places
        self.show(*lines)

    def at(self, x: int, y: int) -> str | None:
        """The action whose part stands at a cell of the content."""
        found = (one for one in self.places if one.row == y and one.first <= x < one.last)
        return next((one.id for one in found), None)

    def on_click(self, event: Click) -> None:
        """Press what is under the mouse, unless text was marked or a menu is wanted."""
        offset = event.get_content_offset(self)
        ident = None if offset is None or event.button != 1 else self.at(offset.x, offset.y)
        if ident is not None and not self.screen.get_selected_text():
            event.stop()
            self.post_message(self.Pressed(ident))

    def on_mouse_move(self, event: MouseMove) -> None:
        """Say what it does that the mouse is on."""
        offset = event.get_content_offset(self)
        ident = None if offset is None else self.at(offset.x, offset.y)
        told: Callable[[str], str] = getattr(self.screen, "told", str)
        safe_text.tooltip(self, "" if ident is None else told(ident))

    def on_leave(self, event: Leave) -> None:
        """Nothing is under the mouse."""
        safe_text.tooltip(self)
