"""Change one value inside a JSON body and leave every other byte of it as it came.

A body that is written anew is another body: providers sign what was thought, and cache what was
said, by its bytes. So an edit replaces the bytes of one value.
"""

from __future__ import annotations

import re

from tooltrace.core.text.exact_json import DEEPEST, JsonValue, dumps, loads

__all__ = ["Place", "span", "splice"]

Place = tuple[str | int, ...]
"""The keys and indexes that lead to a value."""

_MARK = b"\xef\xbb\xbf"
_SPACE = re.compile(rb"[ \t\n\r]*+")
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_NESTED = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', re.DOTALL)
_SCALAR = re.compile(rb"[^ \t\n\r,\]}]++")


def splice(body: bytes, place: Place, value: JsonValue) -> bytes:
    """The body with another value at a place; it is written as ASCII, without blanks.

    Of a key that an object has twice the last one counts, as it does for those who read the body.
    Raises ValueError for a body that is no JSON, a place that is not there, and a value that JSON
    cannot say or that would be nested too deep there.
    """
    begin, end = span(body, place)
    return b"".join([body[:begin], dumps(value, DEEPEST - len(place)).encode("ascii"), body[end:]])


def span(body: bytes, place: Place) -> tuple[int, int]:
    """Where the value at a place begins and ends. Raises ValueError as ``splice`` does."""
    loads(body, DEEPEST)
    at = _past_space(body, len(_MARK) if body.startswith(_MARK) else 0)
    for step, key in enumerate(place):
        found = _member(body, at, key)
        if found is None:
            raise ValueError(f"the body has no {_shown(place[: step + 1])}")
        at = found
    return at, _end(body, at)


def _member(body: bytes, at: int, key: str | int) -> int | None:
    """Where the member of the value at ``at`` begins; None where it has none of that key."""
    opening = body[at : at + 1]
    if isinstance(key, str):
        return _under_key(body, at + 1, key) if opening == b"{" else None
    return _at_index(body, at + 1, key) if opening == b"[" else None


def _under_key(body: bytes, at: int, key: str) -> int | None:
    found = None
    at = _past_space(body, at)
    while body[at : at + 1] != b"}":
        name = body[at : _end(body, at)]
        at = _past_space(body, _past_space(body, at + len(name)) + 1)
        if loads(name) == key:
            found = at
        at = _next(body, at)
    return found


def _at_index(body: bytes, at: int, index: int) -> int | None:
    at = _past_space(body, at)
    while index >= 0 and body[at : at + 1] != b"]":
        if index == 0:
            return at
        index -= 1
        at = _next(body, at)
    return None


def _next(body: bytes, at: int) -> int:
    """Where what follows the value at ``at`` begins, past a comma if there is one."""
    at = _past_space(body, _end(body, at))
    return _past_space(body, at + 1) if body[at : at + 1] == b"," else at


def _end(body: bytes, at: int) -> int:
    first = body[at : at + 1]
    if first not in (b"{", b"["):
        found = (_STRING if first == b'"' else _SCALAR).match(body, at)
        assert found is not None, "the body was JSON"
        return found.end()
    depth = 0
    for found in _NESTED.finditer(body, at):
        sign = body[found.start()]
        if sign in b"{[":
            depth += 1
        elif sign in b"}]":
            depth -= 1
            if not depth:
                return found.end()
    raise AssertionError("the body was JSON")


def _past_space(body: bytes, at: int) -> int:
    found = _SPACE.match(body, at)
    assert found is not None
    return found.end()


def _shown(place: Place) -> str:
    parts = [f"[{key}]" if isinstance(key, int) else f".{key}" for key in place]
    return "".join(parts).removeprefix(".")
