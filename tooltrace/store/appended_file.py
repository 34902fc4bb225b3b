"""An open file that only grows, by whole lines, and what of it is known to be saved.

A line is there whole or, after a failure, not at all; it is saved once ``sync`` has returned. After
a failure that leaves either in doubt, nothing more is written until ``reopen`` has put in place
again what was not known to be saved.
"""

from __future__ import annotations

import os
from contextlib import suppress
from errno import EDQUOT, EFBIG, EIO, ENOSPC
from pathlib import Path
from typing import Self
from weakref import WeakSet

from tooltrace.core.model.errors import NotSaved
from tooltrace.core.text.sanitize import one_line
from tooltrace.store.disk import insist, reason, write_all
from tooltrace.store.disk_reserve import FULL, Reserve
from tooltrace.store.files import Files
from tooltrace.store.lines import printable
from tooltrace.store.open import OpenedFile

__all__ = ["AppendedFile"]

_ADVICE = {
    ENOSPC: "free some disk space",
    EDQUOT: "free some of your disk quota",
    EFBIG: "raise the limit on file size",
    EIO: "check the disk",
}
_open: WeakSet[AppendedFile] = WeakSet()


class AppendedFile:
    """A file of numbered lines, held open by one process.

    ``path`` is where the file is, and ``named`` how that was said. ``read_only`` says why it cannot
    be written (None when it can), ``waits`` whether that is only because somebody else writes it,
    ``locked`` whether others are kept from it; ``written`` is the number of its last line and
    ``saved`` of the last one known to be on disk; what the file held when it was opened counts as
    that. ``gone`` says what became of the file when it is no longer this one, ``trouble`` what went
    wrong the last time that something could not be saved.
    """

    def __init__(self, path: Path, held: OpenedFile, files: Files) -> None:
        self.named = path
        # Code of a workflow may change the folder that a relative path begins in.
        self.path = path = path.absolute()
        self.read_only = held.read_only
        self.locked = held.locked
        self.waits = held.waits
        self.gone: str | None = None
        self.trouble = ""
        self.written = self.saved = 0
        self._name = one_line(path.name)
        self._fd: int | None = held.fd
        self._process = os.getpid()
        self._file = _identity(held.fd)
        self._files = files
        self._reserve = Reserve(path.parent, files)
        self._end = self._synced = 0
        self._torn = False
        self._unsaved: list[tuple[int, bytes]] = []
        self._broken: str | None = None
        _open.add(self)

    @property
    def unsaved(self) -> tuple[bytes, ...]:
        """The lines that were written and are not known to be saved."""
        return tuple(printable(data.lstrip(b"\n")) for _, data in self._unsaved)

    def _make_room(self, number: int) -> None:
        """Nothing begins while there is no room on the disk for what comes of it."""
        try:
            self._reserve.hold()
        except OSError as error:
            raise NotSaved(self._failed(f"#{number} was not saved", error)) from error

    def _write(self, line: bytes, number: int, *, spends: bool) -> None:
        """Put a line at the end of the file, or leave the file as it was.

        What ``spends`` may take the room that is kept for it, where there is no other.
        """
        fd = self._writable()
        data = b"\n" + line if self._torn else line
        if not self._unsaved:
            try:
                self._check_alone(fd)
            except OSError as error:
                raise NotSaved(self._failed(f"#{number} was not saved", error)) from error
        try:
            write_all(self._files, fd, data)
        except BaseException as error:
            self._cut_back(fd)
            if isinstance(error, OSError):
                if spends and self._broken is None and self._spend_room(error):
                    self._write(line, number, spends=False)
                    return
                raise NotSaved(self._failed(f"#{number} was not saved", error)) from error
            raise
        self._end += len(data)
        self._torn = False
        self._unsaved.append((number, data))

    def _spend_room(self, error: OSError) -> bool:
        return error.errno in FULL and self._reserve.spend()

    def take_back(self, last: int) -> None:
        """Take out again what was written after record ``last``, for it never happened.

        Only for what is not known to be saved. Where the file cannot be cut now, it is when it can
        be written again.
        """
        gone = [data for number, data in self._unsaved if number > last]
        if not gone or self._fd is None:
            return
        self._unsaved = [kept for kept in self._unsaved if kept[0] <= last]
        self.written = max(self.saved, last)
        self._end -= sum(map(len, gone))
        self._torn = self._torn or gone[0].startswith(b"\n")
        self._cut_back(self._fd)

    def _check_alone(self, fd: int) -> None:
        """Raise NotSaved when the file is no longer the one that was opened."""
        status = insist(self._files.status, fd)
        self._look_whether_gone(status)
        if status.st_size != self._end:
            self._is_gone("was changed by something else")

    def _look_whether_gone(self, status: os.stat_result) -> None:
        """Raise NotSaved when the file has no name any more."""
        if status.st_nlink == 0:
            what = "replaced by another file" if os.path.lexists(self.path) else "deleted"
            self._is_gone(f"was {what}")

    def _is_gone(self, what: str) -> None:
        self.trouble = f"it {what}"
        self.gone = f"{self._name} {what} while it was open"
        self._broken = f"{self.gone}: save the session under another name to go on"
        raise NotSaved(self._broken)

    def look_whether_gone(self) -> str | None:
        """What became of the file, if it is no longer the one that is written here.

        May be asked from any thread: what only whoever writes can tell is told by writing. One that
        was only moved goes on being written, but what belongs to it is looked for where it was; put
        back, it is as before.
        """
        fd = self._fd
        if self.read_only is None and fd is not None and self.gone is None:
            with suppress(NotSaved, OSError):
                self._look_whether_gone(insist(self._files.status, fd))
                if not os.path.lexists(self.path):
                    return f"{self._name} was moved while it was open"
        return self.gone

    def _cut_back(self, fd: int) -> None:
        """Take half a line away again; when even that fails, nothing more may be written."""
        try:
            insist(self._files.truncate, fd, self._end)
        except OSError as error:
            self._broken = self._failed("nothing more is saved", error)

    def sync(self) -> None:
        """Return once every record appended is on the disk. Raises NotSaved if that is in doubt."""
        if self._broken is not None:
            raise NotSaved(self._broken)
        if not self._unsaved:
            return
        fd = self._writable()
        written, end, count = self.written, self._end, len(self._unsaved)
        try:
            insist(self._files.sync, fd)
            status = insist(self._files.status, fd)
        except OSError as error:
            what = f"nothing after #{self.saved} is known to be saved"
            self._broken = self._failed(what, error)
            raise NotSaved(self._broken) from error
        self._look_whether_gone(status)
        self.saved, self._synced = written, end
        del self._unsaved[:count]

    def reopen(self) -> None:
        """After a failure, write again whatever was not known to be saved, and save it.

        A second sync alone would prove nothing: the system forgets what it failed to write. Raises
        NotSaved when it fails again; then it can be tried again.
        """
        if self.gone is not None:
            raise NotSaved(self._broken or self.gone)
        fd = self._writable()
        self._broken = self._broken or f"{self._name} is being written again"
        data = b"".join([data for _, data in self._unsaved])
        try:
            try:
                self._put_back(fd, data)
            except OSError as error:
                if not self._spend_room(error):
                    raise
                self._put_back(fd, data)
        except OSError as error:
            self._broken = self._failed(f"nothing after #{self.saved} is known to be saved", error)
            raise NotSaved(self._broken) from error
        self._end = self._synced = self._synced + len(data)
        self.saved = self.written
        self._unsaved.clear()
        self._broken = None

    def _put_back(self, fd: int, data: bytes) -> None:
        insist(self._files.truncate, fd, self._synced)
        write_all(self._files, fd, data)
        insist(self._files.sync, fd)

    def is_at(self, path: Path) -> bool:
        """Whether this path, which is no link, names the file that is open."""
        try:
            there = path.lstat()
            here = insist(self._files.status, self._writable())
        except (OSError, NotSaved):
            return False
        return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)

    def make_empty(self) -> None:
        """Leave the file as if nothing had ever been recorded in it. Raises OSError."""
        insist(self._files.truncate, self._writable(), 0)
        insist(self._files.sync, self._writable())

    def read(self, start: int, count: int) -> bytes:
        """The file's bytes from a place on, ``count`` at most; none at its end. Raises OSError."""
        return insist(self._files.read, self._writable(), start, count)

    def close(self) -> None:
        """Let go of the file and the lock. What was not synced is not known to be saved."""
        fd, self._fd = self._fd, None
        self._reserve.close()
        _open.discard(self)
        if fd is not None:
            with suppress(OSError):
                self._files.close(fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _writable(self) -> int:
        if os.getpid() != self._process:
            # A copy of this process would write records with the same numbers.
            raise NotSaved(f"{self._name} belongs to the process that forked this one")
        if self._fd is None:
            raise NotSaved(f"{self._name} is closed: open it again to go on")
        return self._fd

    @staticmethod
    def let_go_all() -> None:
        """In a forked child: it must not keep the lock when its parent has long let go of it."""
        for file in list(_open):
            # Code that closes what is not its own may have opened something else there since.
            if file._fd is not None and _identity(file._fd) == file._file:
                file.close()
        _open.clear()

    def _failed(self, what: str, error: OSError) -> str:
        advice = _ADVICE.get(error.errno or 0, "see what is wrong there")
        self.trouble = f"{one_line(reason(error))}: {advice}"
        return f"{what} to {self._name}: {self.trouble}, then try again"


def _identity(fd: int) -> tuple[int, int] | None:
    try:
        status = os.fstat(fd)
    except OSError:
        return None
    return status.st_dev, status.st_ino


os.register_at_fork(after_in_child=AppendedFile.let_go_all)
