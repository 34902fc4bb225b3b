"""A disk in memory that forgets what was not synced, and fails at the call it is told to.

It knows the two ways to die: a killed process leaves what the system had in its cache, a power cut
only what had reached the disk. A failed sync drops the data and lets the cache look as if nothing
had happened, which is what Linux does.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from errno import EIO, ENOSPC
from pathlib import Path

from tooltrace.store.files import Files


class Crash(BaseException):
    """The process is gone."""


@dataclass
class Fault:
    """What happens at the ``call``-th call: ``kind``, after ``taken`` bytes of a write.

    ``then`` happens at the call after it, if that is another of the journal's attempts.
    """

    call: int
    kind: str = ""
    taken: int = 0
    then: str = ""


@dataclass
class Kept:
    cache: bytearray = field(default_factory=bytearray)
    disk: bytes = b""
    dropped: bool = False
    entered: bool = False


class Memory(Files):
    """Files in memory. ``calls`` names every call made, with how much a write was given."""

    def __init__(self, content: bytes | None = None, fault: Fault | None = None) -> None:
        self.file: Kept | None = None
        if content is not None:
            self.file = Kept(bytearray(content), content, entered=True)
        self.fault = fault or Fault(-1)
        self.calls: list[tuple[str, int]] = []
        self.fired = False

    def after_kill(self) -> bytes | None:
        return bytes(self.file.cache) if self.file else None

    def after_power_cut(self) -> bytes | None:
        return self.file.disk if self.file and self.file.entered else None

    @property
    def _kept(self) -> Kept:
        assert self.file is not None, "the file is not there"
        return self.file

    def _call(self, name: str, size: int = 0) -> str:
        """The kind of fault that this call meets."""
        number = len(self.calls)
        self.calls.append((name, size))
        kind = ""
        if number == self.fault.call:
            kind, self.fired = self.fault.kind, True
        elif number == self.fault.call + 1:
            kind = self.fault.then
        match kind:
            case "crash" if name not in ("write", "sync"):
                raise Crash
            case "EIO" | "ENOSPC" if name != "sync":
                raise OSError({"EIO": EIO, "ENOSPC": ENOSPC}[kind], os.strerror(EIO))
            case "EINTR":
                raise InterruptedError
        return kind

    def open(self, path: Path, flags: int) -> int:
        self._call("open")
        if flags & os.O_CREAT:
            assert flags & os.O_EXCL
            if self.file:
                raise FileExistsError
            self.file = Kept()
        if not self.file:
            raise FileNotFoundError
        return 3

    def close(self, fd: int) -> None:
        self._call("close")

    def status(self, fd: int) -> os.stat_result:
        self._call("status")
        size = len(self._kept.cache)
        return os.stat_result((stat.S_IFREG | 0o600, 1, 1, 1, 0, 0, size, 0, 0, 0))

    def read(self, fd: int, offset: int, count: int) -> bytes:
        self._call("read")
        return bytes(self._kept.cache[offset : offset + count])

    def write(self, fd: int, data: bytes | memoryview) -> int:
        kind = self._call("write", len(data))
        taken = self.fault.taken if kind in ("crash", "short") else len(data)
        self._kept.cache += data[:taken]
        if kind == "crash":
            raise Crash
        return taken

    def truncate(self, fd: int, size: int) -> None:
        self._call("truncate")
        del self._kept.cache[size:]
        self._kept.dropped = self._kept.dropped and size > len(self._kept.disk)

    def sync(self, fd: int) -> None:
        kind = self._call("sync")
        if kind == "crash":
            raise Crash
        if kind in ("EIO", "ENOSPC"):
            self._kept.dropped = True
            raise OSError(EIO, os.strerror(EIO))
        if not self._kept.dropped:
            self._kept.disk = bytes(self._kept.cache)

    def lock(self, fd: int) -> None:
        self._call("lock")

    def make_private(self, fd: int) -> None:
        self._call("make_private")

    def make_folder(self, path: Path) -> None:
        raise AssertionError("the folder is there")

    def sync_folder(self, path: Path) -> None:
        self._call("sync_folder")
        self._kept.entered = True

    def remove(self, path: Path) -> None:
        self._call("remove")
        self.file = None
