"""One large JSON value taken apart as its bytes arrive: no more of it is held than one part.

Only brackets and strings are looked at here; a part is decoded by whoever wants it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

import msgspec
from msgspec import Struct

from tooltrace.core.model.errors import BadImport
from tooltrace.core.text.exact_json import JsonValue, depth_of, loads

__all__ = ["LONGEST", "JsonPart", "decode", "json_parts", "outer_keys"]

LONGEST = 256 << 20
"""Bytes that one line, or one part of a larger value, may have."""

DEEPEST_LINE = 150
"""How deep what is imported may nest: there has to be room for what stands around it."""

_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["\[\]{},:]', re.DOTALL)
_DIGITS = bytes(0x30 if chr(byte).isdigit() and byte < 128 else 0x20 for byte in range(256))
_LARGE_NUMBER = b"0" * 16
"""What may be a number that the fast decoder does not keep exactly, once each digit is a 0."""
_fast = msgspec.json.Decoder().decode


class JsonPart(Struct, frozen=True):
    """A member of an object, under its key, or an element of an array.

    ``key`` is empty for an element of an outermost array; ``element`` says that the member was an
    array, and that this is one of its elements. ``document`` counts the outermost values, where
    there are several, one after the other.
    """

    key: str
    data: bytes
    element: bool = False
    document: int = 0


def decode(data: bytes) -> JsonValue:
    """The value of JSON as bytes, exactly. Raises ValueError saying why it is none."""
    brackets = data.count(b"{") + data.count(b"[")
    if brackets > DEEPEST_LINE and depth_of(data) > DEEPEST_LINE:
        raise ValueError("it is nested too deeply")
    if _LARGE_NUMBER not in data.translate(_DIGITS):
        try:
            return _fast(data)
        except (ValueError, RecursionError):
            pass
    return loads(data.decode("utf-8"), DEEPEST_LINE)


def json_parts(
    chunks: Iterable[bytes], split: Collection[str], problems: list[str]
) -> Iterator[JsonPart]:
    """The members of an object or the elements of an array, in order.

    Members named in ``split`` come element by element, if they are arrays. What is cut is told in
    ``problems``. Raises BadImport for a part that is too long.
    """
    reader = _Reader(split)
    for chunk in chunks:
        yield from reader.take(chunk)
    yield from reader.end()
    if reader.depth:
        problems.append("it is cut: what followed is missing")


def outer_keys(head: bytes) -> frozenset[str]:
    """The keys of the objects at the beginning of a text: one after the other, or in one array."""
    reader = _Reader(())
    found = {part.key for part in reader.take(head.lstrip().removeprefix(b"["))}
    return frozenset(key for key in {*found, reader.key} if key)


class _Reader:
    def __init__(self, split: Collection[str]) -> None:
        self.depth = 0
        self._split = split
        self._waiting: list[bytes] = []
        self._held = self._need = 0
        self._data = b""
        self._at = 0
        """Where to look on in the data."""
        self._begin = 0
        """Where the part in hand begins."""
        self.key = ""
        self._is_object = False
        self._named = False
        self._documents = -1
        self._level = 1
        """How deep parts stand: 1, or 2 in an array that is split."""

    def take(self, chunk: bytes) -> Iterator[JsonPart]:
        self._waiting.append(chunk)
        self._held += len(chunk)
        if self._held < self._need:
            return
        self._data = b"".join([self._data[self._begin :], *self._waiting])
        self._at -= self._begin
        self._begin = 0
        self._waiting, self._held, self._need = [], 0, 0
        yield from self._tokens()
        pending = len(self._data) - self._begin
        if pending > LONGEST:
            raise BadImport(f"one value in it has more than {LONGEST >> 20} MB")
        # Whatever is long is looked at again only once there is as much again of it.
        self._need = len(self._data) - self._at

    def end(self) -> Iterator[JsonPart]:
        self._need = 0
        yield from self.take(b"")

    def _tokens(self) -> Iterator[JsonPart]:
        data = self._data
        for found in _TOKEN.finditer(data, self._at):
            begin, end = found.span()
            first = data[begin]
            if first == 0x22:
                if end - begin == 1:
                    self._at = begin
                    return  # The string goes on in the next chunk.
                if self.depth == 1 and self._is_object and not self._named:
                    self.key = _text(data[begin:end])
            elif first in b"{[":
                self._opens(first, end)
            elif first in b"}]":
                if self.depth == self._level:
                    yield from self._part(begin)
                    self._begin = end
                    if self._level == 2:
                        self._level = 1
                        self.key = ""
                self.depth -= 1
            elif first == 0x3A:
                if self.depth == 1 and self._is_object and not self._named:
                    self._named, self._begin = True, end
            elif self.depth == self._level:
                yield from self._part(begin)
                self._begin = end
                if self._level == 1:
                    self._named = False
            self._at = end
        self._at = len(data)

    def _opens(self, bracket: int, end: int) -> None:
        self.depth += 1
        if self.depth == 1:
            self._is_object, self._begin, self._named = bracket == 0x7B, end, False
            self._documents += 1
        elif self.depth == 2 and bracket == 0x5B and self._named and self.key in self._split:
            self._level, self._begin = 2, end

    def _part(self, end: int) -> Iterator[JsonPart]:
        data = self._data[self._begin : end].strip()
        if data and (self._named or not self._is_object):
            key = self.key if self._is_object else ""
            yield JsonPart(key, data, self._level == 2, self._documents)


def _text(data: bytes) -> str:
    try:
        value = loads(data.decode("utf-8"))
    except ValueError:
        return ""
    return value if isinstance(value, str) else ""
