"""A list of what a session has, which is looked through, narrowed and changed from inside it.

It follows the session: what changes elsewhere is there at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, TypeVar

from textual.events import Key
from textual.widget import Widget

from tooltrace.debugger.debugger import Debugger
from tooltrace.tui.dialog.dialog import Dialog
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.widgets.inputs import LineInput

__all__ = ["ListDialog"]

OFTEN = 0.1
"""Seconds between two looks whether the session has changed."""

Result = TypeVar("Result")

_MOVES = {"up": "cursor_up", "down": "cursor_down", "pageup": "page_up", "pagedown": "page_down"}


class ListDialog(Dialog[Result]):
    """A subclass gives its rows in ``load`` and says in ``enter`` what becomes of the marked one.

    ``words`` are what is typed to narrow the list.
    """

    WIDTH: ClassVar[int] = 110
    HINT: ClassVar[str] = ""
    """What the line to type into says while nothing is typed."""
    NOTHING: ClassVar[str] = ""
    """What the list says when nothing has these words."""
    DEFAULT_CSS = """
    ListDialog > #box { max-width: 100%; height: 94%; }
    ListDialog RowsPane { height: 1fr; }
    ListDialog LineInput { background: $surface; margin-bottom: 1; }
    """

    def __init__(self, title: str, debugger: Debugger) -> None:
        super().__init__(title)
        self.debugger = debugger
        self.words = ""
        self._seen = -1

    def load(self) -> None:
        """Put the rows into the list as they are now; the cursor stays on its own."""
        raise NotImplementedError

    def enter(self) -> None:
        """Do what the marked row is for."""
        raise NotImplementedError

    def body(self) -> Iterable[Widget]:
        """A line for the filter, and the list."""
        yield LineInput(hint=self.HINT, id="filter")
        yield RowsPane(classes="bare", id="list", empty=self.NOTHING)

    def ready(self) -> None:
        """The list as it is now, and whenever it changes."""
        self.query_one("#box").styles.width = self.WIDTH
        self._filter.display = False
        self.pane.follow = False
        self.pane.focus()
        self.look()
        self.set_interval(OFTEN, self.look)

    @property
    def inner_width(self) -> int:
        """As wide as the screen lets it."""
        return max(20, min(self.WIDTH, self.app.size.width) - 4)

    @property
    def pane(self) -> RowsPane:
        """The list."""
        return self.query_one("#list", RowsPane)

    @property
    def _filter(self) -> LineInput:
        return self.query_one("#filter", LineInput)

    def look(self) -> None:
        """Load again if something has changed since."""
        changes = self.debugger.changes
        if changes != self._seen:
            self.load()
            self._seen = changes

    # what its keys do

    def on_rows_pane_chosen(self, event: RowsPane.Chosen) -> None:
        """Enter, or a double click."""
        self.enter()

    def narrow(self) -> None:
        """Type to narrow."""
        self._filter.display = True
        self._filter.focus()

    def go_up(self) -> None:
        """Let go of the filter first, then leave."""
        if self._filter.display:
            self.words = self._filter.value = ""
            self._filter.display = False
            self.pane.focus()
            self.load()
        else:
            self.dismiss(None)

    def on_input_changed(self) -> None:
        """Each letter narrows."""
        self.words = self._filter.value
        self.load()

    def on_input_submitted(self) -> None:
        """Enter takes what is marked."""
        self.enter()

    def on_key(self, event: Key) -> None:
        """While one types, the arrows move in the list; tab goes to it, and the filter stays."""
        if not self._filter.has_focus:
            return
        if event.key == "tab":
            self.pane.focus()
        elif event.key in _MOVES:
            getattr(self.pane, f"action_{_MOVES[event.key]}")()
        else:
            return
        event.stop()
        event.prevent_default()
