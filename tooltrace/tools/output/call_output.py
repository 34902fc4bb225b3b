"""What one call wrote, up to a limit: the beginning is kept, the rest is counted.

Bytes go in, text comes out; bytes that are no UTF-8 are spelled out and never lost or refused.
"""

from __future__ import annotations

import threading
from string import ascii_letters, digits

__all__ = ["LIMIT", "CallOutput"]

LIMIT = 1 << 20
"""How many bytes of output one call may leave in its record."""

_LONG_WORD, _LONGEST_WORD = 6, 4096
_IN_KEYS = f"{ascii_letters}{digits}_-./+=:~".encode()


class CallOutput:
    """A buffer that several threads may add to; closed when its call's result is made."""

    __slots__ = ("_data", "_dropped", "_limit", "_lock", "_shared", "closed")

    def __init__(self, limit: int = LIMIT) -> None:
        self._data = bytearray()
        self._limit = limit
        self._dropped = 0
        self._shared = False
        # Reentrant: a finalizer or a signal handler may print in the middle of adding.
        self._lock = threading.RLock()
        self.closed = False

    def add(self, data: bytes, *, shared: bool = False) -> bool:
        """Take bytes in; False when the buffer was closed and took none.

        ``shared`` says that another running call may have written them.
        """
        with self._lock:
            if self.closed:
                return False
            room = self._limit - len(self._data)
            self._data += data[: max(0, room)]
            self._dropped += max(0, len(data) - room)
            self._shared |= shared
            return True

    def close(self) -> str:
        """Take no more, and give the text. Closing twice is fine."""
        with self._lock:
            self.closed = True
            return self.text()

    def text(self) -> str:
        """All that was written, and a note for what was dropped or may belong to another call."""
        with self._lock:
            data = bytes(self._data)
            dropped, shared = self._dropped, self._shared
        kept = self._limit
        if dropped:
            cut = _unended(data)
            data = _whole_characters(data[: len(data) - cut])
            dropped, kept = dropped + cut, kept - cut
        notes = []
        if dropped:
            notes.append(f"{dropped} more bytes were dropped, {kept} are kept")
        if shared:
            notes.append("other calls were running: part of this may be theirs")
        text = data.decode("utf-8", "backslashreplace")
        if not notes:
            return text
        break_ = "" if not text or text.endswith("\n") else "\n"
        return f"{text}{break_}[{'; '.join(notes)}]\n"


def _unended(data: bytes) -> int:
    """How long the word at the end is that the limit may have cut in two; a short one is none.

    Of a key that is not whole nobody could say any more that it is one.
    """
    end = data[-_LONGEST_WORD:]
    long = len(end) - len(end.rstrip(_IN_KEYS))
    return long if _LONG_WORD <= long < _LONGEST_WORD else 0


def _whole_characters(data: bytes) -> bytes:
    """Without the first bytes of a character that the limit cut in two."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte & 0xC0 != 0x80:
            width = 1 if byte < 0x80 else 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return data[:-back] if width > back else data
    return data
