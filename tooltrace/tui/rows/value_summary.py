"""What differs between two JSON values, field by field, for people to read."""

from __future__ import annotations

from tooltrace.core.compare.json_diff import MISSING, Difference, changes
from tooltrace.core.text.exact_json import JsonValue, readable
from tooltrace.tui.rows.lines import Line, fit
from tooltrace.tui.rows.values import narrowed

__all__ = ["summary"]

_VALUE_CELLS = 28
_SHOWN_CHARS = 200


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


def _line(change: Difference) -> Line:
    path, old, new = change
    name = fit(path or "value", _VALUE_CELLS)
    if old is MISSING:
        return (("+ ", "new"), (name, "arg"), ("  ", "text"), (_brief(new), "new"))
    if new is MISSING:
        return (("- ", "old"), (name, "arg"), ("  ", "text"), (_brief(old), "old"))
    was, now = _brief(old), _brief(new)
    if not isinstance(old, dict | list) and not isinstance(new, dict | list):
        was, now = narrowed(old, new, _VALUE_CELLS, _SHOWN_CHARS)
    return (
        ("± ", "edited"),
        (name, "arg"),
        ("  ", "text"),
        (fit(was, _VALUE_CELLS), "old"),
        (" → ", "dim"),
        (fit(now, _VALUE_CELLS), "new"),
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
