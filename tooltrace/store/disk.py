"""What the journal asks of the disk, each as often as it takes: whole reads, whole writes, new
folders, and a file's contents put in place in one go.

Interrupted calls are made again. Nothing here knows what a record is.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from errno import EIO
from pathlib import Path
from typing import ParamSpec, TypeVar

from tooltrace.store.files import Files

__all__ = [
    "insist",
    "make_folders",
    "place",
    "read_all",
    "reason",
    "regular",
    "write_all",
]

P = ParamSpec("P")
T = TypeVar("T")


def insist(call: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """What the call gives, however often a signal interrupts it."""
    while True:
        try:
            return call(*args, **named)
        except InterruptedError:
            continue


def reason(error: OSError) -> str:
    """The system's word for what went wrong, in lower case."""
    return (error.strerror or str(error) or type(error).__name__).lower()


def regular(files: Files, fd: int) -> int:
    """The size of a regular file. Raises OSError for anything else."""
    found = insist(files.status, fd)
    if not stat.S_ISREG(found.st_mode):
        raise OSError(0, "is a folder" if stat.S_ISDIR(found.st_mode) else "is not a regular file")
    return found.st_size


def read_all(files: Files, fd: int, start: int = 0) -> bytes:
    """Everything from ``start`` to the end of the file, as of now."""
    parts: list[bytes] = []
    while True:
        part = insist(files.read, fd, start, 1 << 30)
        if not part:
            return parts[0] if len(parts) == 1 else b"".join(parts)
        parts.append(part)
        start += len(part)


def write_all(files: Files, fd: int, data: bytes) -> None:
    """Write every byte; one call unless the system takes fewer."""
    rest = memoryview(data)
    while rest:
        taken = insist(files.write, fd, rest)
        if taken <= 0:
            raise OSError(EIO, "nothing was written")
        rest = rest[taken:]


def make_folders(files: Files, path: Path) -> None:
    """Make the folder and those above it that are missing, each for its owner only."""
    missing = []
    while not path.is_dir():
        missing.append(path)
        if path.parent == path:
            break
        path = path.parent
    for folder in reversed(missing):
        with suppress(FileExistsError):
            insist(files.make_folder, folder)
        insist(files.sync_folder, folder.parent)


def place(files: Files, path: Path, data: bytes) -> None:
    """Put a file at ``path`` whole and durable, or leave what was there."""
    part = path.with_name(f".{path.name}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    try:
        fd = insist(files.open, part, flags)
    except FileExistsError:  # Left by a crash, or planted: what it leads to stays as it is.
        files.remove(part)
        fd = insist(files.open, part, flags)
    try:
        try:
            write_all(files, fd, data)
            insist(files.sync, fd)
        finally:
            files.close(fd)
        insist(files.rename, part, path)
    except OSError:
        with suppress(OSError):
            files.remove(part)
        raise
    insist(files.sync_folder, path.parent)
