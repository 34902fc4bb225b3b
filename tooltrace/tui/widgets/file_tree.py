"""A folder's files as a tree to pick from; names come from outside and are drawn through the edge.

Textual reads a name as markup, and takes one that is empty once it is split for a bug.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import ClassVar

from rich.text import Text, TextType
from textual.widgets import DirectoryTree

from tooltrace.core.text.sanitize import one_line

__all__ = ["FileTree"]

_MOST_FILES = 2000
"""Of one folder; each is a node, and more than that nobody looks through."""


class FileTree(DirectoryTree):
    """Folders and files that are not hidden."""

    ALLOW_SELECT: ClassVar[bool] = False
    ICON_NODE = "› "
    ICON_NODE_EXPANDED = "⌄ "
    ICON_FILE = "  "
    DEFAULT_CSS = """
    FileTree, FileTree:focus { background: $surface; background-tint: $foreground 0%; padding: 0; }
    """

    def process_label(self, label: TextType) -> Text:
        """A name as it is, made visible, never as markup."""
        text = label if isinstance(label, str) else label.plain
        return Text(one_line(text) or " ", end="", no_wrap=True)

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        """Folders and real files; what begins with a dot stays hidden."""
        shown = (path for path in paths if not path.name.startswith(".") and _is_shown(path))
        return list(islice(shown, _MOST_FILES))


def _is_shown(path: Path) -> bool:
    try:
        return path.is_file() or path.is_dir()
    except OSError:
        return False
