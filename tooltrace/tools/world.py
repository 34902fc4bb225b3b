"""The world that tools act on, kept as it was and put back: an SQLite file, a folder, or your own.

A snapshot is named by the digest of what it holds, so equal worlds share one, and a damaged one is
noticed before it is used. It appears under its name whole or not at all.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol, runtime_checkable

from tooltrace.core.errors import BadWorld
from tooltrace.core.text import one_line
from tooltrace.tools.tree_copy import copy_tree, digest_tree, keep_on_disk, make_equal

__all__ = ["FolderWorld", "SqliteWorld", "World"]

_DIGEST = re.compile(r"[0-9a-f]{64}")
_PATIENCE = 5.0
_CHUNK = 1 << 20
# Header fields that say how a database file was written, not what it holds.
_VOLATILE = (slice(18, 20), slice(24, 28), slice(92, 100))


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


class SqliteWorld:
    """An SQLite database file; a missing one counts as empty.

    It may be open, in WAL mode too, while it is kept or put back: open connections see the change.
    ``patience`` is how many seconds to wait for another connection's transaction.
    """

    def __init__(self, path: Path | str, *, patience: float = _PATIENCE) -> None:
        self.path = Path(path).absolute()
        self._patience = patience

    def connect(self) -> sqlite3.Connection:
        """A new connection, which the caller closes. Raises BadWorld."""
        with _problems("open", self):
            return sqlite3.connect(self.path, timeout=self._patience)

    def digest(self) -> str:
        """Of what is committed."""
        with _problems("read", self), tempfile.TemporaryDirectory() as folder:
            return self._copy(Path(folder) / "copy")

    def snapshot(self, folder: Path) -> str:
        """One file, ``DIGEST.sqlite``."""
        with _problems("keep", self), _partial(folder) as partial:
            digest = self._copy(partial)
            if not (kept := _snapshot(folder, digest, ".sqlite")).exists():
                keep_on_disk(partial)
                _give_name(partial, kept)
            return digest

    def restore(self, folder: Path, digest: str) -> None:
        """Into the live file, in one transaction."""
        kept = _snapshot(folder, digest, ".sqlite")
        with _problems("put back", self):
            _check(kept, digest, _file_digest)
            source = sqlite3.connect(f"{kept.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
            with closing(source), closing(self._live()) as live:
                _backup(source, live, self._patience)
            _agree(self, digest)

    def describe(self) -> str:
        """``SQLite database PATH``."""
        return one_line(f"SQLite database {self.path}")

    def _live(self) -> sqlite3.Connection:
        # No waiting of its own: how long to try is decided in one place.
        return sqlite3.connect(self.path, timeout=0)

    def _copy(self, target: Path) -> str:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(self._live()) as live, closing(sqlite3.connect(target)) as copy:
            copy.execute("PRAGMA journal_mode = OFF")
            copy.execute("PRAGMA synchronous = OFF")
            _backup(live, copy, self._patience)
        return _file_digest(target)


class FolderWorld:
    """A folder with all that is in it: files, folders, links (never followed), permissions."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path).absolute()

    def digest(self) -> str:
        """Of names, kinds, permissions and contents; a missing folder counts as empty."""
        with _problems("read", self):
            return digest_tree(self.path)

    def snapshot(self, folder: Path) -> str:
        """A copy of the tree in ``folder/DIGEST``; nothing is copied when that is there already."""
        with _problems("keep", self):
            if folder.resolve().is_relative_to(self.path.resolve()):
                raise BadWorld(
                    f"{self.describe()} holds the folder for its own snapshots, "
                    f"{one_line(str(folder))}; keep them somewhere else"
                )
            digest = digest_tree(self.path)
            if _snapshot(folder, digest).exists():
                return digest
            with _partial(folder) as partial:
                copy_tree(self.path, partial)
                # What was copied counts: the world may have changed meanwhile.
                digest = digest_tree(partial)
                _give_name(partial, _snapshot(folder, digest))
            return digest

    def restore(self, folder: Path, digest: str) -> None:
        """By changing only what differs; what is not in the snapshot is removed."""
        kept = _snapshot(folder, digest)
        with _problems("put back", self):
            _check(kept, digest, digest_tree)
            make_equal(kept, self.path)
            _agree(self, digest)

    def describe(self) -> str:
        """``folder PATH``."""
        return one_line(f"folder {self.path}")


@contextmanager
def _problems(what: str, world: World) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error, ValueError, RecursionError) as error:
        raise BadWorld(f"cannot {what} the {world.describe()}: {one_line(str(error))}") from error


@contextmanager
def _partial(folder: Path) -> Iterator[Path]:
    """A path to fill before it gets its name as a snapshot; if it gets none it is removed."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = folder / f".partial-{secrets.token_hex(8)}"
    try:
        yield partial
    finally:
        if partial.is_dir():
            make_equal(None, partial)
            partial.rmdir()
        else:
            partial.unlink(missing_ok=True)


def _give_name(partial: Path, kept: Path) -> None:
    try:
        partial.rename(kept)
    except OSError:
        if not kept.exists():  # Otherwise the same world was kept in the meantime.
            raise
    keep_on_disk(kept.parent)


def _snapshot(folder: Path, digest: str, suffix: str = "") -> Path:
    # The digest may come from someone else's session file: it must not lead anywhere else.
    if not _DIGEST.fullmatch(digest):
        raise BadWorld(f"{one_line(digest[:80])!r} does not name a snapshot of a world")
    return folder / f"{digest}{suffix}"


def _check(kept: Path, digest: str, digest_of: Callable[[Path], str]) -> None:
    if not os.path.lexists(kept):
        raise BadWorld(
            f"no snapshot {digest[:12]} in {one_line(str(kept.parent))}; "
            "go to a step whose snapshot is there, or go on with the world as it is"
        )
    if kept.is_symlink() or digest_of(kept) != digest:
        raise BadWorld(
            f"the snapshot {one_line(str(kept))} is damaged, and was not used; "
            "go to another step, or go on with the world as it is"
        )


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


def _file_digest(path: Path) -> str:
    whole = hashlib.sha256()
    with path.open("rb") as file:
        first = bytearray(file.read(_CHUNK))
        for part in _VOLATILE:
            first[part] = bytes(len(first[part]))
        whole.update(first)
        while chunk := file.read(_CHUNK):
            whole.update(chunk)
    return whole.hexdigest()
