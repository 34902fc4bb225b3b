"""Tell which snapshots of the world are kept, how large, which are needed; remove others.

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

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.errors import BadCommand
from tooltrace.tools.world.folder import PARTIAL, Folder

__all__ = [
    "LIMIT",
    "SNAPSHOTS",
    "KeptSnapshot",
    "kept_in",
    "leftovers_in",
    "limit",
    "needed",
    "open_snapshots",
    "remove",
    "size_in",
    "size_of",
    "with_snapshot",
]

SNAPSHOTS = "snapshots"
"""Where they are in the folder of a session's worlds."""

LIMIT = 256 << 20
"""How many bytes of snapshots a session keeps, unless more are needed."""

_NAME = re.compile(r"([0-9a-f]{64})(?:\.\w+)?")


class KeptSnapshot(Struct, frozen=True):
    """A snapshot: its name, digest, bytes, and when it was last used, in nanoseconds."""

    name: str
    digest: str
    size: int
    used: int


def kept_in(snapshots: Folder | None, sizes: dict[str, int] | None = None) -> list[KeptSnapshot]:
    """What is kept in a folder, the one used longest ago first; nothing where there is none.

    ``sizes`` remembers those looked at before: a snapshot never changes. Raises OSError.
    """
    sizes = {} if sizes is None else sizes
    found = []
    for name in [] if snapshots is None else snapshots.names():
        assert snapshots is not None
        digest = _NAME.fullmatch(name)
        if digest is not None:
            if name not in sizes:
                sizes[name] = size_in(snapshots, name)
            used = snapshots.status(name).st_mtime_ns
            found.append(KeptSnapshot(name, digest[1], sizes[name], used))
    return sorted(found, key=lambda one: (one.used, one.digest))


def open_snapshots(folder: Path) -> Folder | None:
    """The snapshots in a world's folder, reached through no link; None where there are none.

    Raises OSError.
    """
    try:
        with Folder.open(folder) as opened:
            return opened.below(SNAPSHOTS)
    except FileNotFoundError:
        return None


def with_snapshot(digest: str, folders: Iterable[Path]) -> Path | None:
    """The first of these folders that has that snapshot. Raises OSError."""
    for folder in folders:
        snapshots = open_snapshots(folder)
        if snapshots is not None:
            with snapshots:
                if any(name.partition(".")[0] == digest for name in snapshots.names()):
                    return folder
    return None


def leftovers_in(snapshots: Folder | None) -> list[str]:
    """What a crash left half made or half removed. Raises OSError."""
    if snapshots is None:
        return []
    return [name for name in snapshots.names() if name.startswith(PARTIAL)]


def size_of(path: Path) -> int:
    """The bytes of a file, or of all files below a folder; links are not followed.

    Raises OSError.
    """
    with Folder.open(path.parent, follow=True) as folder:
        return size_in(folder, path.name)


def size_in(folder: Folder, name: str) -> int:
    """The same, of what has that name in an open folder."""
    info = folder.status(name)
    if not stat.S_ISDIR(info.st_mode):
        return info.st_size
    with folder.below(name) as inside:
        return sum(size_in(inside, below) for below in inside.names())


def needed(tree: Tree, *heads: int) -> set[str]:
    """The digests that the ends of branches, marked records and these heads stand at."""
    places = {branch.tip for branch in tree.branches()} | set(heads) | tree.bookmarks.keys()
    worlds = (tree.snapshot_at(place).world for place in places)
    return {world for world in worlds if world is not None}


def remove(snapshots: Folder, names: Iterable[str]) -> None:
    """Remove snapshots; each is gone under its name at once, or still whole. Raises OSError."""
    for name in names:
        gone = f"{PARTIAL}{secrets.token_hex(8)}"
        try:
            snapshots.rename(name, gone)
        except FileNotFoundError:
            continue  # Somebody else was quicker.
        snapshots.remove(gone)


def limit() -> int:
    """How many bytes of snapshots of the world a session keeps. Raises BadCommand."""
    named = os.environ.get("TOOLTRACE_SNAPSHOTS_MB", "")
    if not named:
        return LIMIT
    if not (named.isascii() and named.isdecimal() and len(named) < 10):
        raise BadCommand(
            "TOOLTRACE_SNAPSHOTS_MB is no whole number of megabytes: change or unset it"
        )
    return int(named) << 20
