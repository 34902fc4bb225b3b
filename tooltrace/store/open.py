"""Opening a session's file: for reading if that is all there is, and never changing it.

What cannot be written is read, with a reason; what cannot be read, or is no session, is refused in
one line that says what to do.
"""

from __future__ import annotations

import os
from contextlib import suppress
from errno import EACCES, EINVAL, ENOLCK, ENOSYS, ENOTSUP, ENOTTY, EOPNOTSUPP, EPERM, EROFS, ETXTBSY
from pathlib import Path

from msgspec import Struct

from tooltrace.core.model.errors import BadSession, NotSaved
from tooltrace.core.text.sanitize import one_line
from tooltrace.store.disk import insist, make_folders, read_all, reason, regular
from tooltrace.store.files import Files
from tooltrace.store.lines import FileProblem
from tooltrace.store.locks import holder

__all__ = [
    "UNLOCKED",
    "OpenedFile",
    "acquire",
    "begin",
    "begins_as_session",
    "contents",
    "no_session",
    "try_lock",
]

_NOT_WRITABLE = frozenset({EACCES, EPERM, EROFS, ETXTBSY})

_ENOTSUPP = 524
"""Linux's own number for "not supported", which some network file systems let out."""

_NO_LOCKS = frozenset({ENOLCK, ENOSYS, ENOTSUP, EOPNOTSUPP, _ENOTSUPP, EINVAL, ENOTTY, EPERM})
"""What a folder answers that knows no locks, as some network and FUSE ones do.

EACCES is none of them: on a Windows share it says that somebody else has the lock.
"""

UNLOCKED = "this folder knows no locks: nobody else is kept from writing to the session"

LARGE = 64 << 20
"""A file larger than this is looked at before it is read whole."""


class OpenedFile(Struct, frozen=True):
    """A descriptor, why it may not be written through if it may not, and whether it is locked.

    ``waits`` says that only the lock is missing, which somebody else may let go of.
    """

    fd: int
    read_only: str | None
    locked: bool
    waits: bool = False


def acquire(path: Path, writable: bool, files: Files) -> OpenedFile:
    """Open a session, and take its lock if it is to be written.

    Raises BadSession when there is nothing that could be read.
    """
    fd, read_only = _opened(path, writable, files)
    locked = waits = False
    try:
        regular(files, fd)
        if read_only is None:
            locked, read_only = try_lock(fd, files)
            waits = read_only is not None
    except OSError as error:
        with suppress(OSError):
            files.close(fd)
        raise BadSession(f"{one_line(str(path))} cannot be opened: {reason(error)}") from error
    return OpenedFile(fd, read_only, locked, waits)


def begin(path: Path, files: Files) -> tuple[OpenedFile, bool]:
    """Make a session's file and lock it; an empty one that is there is taken: then, True.

    Whoever was killed before the first record left such a file. Raises NotSaved when the name is
    taken by anything else, or the file cannot be made.
    """
    name = one_line(path.name)
    fd, ours = -1, False
    try:
        make_folders(files, path.parent)
        fd, ours = _new_or_empty(path, files)
        there = not ours
        try:
            locked = _lock(fd, files)
        except BlockingIOError:
            ours = False  # Somebody else was quicker: it is theirs.
            raise
        if there and not _empty(fd, files):
            raise FileExistsError
        if there:
            insist(files.make_private, fd)
        insist(files.sync_folder, path.parent)
    except BaseException as error:
        if ours:
            with suppress(OSError):
                files.remove(path)
        if fd >= 0:
            with suppress(OSError):
                files.close(fd)
        if isinstance(error, FileExistsError | BlockingIOError):
            raise NotSaved(f"{name} exists already: choose another name") from error
        if isinstance(error, OSError):
            raise NotSaved(f"{name} cannot be made: {reason(error)}") from error
        raise
    return OpenedFile(fd, None, locked), there


def _empty(fd: int, files: Files) -> bool:
    try:
        return regular(files, fd) == 0
    except OSError:
        return False


def _new_or_empty(path: Path, files: Files) -> tuple[int, bool]:
    """A descriptor, and whether the file is new; else it was there. No link is followed."""
    flags = os.O_RDWR | os.O_APPEND
    try:
        return insist(files.open, path, flags | os.O_CREAT | os.O_EXCL), True
    except FileExistsError as error:
        try:
            return insist(files.open, path, flags | os.O_NOFOLLOW), False
        except OSError:
            raise error from None


def begins_as_session(path: Path) -> bool:
    """Whether its first bytes are those of a record; False also where it cannot be read."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            head = file.read(60)
    except (OSError, ValueError):
        return False
    return head.startswith(b'{"id":') and b'"parent":' in head


def contents(path: Path, fd: int, files: Files) -> bytes:
    """The whole file. Raises BadSession when it cannot be read, or is large and no session."""
    try:
        if regular(files, fd) > LARGE and b'"parent":' not in insist(files.read, fd, 0, 1 << 20):
            raise BadSession(_other(one_line(path.name)))
        return read_all(files, fd)
    except OSError as error:
        raise BadSession(f"{one_line(path.name)} cannot be read: {reason(error)}") from error


def _opened(path: Path, writable: bool, files: Files) -> tuple[int, str | None]:
    """A descriptor, and why it cannot be written through."""
    read_only = None if writable else "opened for reading"
    try:
        if writable:
            try:
                return insist(files.open, path, os.O_RDWR | os.O_APPEND), None
            except IsADirectoryError:
                pass
            except OSError as error:
                if error.errno not in _NOT_WRITABLE:
                    raise
                read_only = f"the file cannot be written ({reason(error)})"
        return insist(files.open, path, os.O_RDONLY), read_only
    except FileNotFoundError as error:
        raise BadSession(f"{one_line(str(path))} does not exist") from error
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise BadSession(f"{one_line(str(path))} cannot be opened: {why}") from error


def try_lock(fd: int, files: Files) -> tuple[bool, str | None]:
    """Take the lock if there are locks here, or say why it is not to be had."""
    try:
        return _lock(fd, files), None
    except BlockingIOError:
        pid = holder(files.status(fd))
        if pid == os.getpid():
            return False, f"already open for writing in this process ({pid})"
        return False, f"open for writing in {f'process {pid}' if pid else 'another process'}"
    except OSError as error:
        return False, f"the file cannot be locked ({reason(error)})"


def _lock(fd: int, files: Files) -> bool:
    """Take the lock; False where there are none. Raises OSError, BlockingIOError if it is held."""
    try:
        insist(files.lock, fd)
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return False
        raise
    return True


def no_session(name: str, data: bytes, problems: list[FileProblem]) -> str:
    """Why a file without a single record is no session, and what to do."""
    if not data.strip():
        return f"{name} is empty, nothing was recorded: a run with --session begins it anew"
    if len(problems) == 1 and problems[0].record is not None:
        return f"{name} holds no whole record: {problems[0]}"
    return _other(name)


def _other(name: str) -> str:
    return f"{name} is not a session of tooltrace; tooltrace list shows those that are"
