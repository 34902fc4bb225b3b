"""Snapshots of worlds in a folder, each under its digest: whole or not there, and never a link."""

from __future__ import annotations

import hashlib
import re
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Literal

from tooltrace.core.model.errors import BadWorld
from tooltrace.core.text.sanitize import one_line
from tooltrace.tools.world.folder import PARTIAL, Folder, missing
from tooltrace.tools.world.tree_copy import digest_tree

__all__ = [
    "IntactSnapshots",
    "checked",
    "draft",
    "file_digest",
    "folder_digest",
    "opened_or_made",
    "snapshot_name",
]

DigestOf = Callable[[Folder, str], str]

_DIGEST = re.compile(r"[0-9a-f]{64}")
_HEADER = 100
# Header fields that say how a database file was written, not what it holds.
_VOLATILE = (slice(18, 20), slice(24, 28), slice(92, 100))


class IntactSnapshots:
    """Which snapshots were made in this sitting, or looked at and found to be whole."""

    def __init__(self) -> None:
        self._whole: set[tuple[Path, str]] = set()

    def has(self, snapshots: Folder, name: str, digest: str, digest_of: DigestOf) -> bool:
        """Whether that snapshot is there, and whole; looked at once in a sitting."""
        key = (snapshots.path, name)
        if snapshots.find(name) is not None and key in self._whole:
            return True
        if _state(snapshots, name, digest, digest_of) != "whole":
            return False
        self._whole.add(key)
        return True

    def give_name(
        self, snapshots: Folder, partial: str, name: str, digest: str, digest_of: DigestOf
    ) -> None:
        """Let a snapshot appear under its name, in place of a damaged one."""
        try:
            snapshots.rename(partial, name)
        except OSError:
            state = _state(snapshots, name, digest, digest_of)
            if state == "missing":
                raise
            if state == "whole":
                return  # The same world was kept in the meantime.
            with draft(snapshots) as old:
                snapshots.rename(name, old)
                snapshots.rename(partial, name)
        snapshots.sync()
        self._whole.add((snapshots.path, name))


@contextmanager
def opened_or_made(path: Path) -> Iterator[Folder]:
    """The folder for snapshots, made if needed; it may not be a link."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    with Folder.open(path) as folder:
        yield folder


@contextmanager
def draft(folder: Folder) -> Iterator[str]:
    """A name to fill before it gets its own as a snapshot; if it gets none it is removed."""
    partial = f"{PARTIAL}{secrets.token_hex(8)}"
    try:
        yield partial
    finally:
        # What is left over costs room, and nothing else.
        with suppress(OSError):
            folder.remove(partial)


def snapshot_name(digest: str, suffix: str = "") -> str:
    # The digest may come from someone else's session file: it must not lead anywhere else.
    if not _DIGEST.fullmatch(digest):
        raise BadWorld(f"{one_line(digest[:80])!r} does not name a snapshot of a world")
    return f"{digest}{suffix}"


@contextmanager
def checked(folder: Path, name: str, digest: str, digest_of: DigestOf) -> Iterator[Folder]:
    """The folder with a snapshot that is whole. Raises BadWorld when it is not, or not there."""
    state = "missing" if missing(folder) else ""
    with ExitStack() as stack:
        if not state:
            snapshots = stack.enter_context(Folder.open(folder))
            state = _state(snapshots, name, digest, digest_of)
        if state == "missing":
            raise BadWorld(
                f"no snapshot {digest[:12]} in {one_line(str(folder))}; "
                "go to a step whose snapshot is there, or go on with the world as it is"
            )
        if state == "damaged":
            raise BadWorld(
                f"the snapshot {one_line(str(folder / name))} is damaged, and was not used; "
                "go to another step, or go on with the world as it is"
            )
        yield snapshots


def _state(
    snapshots: Folder, name: str, digest: str, digest_of: DigestOf
) -> Literal["missing", "damaged", "whole"]:
    status = snapshots.find(name)
    if status is None:
        return "missing"
    wanted = stat.S_IFREG if digest_of is file_digest else stat.S_IFDIR
    if stat.S_IFMT(status.st_mode) != wanted or digest_of(snapshots, name) != digest:
        return "damaged"
    return "whole"


def file_digest(folder: Folder, name: str) -> str:
    whole = hashlib.sha256()
    chunks = folder.chunks(name)
    first = bytearray()
    for chunk in chunks:
        first += chunk
        if len(first) >= _HEADER:
            break
    for part in _VOLATILE:
        first[part] = bytes(len(first[part]))
    whole.update(first)
    for chunk in chunks:
        whole.update(chunk)
    return whole.hexdigest()


def folder_digest(folder: Folder, name: str) -> str:
    with folder.below(name) as root:
        return digest_tree(root)
