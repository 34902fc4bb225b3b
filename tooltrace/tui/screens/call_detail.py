"""Everything about one call, to read: arguments, result, output, traceback, how often it ran."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from textual.widget import Widget

from tooltrace.core.model.content_blocks import Block
from tooltrace.tui import safe_text
from tooltrace.tui.dialog.dialog import Dialog
from tooltrace.tui.keys.action import Action, Scope
from tooltrace.tui.keys.keymap import textual_bindings
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.rows.conversation.entry import Entry
from tooltrace.tui.screens.block import BlockScreen
from tooltrace.tui.services import CopyBlock, OpenBlock

__all__ = ["CallDetailScreen"]


class CallDetailScreen(Dialog[None]):
    """Entries to scroll; enter opens one that is folded, or a block of ``blocks``."""

    ALSO: ClassVar[tuple[Scope, ...]] = ("block",)
    LABELS: ClassVar[Mapping[str, str]] = {"pick": "open or fold", "close": "back"}
    BINDINGS = [*textual_bindings("dialog"), *textual_bindings("block")]  # noqa: RUF012
    DEFAULT_CSS = """
    CallDetailScreen > #box { width: 100; height: 94%; }
    CallDetailScreen RowsPane { height: 1fr; }
    """

    def __init__(self, title: str, entries: Sequence[Entry], blocks: Sequence[Block] = ()) -> None:
        super().__init__(title)
        self._entries = list(entries)
        self._blocks = blocks

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
        self.show_keys()

    def why_not(self, entry: Action) -> str | None:
        """There may be no picture and no document to copy or open."""
        none = entry.scope == "block" and not self._blocks
        return "there is no picture and no document here" if none else super().why_not(entry)

    def on_rows_pane_chosen(self, event: RowsPane.Chosen) -> None:
        """Open or close a folded part; a block has a view of its own."""
        index = event.item.key
        entry = self._entries[index]
        if (block := self._block_of(entry)) is not None:
            self.app.push_screen(BlockScreen(block))
            return
        self._entries[index] = entry.toggled()
        event.pane.set_items(self._entries, index)

    def _block_of(self, entry: Entry) -> Block | None:
        at = entry.block
        return None if at is None or at >= len(self._blocks) else self._blocks[at]

    @property
    def _selected(self) -> Block | None:
        item = self.query_one(RowsPane).selected
        block = self._block_of(item) if isinstance(item, Entry) else None
        if block is None:
            safe_text.notify(self, "go to a picture, a document or a text below the result first")
        return block

    def action_copy_block(self) -> None:
        """Copy the block that is marked."""
        if (block := self._selected) is not None:
            self.post_message(CopyBlock(block))

    def action_open_block(self) -> None:
        """Open it outside."""
        if (block := self._selected) is not None:
            self.post_message(OpenBlock(block))

    def action_pick(self) -> None:
        """Enter belongs to the list."""
        self.query_one(RowsPane).action_choose()

    def action_close(self) -> None:
        """Back."""
        self.dismiss(None)
