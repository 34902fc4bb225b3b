"""The only way from the journal to the disk: one small object, so that every call can be made to
fail in a test.

Each method is one system call with nothing around it. What a failure means is decided above.
"""

from __future__ import annotations

import fcntl
import os
from errno import EINVAL, EISDIR, ENOTSUP
from pathlib import Path

__all__ = ["Files"]

READ_AT_ONCE = 1 << 30
_NO_SUCH_FILES = (ENOTSUP, EISDIR, EINVAL)
"""What a file system says that knows no files without a name."""


class Files:
    """The file system. Every method raises OSError as the system call does."""

    def open(self, path: Path, flags: int) -> int:
        """A descriptor; a file made by it is for its owner only, and no child inherits it."""
        return os.open(path, flags | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK, 0o600)

    def open_nameless(self, folder: Path) -> int:
        """A new file in the folder that has no name, and is gone when it is closed."""
        flags = os.O_RDWR | os.O_CLOEXEC
        if hasattr(os, "O_TMPFILE"):
            try:
                return os.open(folder, flags | os.O_TMPFILE, 0o600)
            except OSError as error:
                if error.errno not in _NO_SUCH_FILES:
                    raise
        path = folder / f".{os.urandom(8).hex()}.room"
        fd = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o600)
        path.unlink()
        return fd

    def allocate(self, fd: int, size: int) -> None:
        """Take up that much room on the disk."""
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(fd, 0, size)
        else:
            os.pwrite(fd, bytes(size), 0)

    def close(self, fd: int) -> None:
        """Give the descriptor back, and with it the lock."""
        os.close(fd)

    def status(self, fd: int) -> os.stat_result:
        """What kind of file it is, its size and its links."""
        return os.fstat(fd)

    def read(self, fd: int, offset: int, count: int) -> bytes:
        """At most ``count`` bytes from ``offset``; fewer at the end."""
        return os.pread(fd, min(count, READ_AT_ONCE), offset)

    def write(self, fd: int, data: bytes | memoryview) -> int:
        """How many bytes were written, which may be fewer than were given."""
        return os.write(fd, data)

    def truncate(self, fd: int, size: int) -> None:
        """Cut the file back to ``size`` bytes."""
        os.ftruncate(fd, size)

    def sync(self, fd: int) -> None:
        """Return once the data is on the disk itself."""
        if hasattr(fcntl, "F_FULLFSYNC"):
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
        else:
            os.fdatasync(fd)

    def lock(self, fd: int) -> None:
        """Take the writer's lock, or raise BlockingIOError at once when somebody holds it."""
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def make_private(self, fd: int) -> None:
        """Let nobody but the owner read or write the file."""
        os.fchmod(fd, 0o600)

    def make_folder(self, path: Path) -> None:
        """Make one folder, for its owner only."""
        path.mkdir(mode=0o700)

    def sync_folder(self, path: Path) -> None:
        """Return once the folder's entries are on the disk."""
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def rename(self, old: Path, new: Path) -> None:
        """Give a file its name, in place of any that has it."""
        old.rename(new)

    def remove(self, path: Path) -> None:
        """Remove a file."""
        path.unlink()
