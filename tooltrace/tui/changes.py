"""What differs between two JSON values, field by field, for people to read."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tooltrace.core.jsonio import JsonValue, readable
from tooltrace.tui.lines import Line, fit

__all__ = ["ABSENT", "Change", "changes", "same", "summary"]

ABSENT = object()
"""Stands for the side of a change that has no such field."""

_VALUE_CELLS = 28
_SHOWN_CHARS = 200


class Change(Struct, frozen=True):
    """One field that differs; ``path`` has dots and indexes, and is empty for the value itself."""

    path: str
    old: JsonValue
    new: JsonValue


def same(old: JsonValue, new: JsonValue) -> bool:
    """Whether two JSON values are the same JSON: ``1``, ``1.0`` and ``true`` are three."""
    return next(changes(old, new), None) is None


def changes(old: JsonValue, new: JsonValue, path: str = "") -> Iterator[Change]:
    """The fields that differ, in the order of the old value, then what is new."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from changes(old.get(key, ABSENT), new.get(key, ABSENT), _dotted(path, key))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            before = old[index] if index < len(old) else ABSENT
            after = new[index] if index < len(new) else ABSENT
            yield from changes(before, after, f"{path}[{index}]")
    elif type(old) is not type(new) or old != new:
        yield Change(path, old, new)


def _dotted(path: str, key: str) -> str:
    name = key if key.replace("_", "a").replace("-", "a").isalnum() else readable(key)
    return f"{path}.{name}" if path else name


def summary(old: JsonValue, new: JsonValue, limit: int = 3) -> list[Line]:
    """The first changes as lines, ``path  old → new``, and how many there are besides."""
    found = changes(old, new)
    lines: list[Line] = []
    for _ in range(limit):
        change = next(found, None)
        if change is None:
            return lines
        lines.append(_line(change))
    more = sum(1 for _ in found)
    if more:
        lines.append(((f"  and {more:,} more", "dim"),))
    return lines


def _line(change: Change) -> Line:
    name = fit(change.path or "value", _VALUE_CELLS)
    if change.old is ABSENT:
        return (("+ ", "new"), (name, "arg"), ("  ", "text"), (_brief(change.new), "new"))
    if change.new is ABSENT:
        return (("- ", "old"), (name, "arg"), ("  ", "text"), (_brief(change.old), "old"))
    return (
        ("✎ ", "edited"),
        (name, "arg"),
        ("  ", "text"),
        (_brief(change.old), "old"),
        (" → ", "dim"),
        (_brief(change.new), "new"),
    )


def _brief(value: JsonValue) -> str:
    match value:
        case str():
            text = readable(value[:_SHOWN_CHARS])
        case dict() if value:
            text = f"{{{len(value)} fields}}"
        case list() if value:
            text = f"[{len(value)} items]"
        case _:
            text = readable(value)
    return fit(text, _VALUE_CELLS)
