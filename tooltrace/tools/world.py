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
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from errno import EINVAL, ELOOP
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from tooltrace.core.errors import BadWorld
from tooltrace.core.text import one_line
from tooltrace.tools.folder import PARTIAL, Folder, missing, reason
from tooltrace.tools.tree_copy import copy_tree, digest_tree, make_equal

__all__ = ["FolderWorld", "SqliteWorld", "World", "hold"]

_DIGEST = re.compile(r"[0-9a-f]{64}")
_PATIENCE = 5.0
_BESIDE = ("", "-wal", "-shm", "-journal")

DigestOf = Callable[[Folder, str], str]
_HEADER = 100
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


class _Placed:
    """A world at a path; once it is held to a folder, reached from that one and through no link."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path).absolute()
        self._held: tuple[Path, tuple[str, ...]] | None = None
        self._whole: set[tuple[Path, str]] = set()
        """Snapshots that were made or looked at in this sitting."""

    def hold_to(self, folder: Path) -> bool:
        """Never leave that folder from now on; false for a world that stands somewhere else."""
        parts = _parts(self.path, folder)
        if parts is not None:
            self._held = folder, parts
        return parts is not None

    @contextmanager
    def _opened(self, *, above: int = 0, make: bool = False) -> Iterator[Folder | None]:
        """The folder at the path, or so many levels above; None when it is not there."""
        if self._held is None:
            path = self.path.parents[above - 1] if above else self.path
            if make:
                path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if missing(path):
                yield None
                return
            with Folder.open(path, follow=True) as folder:
                yield folder
            return
        top, parts = self._held
        with ExitStack() as stack:
            folder = stack.enter_context(Folder.open(top))
            for part in parts[: len(parts) - above]:
                if not make and folder.find(part) is None:
                    yield None
                    return
                folder = stack.enter_context(folder.made(part) if make else folder.below(part))
            yield folder

    def _is_kept(self, snapshots: Folder, name: str, digest: str, digest_of: DigestOf) -> bool:
        """Whether that snapshot is there, and whole; looked at once in a sitting."""
        key = (snapshots.path, name)
        if snapshots.find(name) is not None and key in self._whole:
            return True
        if _state(snapshots, name, digest, digest_of) != "whole":
            return False
        self._whole.add(key)
        return True

    def _give_name(
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
            with _partial(snapshots) as old:
                snapshots.rename(name, old)
                snapshots.rename(partial, name)
        snapshots.sync()
        self._whole.add((snapshots.path, name))


class SqliteWorld(_Placed):
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
        with _problems("keep", self), _made(folder) as snapshots, _partial(snapshots) as partial:
            digest = self._copy(snapshots, partial)
            name = _snapshot(digest, ".sqlite")
            if not self._is_kept(snapshots, name, digest, _file_digest):
                with snapshots.opened(partial) as fd:
                    os.fsync(fd)
                self._give_name(snapshots, partial, name, digest, _file_digest)
            return digest

    def restore(self, folder: Path, digest: str) -> None:
        """Into the live file, in one transaction."""
        name = _snapshot(digest, ".sqlite")
        with _problems("put back", self):
            with _checked(folder, name, digest, _file_digest) as snapshots:
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
        return _file_digest(folder, name)


class FolderWorld(_Placed):
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
            if _real(folder).is_relative_to(_real(self.path)):
                raise BadWorld(
                    f"{self.describe()} holds the folder for its own snapshots, "
                    f"{one_line(str(folder))}; keep them somewhere else"
                )
            with self._opened() as root, _made(folder) as snapshots:
                digest = digest_tree(root)
                if self._is_kept(snapshots, digest, digest, _folder_digest):
                    return digest
                with _partial(snapshots) as partial:
                    with snapshots.made(partial) as copy:
                        copy_tree(root, copy)
                        # What was copied counts: the world may have changed meanwhile.
                        digest = digest_tree(copy)
                    self._give_name(snapshots, partial, digest, digest, _folder_digest)
                return digest

    def restore(self, folder: Path, digest: str) -> None:
        """By changing only what differs; what is not in the snapshot is removed."""
        name = _snapshot(digest)
        with _problems("put back", self):
            with (
                _checked(folder, name, digest, _folder_digest) as snapshots,
                snapshots.below(name) as kept,
                self._opened(make=True) as root,
            ):
                assert root is not None
                make_equal(kept, root)
            _agree(self, digest)

    def describe(self) -> str:
        """``folder PATH``."""
        return one_line(f"folder {self.path}")


def hold(world: World, folder: Folder) -> None:
    """Let a world in that folder be reached only from it; one somewhere else stays as it is.

    Raises OSError when a link, or no folder, is on the way to it.
    """
    if isinstance(world, _Placed):
        world.hold_to(folder.path)
    place = getattr(world, "path", None)
    if not isinstance(place, str | Path):
        return
    parts = _parts(Path(place).absolute(), folder.path)
    with ExitStack() as stack:
        for number, part in enumerate(parts or (), 1):
            status = folder.find(part)
            if status is None:
                return
            if stat.S_ISLNK(status.st_mode):
                where = str(folder.path / part)
                raise OSError(ELOOP, f"is a link to {folder.link(part)}", where)
            if number < len(parts or ()):
                folder = stack.enter_context(folder.below(part))


def _parts(path: Path, folder: Path) -> tuple[str, ...] | None:
    """The way from a folder down to a path, however both are written; None when it is not below."""
    plain = Path(os.path.normpath(path))
    for inside, top in (
        (path, folder),
        (plain, Path(os.path.normpath(folder))),
        (plain, _real(folder)),
    ):
        if inside.is_relative_to(top) and ".." not in inside.relative_to(top).parts:
            return inside.relative_to(top).parts
    return None


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


@contextmanager
def _problems(what: str, world: World) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error, ValueError, RecursionError) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise BadWorld(f"cannot {what} the {world.describe()}: {one_line(why)}") from error


@contextmanager
def _made(path: Path) -> Iterator[Folder]:
    """The folder for snapshots, made if needed; it may not be a link."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    with Folder.open(path) as folder:
        yield folder


@contextmanager
def _partial(folder: Folder) -> Iterator[str]:
    """A name to fill before it gets its own as a snapshot; if it gets none it is removed."""
    partial = f"{PARTIAL}{secrets.token_hex(8)}"
    try:
        yield partial
    finally:
        # What is left over costs room, and nothing else.
        with suppress(OSError):
            folder.remove(partial)


def _snapshot(digest: str, suffix: str = "") -> str:
    # The digest may come from someone else's session file: it must not lead anywhere else.
    if not _DIGEST.fullmatch(digest):
        raise BadWorld(f"{one_line(digest[:80])!r} does not name a snapshot of a world")
    return f"{digest}{suffix}"


@contextmanager
def _checked(folder: Path, name: str, digest: str, digest_of: DigestOf) -> Iterator[Folder]:
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
    wanted = stat.S_IFREG if digest_of is _file_digest else stat.S_IFDIR
    if stat.S_IFMT(status.st_mode) != wanted or digest_of(snapshots, name) != digest:
        return "damaged"
    return "whole"


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


def _file_digest(folder: Folder, name: str) -> str:
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


def _folder_digest(folder: Folder, name: str) -> str:
    with folder.below(name) as root:
        return digest_tree(root)
