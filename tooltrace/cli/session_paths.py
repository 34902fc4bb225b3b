"""Which session files are meant by the paths that a person gave."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

__all__ = ["find_sessions"]

_BESIDE = (".world", ".blobs")
"""What stands beside a session holds data of tools, not sessions."""


def find_sessions(
    paths: Sequence[Path], endings: tuple[str, ...] = (".jsonl",)
) -> tuple[list[Path], dict[Path, str]]:
    """The files, each once: in the order of the paths, those of a folder and below it by name.

    With them, what cannot be looked into, and why. No link to a folder is followed. Of a folder
    the files with these endings count.
    """
    files: dict[Path, None] = {}
    unread: dict[Path, str] = {}
    for path in paths:
        if not path.is_dir():
            files[path] = None
            continue
        refused = len(unread)
        found = _below(path, unread, endings)
        files |= dict.fromkeys(found)
        if not found and len(unread) == refused:
            unread[path] = "no sessions (*.jsonl) in there"
    return list(files), unread


def _below(folder: Path, unread: dict[Path, str], endings: tuple[str, ...]) -> list[Path]:
    def refused(error: OSError) -> None:
        unread[Path(error.filename)] = f"cannot be read: {error.strerror}"

    found = []
    for place, folders, names in os.walk(folder, onerror=refused):
        folders[:] = sorted(name for name in folders if not name.endswith(_BESIDE))
        found += [Path(place, name) for name in sorted(names) if name.endswith(endings)]
    return found
