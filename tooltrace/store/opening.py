"""Opening a session's file: for reading if that is all there is, and never changing it.

What cannot be written is read, with a reason; what cannot be read, or is no session, is refused in
one line that says what to do.
"""

from __future__ import annotations

import os
from contextlib import suppress
from errno import EACCES, EPERM, EROFS, ETXTBSY
from pathlib import Path

from tooltrace.core.errors import BadSession
from tooltrace.core.text import one_line
from tooltrace.store.disk import insist, read_all, reason, regular
from tooltrace.store.files import Files
from tooltrace.store.intake import Problem
from tooltrace.store.locks import holder

__all__ = ["acquire", "contents", "no_session"]

_NOT_WRITABLE = frozenset({EACCES, EPERM, EROFS, ETXTBSY})

LARGE = 64 << 20
"""A file larger than this is looked at before it is read whole."""


def acquire(path: Path, writable: bool, files: Files) -> tuple[int, str | None]:
    """A descriptor, and why it may not be written through; None when the lock is held.

    Raises BadSession when there is nothing that could be read.
    """
    fd, read_only = _opened(path, writable, files)
    try:
        regular(files, fd)
        if read_only is None:
            read_only = _locked(fd, files)
    except OSError as error:
        with suppress(OSError):
            files.close(fd)
        raise BadSession(f"{one_line(str(path))} cannot be opened: {reason(error)}") from error
    return fd, read_only


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


def _locked(fd: int, files: Files) -> str | None:
    """Take the lock, or say why it is not to be had."""
    try:
        insist(files.lock, fd)
    except BlockingIOError:
        pid = holder(files.status(fd))
        if pid == os.getpid():
            return f"already open for writing in this process ({pid})"
        return f"open for writing in {f'process {pid}' if pid else 'another process'}"
    except OSError as error:
        return f"the file cannot be locked ({reason(error)})"
    return None


def no_session(name: str, data: bytes, problems: list[Problem]) -> str:
    """Why a file without a single record is no session, and what to do."""
    if not data.strip():
        return f"{name} is empty: nothing was ever recorded in it"
    if len(problems) == 1 and problems[0].record is not None:
        return f"{name} holds no whole record: {problems[0]}"
    return _other(name)


def _other(name: str) -> str:
    return f"{name} is not a session of tooltrace; tooltrace list shows those that are"
