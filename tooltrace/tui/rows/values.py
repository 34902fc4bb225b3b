"""Values as people read them: JSON on one line where it fits, indented where it does not.

Total and bounded: whatever a value holds, showing it neither raises nor makes more of it than is
shown. Letters stay as they are; what a terminal could act on is made visible at the edge.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from json.encoder import encode_basestring

from rich.cells import cell_len

from tooltrace.core.compare.json_diff import Missing
from tooltrace.core.text.clusters import whole_clusters
from tooltrace.core.text.exact_json import MAX_DEPTH, JsonValue
from tooltrace.core.text.sanitize import parted_at, told_apart
from tooltrace.tui.rows.lines import wrap

__all__ = [
    "Shown",
    "brief",
    "count_lines",
    "indented",
    "narrowed",
    "readable",
    "value_lines",
    "wider",
    "wrapped",
]

Shown = tuple[list[str], bool]
"""Lines, and whether there is more that they leave out."""

MOST_CHARS = 200_000
"""As much of one text as is ever laid out; a copy or an editor has the rest."""

_INLINE = 64
_AROUND = 12
_DEEPEST = 20
_MOST_DIGITS = 5000
_TOO_LONG = "(a number too long to show)"


def brief(value: JsonValue, most: int = 400) -> str:
    """The value as JSON on one line, at most ``most`` characters and an ellipsis."""
    parts: list[str] = []
    room = most
    for piece in _pieces(value, most, 0):
        parts.append(piece)
        room -= len(piece)
        if room < 0:
            return "".join(parts)[:most] + "…"
    return "".join(parts)


def indented(value: JsonValue, width: int = _INLINE, most: int = MOST_CHARS) -> Iterator[str]:
    """The value as indented JSON, line by line; parts that are short stay on one line."""
    return _indented(value, "", 0, "", width, most, 0)


def readable(content: JsonValue) -> JsonValue:
    """A result as it is worth reading: a list of text blocks becomes its text."""
    if not isinstance(content, list) or not content:
        return content
    texts: list[str] = []
    for block in content:
        match block:
            case {"type": "text", "text": str(text)}:
                texts.append(text)
            case _:
                return content
    return "\n".join(texts)


def value_lines(value: JsonValue, width: int, most: int, whole: bool = False) -> Shown:
    """At most ``most`` lines of a value; with ``whole`` long lines are wrapped instead of left.

    A text stands as it is, wrapped; anything else as JSON. Costs what is shown.
    """
    if isinstance(value, str):
        head = value[: min(MOST_CHARS, (width + 8) * (most + 2))]
        lines = wrap(head, width) if value else ["(empty)"]
        return lines[:most], len(lines) > most or len(head) < len(value)
    if not whole:
        lines = list(islice(indented(value, width, 4 * width + _INLINE), most + 1))
        return lines[:most], len(lines) > most
    lines = []
    for pieces in wrapped(value, width):
        lines += pieces
        if len(lines) > most:
            return lines[:most], True
    return lines, False


def wrapped(value: JsonValue, width: int) -> Iterator[list[str]]:
    """The value as indented JSON, each line of it as the lines that it is wrapped into."""
    return (wrap(line, width) for line in indented(value, width))


def count_lines(value: JsonValue, width: int, most: int) -> int:
    """How many lines a value takes while long ones are left, counted up to ``most``."""
    if isinstance(value, str):
        return min(most, len(wrap(value[:MOST_CHARS], width)))
    return min(most, _count(value, 0, width, most, 0))


def wider(value: JsonValue, room: int) -> bool:
    """Whether a value is surely longer than so many characters on one line; costs no more."""
    return isinstance(value, dict | list) and _size(value, room, 0) > room


def _opens(value: JsonValue, name: int, width: int, depth: int) -> bool:
    """Whether a value stands on several lines: ``name`` characters come before it on the first."""
    if not isinstance(value, dict | list) or not value or depth >= MAX_DEPTH:
        return False
    # The outermost value may take the whole line; what is inside reads better when it is short.
    room = width if depth == 0 else min(width, _INLINE) - 2 * min(depth, _DEEPEST) - name - 1
    return _size(value, room, depth) > room


def _size(value: JsonValue, room: int, depth: int) -> int:
    """Characters of the value on one line, escapes aside; stops counting beyond ``room``."""
    if isinstance(value, str):
        return len(value) + 2
    if not isinstance(value, dict | list):
        return len(_scalar(value, _INLINE))
    count = 2 * len(value) or 2
    if count > room or depth >= MAX_DEPTH:
        return count
    if isinstance(value, dict):
        for key, item in value.items():
            count += len(key) + 4 + _size(item, room - count, depth + 1)
            if count > room:
                break
        return count
    for item in value:
        count += _size(item, room - count, depth + 1)
        if count > room:
            break
    return count


def _count(value: JsonValue, name: int, width: int, most: int, depth: int) -> int:
    """How many lines ``_indented`` gives; stops counting beyond ``most``."""
    if not _opens(value, name, width, depth):
        return 1
    count = 2
    for item in value:
        inner, before = (value[item], len(item) + 4) if isinstance(value, dict) else (item, 0)
        count += _count(inner, before, width, most - count, depth + 1)
        if count > most:
            break
    return count


def _indented(
    value: JsonValue, before: str, name: int, after: str, width: int, most: int, depth: int
) -> Iterator[str]:
    pad = "  " * min(depth, _DEEPEST)
    if not _opens(value, name, width, depth):
        yield f"{pad}{before}{brief(value, most)}{after}"
        return
    opens, closes = "{}" if isinstance(value, dict) else "[]"
    yield f"{pad}{before}{opens}"
    last = len(value) - 1
    for index, item in enumerate(value):
        comma = "" if index == last else ","
        if isinstance(value, dict):
            key = f"{_scalar(item, most)}: "
            yield from _indented(value[item], key, len(item) + 4, comma, width, most, depth + 1)
        else:
            yield from _indented(item, "", 0, comma, width, most, depth + 1)
    yield f"{pad}{closes}{after}"


def _pieces(value: JsonValue, most: int, depth: int) -> Iterator[str]:
    if depth > MAX_DEPTH:
        yield "…"
    elif isinstance(value, dict):
        yield "{"
        for index, (key, item) in enumerate(value.items()):
            yield f"{', ' if index else ''}{_scalar(str(key), most)}: "
            yield from _pieces(item, most, depth + 1)
        yield "}"
    elif isinstance(value, list | tuple):
        yield "["
        for index, item in enumerate(value):
            if index:
                yield ", "
            yield from _pieces(item, most, depth + 1)
        yield "]"
    else:
        yield _scalar(value, most)


def _scalar(value: JsonValue, most: int) -> str:
    if isinstance(value, str):
        if len(value) <= most:
            return encode_basestring(value)
        return f"{encode_basestring(value[:most])[:-1]}…"
    if isinstance(value, Missing):
        return str(value.value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    try:
        return repr(value)
    except (ValueError, RecursionError):
        return _TOO_LONG


def narrowed(old: JsonValue, new: JsonValue, room: int, most: int) -> tuple[str, str]:
    """Both values as JSON, from shortly before where they part if that would not be seen else."""
    return told_apart(*_narrowed(old, new, room, most))


def _narrowed(old: JsonValue, new: JsonValue, room: int, most: int) -> tuple[str, str]:
    cut = 0
    if isinstance(old, str) and isinstance(new, str):
        # An escape has up to six characters: what is left before the difference is well within.
        cut = whole_clusters(old, max(0, parted_at(old, new) - most // 12))
        old, new = old[cut:], new[cut:]
    elif isinstance(old, int | float) and isinstance(new, int | float):
        most = max(most, _MOST_DIGITS)
    was, now = brief(old, most), brief(new, most)
    if not cut and max(cell_len(was), cell_len(now)) <= room:
        return was, now
    part, around = parted_at(was, now), max(1, min(_AROUND, room // 3))
    if not cut and cell_len(was[:part]) < room - around:
        return was, now
    start = max(0, part - around)
    while start < part and cell_len(was[start:part]) > around:
        start += 1
    start = whole_clusters(was, start)
    return f"…{was[start:]}", f"…{now[start:]}"
