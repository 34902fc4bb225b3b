"""Entries to read that are no part of the session's panes: an answer, two sides, a printed line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from textual.widget import Widget

from tooltrace.tui.dialog.dialog import Dialog
from tooltrace.tui.keys.keymap import textual_bindings
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.rows.conversation.entry import Entry

__all__ = ["DetailScreen"]


class DetailScreen(Dialog[None]):
    """Entries to scroll, whose keys are their places; enter opens or folds one."""

    LABELS: ClassVar[Mapping[str, str]] = {"pick": "open or fold", "close": "back"}
    BINDINGS = textual_bindings("dialog")
    DEFAULT_CSS = """
    DetailScreen > #box { width: 100; height: 94%; }
    DetailScreen RowsPane { height: 1fr; }
    """

    def __init__(self, title: str, entries: Sequence[Entry]) -> None:
        super().__init__(title)
        self._entries = list(entries)

    def body(self) -> Iterable[Widget]:
        """One list."""
        pane = RowsPane(classes="bare", id="detail")
        pane.follow = False
        pane.set_items(self._entries)
        yield pane

    def ready(self) -> None:
        """The arrows move at once."""
        pane = self.query_one(RowsPane)
        pane.focus()
        pane.cursor_to(0)

    def on_rows_pane_chosen(self, event: RowsPane.Chosen) -> None:
        """Open or close a folded part."""
        index = event.item.key
        self._entries[index] = self._entries[index].toggled()
        event.pane.set_items(self._entries, index)

    def action_pick(self) -> None:
        """Enter belongs to the list."""
        self.query_one(RowsPane).action_choose()

    def action_close(self) -> None:
        """Back."""
        self.dismiss(None)
