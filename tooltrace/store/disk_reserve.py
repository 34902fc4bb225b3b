"""Room on the disk that is kept for the last facts: what came back when the disk was full.

A file without a name takes it up beside the session, so that nothing is left behind however the
process ends. Nothing begins that could not be written down in it.
"""

from __future__ import annotations

from contextlib import suppress
from errno import EDQUOT, ENOSPC
from pathlib import Path

from tooltrace.store.disk import insist
from tooltrace.store.files import Files

__all__ = ["FULL", "ROOM", "Reserve"]

ROOM = 64 << 10
FULL = (ENOSPC, EDQUOT)
"""What the system says when there is no room."""


class Reserve:
    """The room beside one session; where a file system cannot hold any, it does without."""

    def __init__(self, folder: Path, files: Files) -> None:
        self._folder = folder
        self._files = files
        self._fd: int | None = None
        self._held = False
        self._impossible = False

    def hold(self) -> None:
        """Make sure that the room is there. Raises OSError when the disk is full."""
        if self._held or self._impossible:
            return
        try:
            if self._fd is None:
                self._fd = insist(self._files.open_nameless, self._folder)
            insist(self._files.allocate, self._fd, ROOM)
        except OSError as error:
            if error.errno in FULL:
                self.spend()
                raise
            self._impossible = True
        self._held = not self._impossible

    def spend(self) -> bool:
        """Give the room back to the disk; whether there was any."""
        if self._fd is None:
            return False
        held, self._held = self._held, False
        try:
            insist(self._files.truncate, self._fd, 0)
            # Some file systems give back what was cut off only when that is on the disk.
            insist(self._files.sync, self._fd)
        except OSError:
            return False
        return held

    def close(self) -> None:
        """Let go of it."""
        fd, self._fd, self._held = self._fd, None, False
        if fd is not None:
            with suppress(OSError):
                self._files.close(fd)
