"""Look for a text in a value: in its texts, its numbers, and the names of its fields."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tooltrace.core.text.exact_json import JsonValue

__all__ = ["Find", "found_in"]

Find = Callable[[str], "re.Match[str] | None"]
"""Where a text matches first. Raises TimeoutError where that takes too long to say."""

_Found = tuple[tuple[str, ...], str, "re.Match[str]"]
_WORDS: dict[Any, str] = {None: "null", True: "true", False: "false"}


def found_in(value: JsonValue, find: Find) -> _Found | None:
    """The first text of a value that matches: its place, the text, and the match.

    Numbers are looked into as they are spelled, and names of fields where nothing else matches.
    """
    return _in_values(value, find, ()) or _in_names(value, find, ())


def _in_values(value: JsonValue, find: Find, place: tuple[str, ...]) -> _Found | None:
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for name, one in pairs:
            if found := _in_values(one, find, (*place, str(name))):
                return found
        return None
    text = value if isinstance(value, str) else _WORDS[value]
    match = find(text)
    return None if match is None else (place, text, match)


def _in_names(value: JsonValue, find: Find, place: tuple[str, ...]) -> _Found | None:
    if not isinstance(value, dict | list):
        return None
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for name, one in pairs:
        if isinstance(name, str) and (match := find(name)):
            return (*place, name), name, match
        if found := _in_names(one, find, (*place, str(name))):
            return found
    return None
