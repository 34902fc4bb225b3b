"""What a reply used where the server's own figures are missing, are no counts, or are not final.

A token of text is about four bytes, and seldom fewer than that is charged for: what is estimated
here is a little low rather than high, and is always shown as a least.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["BYTES", "estimate", "heard", "tokens_of"]

BYTES = 4
"""Of text for a token, about."""

_MOST = 10**12
"""Tokens that no request uses: a figure above is none."""

_CACHE = ("cache_read_input_tokens", "cache_creation_input_tokens")


def estimate(
    request: Mapping[str, Any], message: Mapping[str, Any] | None, rest: bytes, *, final: bool
) -> dict[str, int] | None:
    """Figures to count instead of the server's, named as its are; None when its own can be used.

    ``rest`` is what came and is in no message; where there is neither, nothing is counted and the
    sum is a least all the same. ``final`` says that the tokens that came out were told at the end:
    a stream also tells them at its beginning, and that is no figure of what followed.
    """
    if message is None and not rest:
        return {}
    message = message or {}
    told = message.get("usage")
    usage = told if isinstance(told, dict) else {}
    cached = {name: _count(usage.get(name)) for name in _CACHE}
    found = {name: 0 for name in _CACHE if cached[name] is None and usage.get(name) is not None}
    fresh, out = _count(usage.get("input_tokens")), _count(usage.get("output_tokens"))
    if fresh is None or not (fresh or any(cached.values())):
        found["input_tokens"] = tokens_of(len(heard(request)))
    if not out or not final:
        came = tokens_of(len(heard(message.get("content"))) + len(rest))
        if out is None or not final or came:
            found["output_tokens"] = max(out or 0, came)
    return found or None


def heard(value: object) -> bytes:
    """All text in a value, keys of objects with it, without what JSON puts around it."""
    return "".join(_texts(value)).encode("utf-8", "surrogatepass")


def _texts(value: object) -> Iterator[str]:
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as text:
                yield text
            case dict() as fields:
                waiting += fields.values()
                yield from (name for name in fields if isinstance(name, str))
            case list() | tuple() as items:
                waiting += items
            case int() | float() as number:
                yield json.dumps(number)
            case _:
                pass


def tokens_of(size: int) -> int:
    """About how many tokens a text of so many bytes has."""
    return -(-size // BYTES)


def _count(value: object) -> int | None:
    """A figure that can be one; None where the server gave nothing, or what is no count."""
    return value if type(value) is int and 0 <= value <= _MOST else None
