"""The snapshots of the world that are kept beside a session: how large, which are needed, removed.

Needed are those that a branch ends at or that a person marked. Any other can go: whoever returns to
its place later is asked how to go on.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from tooltrace.core.errors import BadWorld
from tooltrace.core.text import one_line
from tooltrace.core.tree import Tree

__all__ = ["LIMIT", "Kept", "kept_in", "leftovers_in", "needed", "remove", "size_of"]

LIMIT = 256 << 20
"""How many bytes of snapshots a session keeps, unless more are needed."""

_NAME = re.compile(r"([0-9a-f]{64})(?:\.\w+)?")
_LEFT = ".partial-"


class Kept(Struct, frozen=True):
    """A snapshot: its digest, its bytes, and when it was last used, in nanoseconds."""

    path: Path
    digest: str
    size: int
    used: int


def kept_in(folder: Path) -> list[Kept]:
    """What is kept in a folder, the one used longest ago first; nothing where there is none."""
    found = []
    for path in _entries(folder):
        name = _NAME.fullmatch(path.name)
        if name is not None:
            found.append(Kept(path, name[1], size_of(path), path.lstat().st_mtime_ns))
    return sorted(found, key=lambda one: (one.used, one.digest))


def leftovers_in(folder: Path) -> list[Path]:
    """What a crash left half made or half removed."""
    return [path for path in _entries(folder) if path.name.startswith(_LEFT)]


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() and not folder.is_symlink() else []


def size_of(path: Path) -> int:
    """The bytes of a file, or of all files in a folder; links are not followed."""
    info = path.lstat()
    if not stat.S_ISDIR(info.st_mode):
        return info.st_size
    with os.scandir(path) as entries:
        return sum(size_of(Path(entry.path)) for entry in entries)


def needed(tree: Tree, *heads: int) -> set[str]:
    """The digests that the ends of branches, marked records and these heads stand at."""
    places = {branch.tip for branch in tree.branches()} | set(heads) | tree.bookmarks.keys()
    worlds = (tree.snapshot_at(place).world for place in places)
    return {world for world in worlds if world is not None}


def remove(paths: Iterable[Path]) -> None:
    """Remove snapshots; each is gone under its name at once, or still whole. Raises BadWorld."""
    from tooltrace.tools.tree_copy import make_equal

    for path in paths:
        gone = path.with_name(f"{_LEFT}{secrets.token_hex(8)}")
        try:
            path.rename(gone)
            if gone.is_dir() and not gone.is_symlink():
                make_equal(None, gone)
                gone.rmdir()
            else:
                gone.unlink()
        except FileNotFoundError:
            continue  # Somebody else was quicker.
        except OSError as error:
            raise BadWorld(f"{one_line(str(path))} cannot be removed: {error.strerror}") from error
