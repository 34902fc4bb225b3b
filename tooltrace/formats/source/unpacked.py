"""Packed data unpacked piece by piece, and no more of it than a recording can be."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from tooltrace.core.model.errors import BadImport

__all__ = ["Allowance", "gunzipped"]

MOST_UNPACKED = 4 << 30
MOST_TIMES = 400
"""A file that unpacks to more bytes, or to so many times its own, is a trap: text does not."""
SMALL = 64 << 20
"""Bytes that any file may unpack to."""

_PIECE = 1 << 20


class Allowance:
    """How much may still be unpacked of a file of so many bytes, shown by that name."""

    def __init__(self, shown: str, packed: int) -> None:
        self._shown = shown
        self._left = min(MOST_UNPACKED, max(SMALL, packed * MOST_TIMES))

    def take(self, size: int) -> None:
        """So much more was unpacked. Raises BadImport when it is too much."""
        self._left -= size
        if self._left < 0:
            raise BadImport(
                f"{self._shown} unpacks to far more than any recording does: unpack it yourself, "
                "if you trust it"
            )


def gunzipped(chunks: Iterable[bytes], allowed: Allowance, problems: list[str]) -> Iterator[bytes]:
    """The data of gzip files, one after the other; what is damaged is told in ``problems``."""
    unpacker = None
    for chunk in chunks:
        while chunk:
            if unpacker is None:
                if not (chunk := chunk.lstrip(b"\0")):
                    break
                unpacker = zlib.decompressobj(wbits=31)
            try:
                piece = unpacker.decompress(chunk, _PIECE)
            except zlib.error:
                problems.append("the compressed data are damaged: what follows is missing")
                return
            allowed.take(len(piece))
            yield piece
            chunk = unpacker.unconsumed_tail
            if unpacker.eof:
                chunk, unpacker = unpacker.unused_data, None
    if unpacker is not None:
        yield unpacker.flush(_PIECE)
        problems.append("the compressed data end in the middle: what follows is missing")
