"""A folder held open: what is in it is reached from it by name, and never through a link.

A path is looked up anew at each use, and any part of it may lead somewhere else by then; what is
below a descriptor stays below it. Every error names the whole path all the same.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EINVAL, ELOOP, ENOTDIR
from pathlib import Path
from typing import BinaryIO

from tooltrace.core.model.errors import BadWorld
from tooltrace.core.text.sanitize import one_line

__all__ = ["PARTIAL", "Folder", "bad_world", "missing", "reason", "write_all"]

PARTIAL = ".partial-"
"""How the name of a snapshot begins that is not whole yet, or not any more."""

CHUNK = 1 << 20

_LOOK = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class Folder:
    """An open folder. Every method raises OSError with the whole path in it.

    ``path`` is only what people are told.
    """

    __slots__ = ("fd", "path")

    def __init__(self, fd: int, path: Path) -> None:
        self.fd = fd
        self.path = path

    @classmethod
    def open(cls, path: Path, *, follow: bool = False) -> Folder:
        """The folder of that path; its last part may be a link only with ``follow``."""
        path = path.absolute()
        with _named(path):
            try:
                return cls(os.open(path, _LOOK & ~os.O_NOFOLLOW if follow else _LOOK), path)
            except OSError as error:
                raise _told(error, path, None) from error

    def below(self, name: str) -> Folder:
        """A folder in this one."""
        path = self.path / name
        with _named(path):
            try:
                return Folder(os.open(_one(name), _LOOK, dir_fd=self.fd), path)
            except OSError as error:
                raise _told(error, path, self.fd) from error

    def opened_up(self, name: str) -> Folder:
        """A folder in this one, with permission for its owner to change what is in it."""
        status = self.status(name)
        if stat.S_ISDIR(status.st_mode) and status.st_mode & 0o700 != 0o700:
            with _named(self.path / name):
                os.chmod(_one(name), stat.S_IMODE(status.st_mode) | 0o700, dir_fd=self.fd)
        return self.below(name)

    def made(self, name: str) -> Folder:
        """A folder in this one, made for its owner only if it is not there."""
        with _named(self.path / name):
            try:
                os.mkdir(_one(name), 0o700, dir_fd=self.fd)
            except FileExistsError:
                pass
        return self.below(name)

    def close(self) -> None:
        """Give the descriptor back."""
        fd, self.fd = self.fd, -1
        if fd >= 0:
            os.close(fd)

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def names(self) -> list[str]:
        """What is in it, in the order of the names' bytes."""
        with _named(self.path), os.scandir(self.fd) as entries:
            return sorted((entry.name for entry in entries), key=os.fsencode)

    def status(self, name: str | None = None) -> os.stat_result:
        """Of what has that name, also of a link itself; without a name of this folder."""
        if name is None:
            return os.fstat(self.fd)
        with _named(self.path / name):
            return os.stat(_one(name), dir_fd=self.fd, follow_symlinks=False)

    def find(self, name: str) -> os.stat_result | None:
        """The status of what has that name; None when nothing has."""
        try:
            return self.status(name)
        except FileNotFoundError:
            return None

    def link(self, name: str) -> str:
        """Where a link leads, as it says."""
        with _named(self.path / name):
            return os.readlink(_one(name), dir_fd=self.fd)

    @contextmanager
    def opened(self, name: str, status: os.stat_result | None = None) -> Iterator[int]:
        """A descriptor of a regular file; opening anything else would wait, or do something.

        ``status`` is that of the file, when it was just looked at.
        """
        path = self.path / name
        self._regular(path, self.status(name) if status is None else status)
        with _named(path):
            fd = os.open(_one(name), os.O_RDONLY | _FILE, dir_fd=self.fd)
        try:
            self._regular(path, os.fstat(fd))
            yield fd
        finally:
            os.close(fd)

    @staticmethod
    def _regular(path: Path, status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            raise OSError(EINVAL, "is not a regular file", str(path))

    def chunks(self, name: str, status: os.stat_result | None = None) -> Iterator[bytes]:
        """What is in a regular file, a part at a time; ``status`` as for ``opened``."""
        status = self.status(name) if status is None else status
        size = min(status.st_size + 1, CHUNK)  # Room for a large part takes time to make.
        with self.opened(name, status) as fd:
            while True:
                with _named(self.path / name):
                    chunk = os.read(fd, size)
                if not chunk:
                    return
                yield chunk

    def read(self, name: str, most: int) -> bytes:
        """The first ``most`` bytes of a file."""
        with self.opened(name) as fd, _named(self.path / name):
            return os.read(fd, most)

    def read_plain(self, name: str, most: int = 4096) -> bytes:
        """The beginning of a file; nothing where there is none, or something else."""
        status = self.find(name)
        return self.read(name, most) if status and stat.S_ISREG(status.st_mode) else b""

    def touch(self, name: str) -> None:
        """Say that something was used now."""
        with _named(self.path / name):
            os.utime(_one(name), dir_fd=self.fd, follow_symlinks=False)

    @contextmanager
    def writing(self, name: str) -> Iterator[BinaryIO]:
        """A new file that only its owner may read, open for writing; none may be there."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FILE
        with _named(self.path / name):
            fd = os.open(_one(name), flags, 0o600, dir_fd=self.fd)
            with os.fdopen(fd, "wb", buffering=0) as file:
                yield file

    def put_link(self, name: str, target: str) -> None:
        """Make a link."""
        with _named(self.path / name):
            os.symlink(target, _one(name), dir_fd=self.fd)

    def write(self, name: str, data: bytes) -> None:
        """Put a small file in place whole, instead of any of that name."""
        partial = f".{name}.{os.getpid()}"
        self.remove_file(partial)
        with self.writing(partial) as file:
            write_all(file, data)
            os.fsync(file.fileno())
        self.rename(partial, name)

    def sync(self) -> None:
        """Return when its list of names is on the disk."""
        with _named(self.path):
            os.fsync(self.fd)

    def rename(self, old: str, new: str) -> None:
        """Give what is in this folder another name, in place of a file or an empty folder."""
        with _named(self.path / old):
            os.rename(_one(old), _one(new), src_dir_fd=self.fd, dst_dir_fd=self.fd)

    def remove_file(self, name: str) -> None:
        """Remove a file or a link itself; nothing when there is none."""
        with _named(self.path / name):
            try:
                os.unlink(_one(name), dir_fd=self.fd)
            except FileNotFoundError:
                pass

    def remove(self, name: str) -> None:
        """Remove whatever has that name, and all that is below it; links themselves."""
        if not stat.S_ISDIR(self.status(name).st_mode):
            self.remove_file(name)
            return
        with self.opened_up(name) as folder:
            for below in folder.names():
                folder.remove(below)
        with _named(self.path / name):
            os.rmdir(_one(name), dir_fd=self.fd)


def write_all(file: BinaryIO, data: bytes) -> None:
    """Write every byte to an unbuffered file."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def missing(path: Path) -> bool:
    """Whether nothing is there. Raises OSError when that cannot be told."""
    with _named(path.absolute()):
        try:
            os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            return True
    return False


def reason(error: OSError) -> str:
    """What went wrong and where, for people."""
    word = error.strerror or str(error) or type(error).__name__
    word = word[:1].lower() + word[1:]
    return f"{os.fsdecode(error.filename)}: {word}" if error.filename else word


@contextmanager
def bad_world(what: str) -> Iterator[None]:
    """Turn what goes wrong with a folder into a BadWorld that says ``what``, and the reason."""
    try:
        yield
    except (OSError, ValueError, RecursionError) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise BadWorld(one_line(f"{what}: {why}")) from error


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """With a descriptor the system's errors name no path, or the last part of it only."""
    try:
        yield
    except OSError as error:
        if isinstance(error.filename, str) and error.filename.startswith("/"):
            raise
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error


def _one(name: str) -> str:
    """A name that stays in its folder."""
    if name in ("", ".", "..") or "/" in name:
        raise OSError(EINVAL, "is no name of anything in a folder", name)
    return name


def _told(error: OSError, path: Path, above: int | None) -> OSError:
    """The error of opening a folder, which is not the same for a link on every system."""
    if error.errno not in (ELOOP, ENOTDIR):
        return error
    try:
        name = path if above is None else path.name
        status = os.stat(name, dir_fd=above, follow_symlinks=False)
        if stat.S_ISLNK(status.st_mode):
            to = os.readlink(name, dir_fd=above)
            return OSError(ELOOP, f"is a link to {to}, and no link is followed here", str(path))
    except OSError:
        return error
    return OSError(ENOTDIR, "is not a folder", str(path))
