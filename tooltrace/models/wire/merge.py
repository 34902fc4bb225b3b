"""Fields that come in pieces, put together without knowing what they are.

Lists go on where they were, and text where it comes in pieces, objects field by field; of anything
else, and of what names a thing, the last counts. A null takes nothing back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["merged"]

_NAMES = frozenset({"id", "type", "role", "name", "index", "object", "model", "format"})


def merged(known: Mapping[str, Any], more: Mapping[str, Any], *, joined: bool) -> dict[str, Any]:
    """The fields so far with those of one more piece; ``joined`` says that text is in pieces."""
    made = dict(known)
    for key, value in more.items():
        before = made.get(key)
        match before, value:
            case _, None:
                made.setdefault(key, None)
            case (str(), str()) if joined and key not in _NAMES:
                made[key] = before + value
            case list(), list():
                made[key] = before + value
            case dict(), dict():
                made[key] = merged(before, value, joined=joined)
            case _:
                made[key] = value
    return made
