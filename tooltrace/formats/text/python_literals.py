"""Values as Python writes them: what is shown and pasted is the value, and nothing hides in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.sanitize import visible

__all__ = ["literal", "text_literal"]

_INLINE = 72
_BEYOND_ASCII = re.compile("[^\\n -~]")


def literal(value: JsonValue, indent: int) -> str:
    """A value as Python writes it, on several lines where one would be long."""
    flat = _flat(value)
    if flat is not None:
        return flat
    pad = " " * (indent + 4)
    opens, closes = "{}" if isinstance(value, dict) else "[]"
    inner = "".join(f"{pad}{item},\n" for item in _items(value, indent + 4))
    return f"{opens}\n{inner}{' ' * indent}{closes}"


def _items(value: JsonValue, indent: int) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield f"{text_literal(key)}: {literal(item, indent)}"
    else:
        for item in value:
            yield literal(item, indent)


def _flat(value: JsonValue) -> str | None:
    """A value on one line; None for an object or a list that has no room there."""
    match value:
        case str():
            return text_literal(value)
        case dict() | list() if not value:
            return "{}" if isinstance(value, dict) else "[]"
        case dict() | list():
            if any(isinstance(item, dict | list) for item in _values(value)):
                return None
            text = ", ".join(_items(value, 0))
            text = f"{{{text}}}" if isinstance(value, dict) else f"[{text}]"
            return text if len(text) <= _INLINE else None
        case _:
            return repr(value)


def _values(value: dict[str, JsonValue] | list[JsonValue]) -> list[JsonValue]:
    return list(value.values()) if isinstance(value, dict) else value


def text_literal(text: str) -> str:
    """The text as a literal on one line, in which letters of any script stay as they are."""
    said = repr(text)
    if said[0] == "'" and '"' not in said:
        said = f'"{said[1:-1]}"'
    return _BEYOND_ASCII.sub(_shown, said)


def _shown(found: re.Match[str]) -> str:
    char = found[0]
    return char if visible(char) == char else ascii(char)[1:-1]
