"""One content block to look at: a picture drawn, a document's or a search result's text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from textual.widget import Widget

from tooltrace.core.model.block_data import block_bytes
from tooltrace.core.model.content_blocks import Block, placeholder
from tooltrace.tui.dialog.dialog import Dialog
from tooltrace.tui.keys.action import Scope
from tooltrace.tui.keys.keymap import textual_bindings
from tooltrace.tui.keys.said_keys import with_keys
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.rows.blocks.block_text import block_facts, block_text
from tooltrace.tui.rows.conversation.entry import Entry
from tooltrace.tui.rows.conversation.part import Part
from tooltrace.tui.services import CopyBlock, OpenBlock
from tooltrace.tui.widgets.lines_label import LinesLabel
from tooltrace.tui.widgets.picture import PictureView

__all__ = ["BlockScreen"]


class BlockScreen(Dialog[None]):
    """A block, whole; ``y`` copies it, ``o`` opens it outside."""

    ALSO: ClassVar[tuple[Scope, ...]] = ("block",)
    LABELS: ClassVar[Mapping[str, str]] = {"close": "back"}
    BINDINGS = [*textual_bindings("dialog"), *textual_bindings("block")]  # noqa: RUF012
    DEFAULT_CSS = """
    BlockScreen > #box { width: 100%; max-width: 100%; height: 100%; max-height: 100%; }
    BlockScreen RowsPane { height: 1fr; }
    """

    def __init__(self, block: Block) -> None:
        super().__init__(placeholder(block)[1:-1])
        self._block = block

    def body(self) -> Iterable[Widget]:
        """What it is, and then the picture or the text."""
        facts = block_facts(self._block)
        if facts:
            yield LinesLabel([((facts, "dim"),)], id="facts")
        text, data = block_text(self._block), block_bytes(self._block)
        if self._block.get("type") == "image" and text is None:
            yield PictureView(data or b"", id="picture")
            return
        pane = RowsPane(classes="bare", id="text")
        pane.follow = False
        shown = text if text is not None else with_keys("o opens it outside", "block")
        heading = (("text" if text is not None else "not text", "title"),)
        pane.set_items([Entry(0, 0, heading, (Part(shown),), is_open=True)])
        yield pane

    def ready(self) -> None:
        """The arrows move at once."""
        for pane in self.query(RowsPane):
            pane.focus()
            pane.cursor_to(0)
        self.show_keys(without=("pick",))

    def action_copy_block(self) -> None:
        """Copy it."""
        self.post_message(CopyBlock(self._block))

    def action_open_block(self) -> None:
        """Open it outside."""
        self.post_message(OpenBlock(self._block))

    def action_pick(self) -> None:
        """Back, as escape."""
        self.action_close()

    def action_close(self) -> None:
        """Back."""
        self.dismiss(None)
