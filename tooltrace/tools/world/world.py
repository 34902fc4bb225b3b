"""The world that tools act on, kept as it was and put back: an SQLite file, a folder, or your own.

A snapshot is named by the digest of what it holds, so equal worlds share one, and a damaged one is
noticed before it is used. It appears under its name whole or not at all.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from errno import EINVAL
from pathlib import Path
from typing import Protocol, runtime_checkable

from tooltrace.core.model.errors import BadWorld
from tooltrace.core.text.sanitize import one_line
from tooltrace.tools.world.folder import Folder, reason
from tooltrace.tools.world.snapshots import (
    checked,
    draft,
    file_digest,
    folder_digest,
    opened_or_made,
    snapshot_name,
)
from tooltrace.tools.world.tree_copy import copy_tree, digest_tree, make_equal
from tooltrace.tools.world.world_place import PlacedWorld, hold, real

__all__ = ["FolderWorld", "SqliteWorld", "World", "hold"]

_PATIENCE = 5.0
_BESIDE = ("", "-wal", "-shm", "-journal")


@runtime_checkable
class World(Protocol):
    """What tools act on, as far as it can be kept and put back. All methods may raise BadWorld."""

    def digest(self) -> str:
        """64 hex digits that are equal when the world holds the same."""
        ...

    def snapshot(self, folder: Path) -> str:
        """Keep the world under ``folder``, made if needed; the digest names it."""
        ...

    def restore(self, folder: Path, digest: str) -> None:
        """Put the world back to a snapshot, and make sure that it is."""
        ...

    def describe(self) -> str:
        """What and where it is, on one line."""
        ...


class SqliteWorld(PlacedWorld):
    """An SQLite database file; a missing one counts as empty.

    It may be open, in WAL mode too, while it is kept or put back: open connections see the change.
    ``patience`` is how many seconds to wait for another connection's transaction.
    """

    def __init__(self, path: Path | str, *, patience: float = _PATIENCE) -> None:
        super().__init__(path)
        self._patience = patience

    def connect(self) -> sqlite3.Connection:
        """A new connection, which the caller closes. Raises BadWorld."""
        with _problems("open", self):
            return self._live(self._patience)

    def digest(self) -> str:
        """Of what is committed."""
        with (
            _problems("read", self),
            tempfile.TemporaryDirectory() as path,
            Folder.open(Path(path)) as folder,
        ):
            return self._copy(folder, "copy")

    def snapshot(self, folder: Path) -> str:
        """One file, ``DIGEST.sqlite``."""
        with (
            _problems("keep", self),
            opened_or_made(folder) as snapshots,
            draft(snapshots) as partial,
        ):
            digest = self._copy(snapshots, partial)
            name = snapshot_name(digest, ".sqlite")
            if not self._whole.has(snapshots, name, digest, file_digest):
                with snapshots.opened(partial) as fd:
                    os.fsync(fd)
                self._whole.give_name(snapshots, partial, name, digest, file_digest)
            return digest

    def restore(self, folder: Path, digest: str) -> None:
        """Into the live file, in one transaction."""
        name = snapshot_name(digest, ".sqlite")
        with _problems("put back", self):
            with checked(folder, name, digest, file_digest) as snapshots:
                place = (snapshots.path / name).as_uri()
                source = sqlite3.connect(f"{place}?mode=ro&immutable=1", uri=True)
                with closing(source), closing(self._live()) as live:
                    _backup(source, live, self._patience)
            _agree(self, digest)

    def describe(self) -> str:
        """``SQLite database PATH``."""
        return one_line(f"SQLite database {self.path}")

    def _live(self, patience: float = 0.0) -> sqlite3.Connection:
        # No waiting of its own while copying: how long to try is decided in one place.
        self._refuse_links()
        return sqlite3.connect(self.path, timeout=patience)

    def _refuse_links(self) -> None:
        """SQLite follows a link, also where it keeps what is not yet in the database itself."""
        if self._held is None:
            return
        with self._opened(above=1) as folder:
            for beside in _BESIDE if folder is not None else ():
                assert folder is not None
                name = self.path.name + beside
                status = folder.find(name)
                if status is not None and not stat.S_ISREG(status.st_mode):
                    kind = "is a link" if stat.S_ISLNK(status.st_mode) else "is no regular file"
                    raise OSError(EINVAL, f"{kind}, and is not opened", str(folder.path / name))

    def _copy(self, folder: Folder, name: str) -> str:
        with folder.writing(name):
            pass
        with closing(self._live()) as live, closing(sqlite3.connect(folder.path / name)) as copy:
            copy.execute("PRAGMA journal_mode = OFF")
            copy.execute("PRAGMA synchronous = OFF")
            _backup(live, copy, self._patience)
        return file_digest(folder, name)


class FolderWorld(PlacedWorld):
    """A folder with all that is in it: files, folders, links (never followed), permissions.

    A link that leads out of it is refused: a copy of it would lead to the same place.
    """

    def digest(self) -> str:
        """Of names, kinds, permissions and contents; a missing folder counts as empty."""
        with _problems("read", self), self._opened() as root:
            return digest_tree(root)

    def snapshot(self, folder: Path) -> str:
        """A copy of the tree in ``folder/DIGEST``; nothing is copied when that is there already."""
        with _problems("keep", self):
            if real(folder).is_relative_to(real(self.path)):
                raise BadWorld(
                    f"{self.describe()} holds the folder for its own snapshots, "
                    f"{one_line(str(folder))}; keep them somewhere else"
                )
            with self._opened() as root, opened_or_made(folder) as snapshots:
                digest = digest_tree(root)
                if self._whole.has(snapshots, digest, digest, folder_digest):
                    return digest
                with draft(snapshots) as partial:
                    with snapshots.made(partial) as copy:
                        copy_tree(root, copy)
                        # What was copied counts: the world may have changed meanwhile.
                        digest = digest_tree(copy)
                    self._whole.give_name(snapshots, partial, digest, digest, folder_digest)
                return digest

    def restore(self, folder: Path, digest: str) -> None:
        """By changing only what differs; what is not in the snapshot is removed."""
        name = snapshot_name(digest)
        with _problems("put back", self):
            with (
                checked(folder, name, digest, folder_digest) as snapshots,
                snapshots.below(name) as kept,
                self._opened(make=True) as root,
            ):
                assert root is not None
                make_equal(kept, root)
            _agree(self, digest)

    def describe(self) -> str:
        """``folder PATH``."""
        return one_line(f"folder {self.path}")


@contextmanager
def _problems(what: str, world: World) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error, ValueError, RecursionError) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise BadWorld(f"cannot {what} the {world.describe()}: {one_line(why)}") from error


def _agree(world: World, digest: str) -> None:
    if world.digest() != digest:
        raise BadWorld(
            f"the {world.describe()} was put back to {digest[:12]} but holds something else: "
            "is another program writing to it? Stop that, and try again"
        )


def _backup(source: sqlite3.Connection, target: sqlite3.Connection, patience: float) -> None:
    """Copy a database. Raises TimeoutError when another connection keeps it locked."""
    until = time.monotonic() + patience

    def still_patient(status: int, _remaining: int, _total: int) -> None:
        # The module itself tries for ever.
        if status not in (sqlite3.SQLITE_OK, sqlite3.SQLITE_DONE) and time.monotonic() > until:
            raise TimeoutError("another connection has an open transaction; end it and try again")

    source.backup(target, progress=still_patient, sleep=0.02)
