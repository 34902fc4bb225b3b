"""Server-sent events, taken apart as the bytes arrive, wherever a chunk of them ends.

Follows the event stream format of the HTML standard: an event counts once the blank line after it
has come, so one that was cut anywhere is never handed on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["EventStream"]

_LINE_END = re.compile(rb"\r\n|\n|\r")
_BOM = b"\xef\xbb\xbf"


class EventStream:
    """Bytes in, events out; an event is its name (empty if it has none) and its data."""

    def __init__(self) -> None:
        self._rest: list[bytes] = []
        self._begun = False
        self._after_cr = False
        self._name = b""
        self._data: list[bytes] = []

    @property
    def pending(self) -> bool:
        """Whether an event has begun that did not come to its end."""
        return bool(self._rest or self._name or self._data)

    def feed(self, chunk: bytes) -> Iterator[tuple[str, bytes]]:
        """The events that this chunk completes. Events without data are none."""
        if not chunk:
            return
        if self._after_cr:
            self._after_cr = False
            chunk = chunk.removeprefix(b"\n")
            if not chunk:
                return
        self._after_cr = chunk.endswith(b"\r")
        self._rest.append(chunk)
        if b"\n" not in chunk and b"\r" not in chunk:
            return
        *lines, rest = _LINE_END.split(b"".join(self._rest))
        self._rest = [rest] if rest else []
        if not self._begun:
            self._begun = True
            lines[0] = lines[0].removeprefix(_BOM)
        for line in lines:
            if line:
                self._field(line)
                continue
            if self._data:
                yield self._name.decode("utf-8", "replace"), b"\n".join(self._data)
            self._name, self._data = b"", []

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" "))
        elif name == b"event":
            self._name = value.removeprefix(b" ")
