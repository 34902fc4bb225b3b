"""A file to attach, picked from a tree of folders."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from textual.widget import Widget

from tooltrace.core.text.sanitize import one_line
from tooltrace.tui import safe_text
from tooltrace.tui.dialog.dialog import Dialog
from tooltrace.tui.keys.keymap import Scope, textual_bindings
from tooltrace.tui.widgets.file_tree import FileTree

__all__ = ["FilePickerScreen"]


class FilePickerScreen(Dialog[Path | None]):
    """Gives the file, or None when it was left; begins in ``folder``."""

    SCOPE: Scope = "files"
    BINDINGS = textual_bindings("files")
    DEFAULT_CSS = """
    FilePickerScreen > #box { height: 90%; }
    FilePickerScreen FileTree { height: 1fr; }
    """

    def __init__(self, folder: Path) -> None:
        super().__init__("Attach a file")
        self._folder = folder

    @property
    def _tree(self) -> FileTree:
        return self.query_one(FileTree)

    def body(self) -> Iterable[Widget]:
        """The tree."""
        yield FileTree(self._folder, id="files")

    def ready(self) -> None:
        """The arrows move at once."""
        self._tree.focus()
        self._said()

    def _said(self) -> None:
        safe_text.border_title(
            self.query_one("#box"), f"Attach a file from {one_line(str(self._folder))}"
        )

    def on_directory_tree_file_selected(self, event: FileTree.FileSelected) -> None:
        """Enter on a file."""
        self.dismiss(event.path)

    def action_pick_file(self) -> None:
        """Enter belongs to the tree."""
        self._tree.action_select_cursor()

    def action_folder_above(self) -> None:
        """The tree of the folder above."""
        self._folder = self._folder.parent
        self._tree.path = self._folder
        self._said()

    def action_leave_files(self) -> None:
        """Attach nothing."""
        self.dismiss(None)
