"""Writing to a terminal that may go away: what can no longer arrive is dropped.

Textual writes in a thread through a short queue. An error would end the thread, and the next frames
would fill the queue: whoever draws, which is the main thread, would wait there for ever.
"""

from __future__ import annotations

import errno
from typing import IO, Any

__all__ = ["TerminalFile"]

_GONE = frozenset({errno.EIO, errno.ENXIO, errno.EBADF, errno.EPIPE})


class TerminalFile:
    """A terminal's file, which takes whatever is written once the terminal has gone."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._gone = False

    def write(self, text: str) -> int:
        """Write, unless it has gone; how many characters were taken."""
        if not self._gone:
            try:
                return self._file.write(text)
            except OSError as error:
                self._lost(error)
        return len(text)

    def flush(self) -> None:
        """Let what was written arrive, unless it has gone."""
        if not self._gone:
            try:
                self._file.flush()
            except OSError as error:
                self._lost(error)

    def _lost(self, error: OSError) -> None:
        if error.errno not in _GONE:
            raise error
        self._gone = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)
