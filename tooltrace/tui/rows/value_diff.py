"""Two values as lines: by path what was (−) and what is (+), and nothing of what is equal.

What one side does not have is no line there.

Bounded: two large values that differ everywhere give as many lines as are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from rich.cells import cell_len

from tooltrace.core.compare.json_diff import MISSING, differences
from tooltrace.core.text.clusters import whole_clusters
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.sanitize import parted_at, told_apart
from tooltrace.tui.rows.lines import Line, Span, fit, tidy
from tooltrace.tui.rows.values import narrowed

__all__ = ["diff_lines"]

_AROUND = 16
_MOST_TEXT = 20
_MOST_CHARS = 4000


def diff_lines(old: JsonValue, new: JsonValue, width: int, most: int = 40) -> list[Line]:
    """The differences in at most ``most`` lines and one that says that there are more."""
    try:
        lines = list(islice(_lines(old, new, width), most + 1))
    except RecursionError:
        return [(("nested too deep to compare", "warn"),)]
    if not lines:
        return [tidy((("no difference", "dim"),), width)[0]]
    if len(lines) > most:
        lines[most:] = [(("… and more", "dim"),)]
    return [tidy(line, width)[0] for line in lines]


def _lines(old: JsonValue, new: JsonValue, width: int) -> Iterator[Line]:
    for path, was, now in differences(old, new):
        many = isinstance(was, str) and isinstance(now, str) and ("\n" in was or "\n" in now)
        if many:
            yield ((f"{path or 'text'}:", "dim"),)
            yield from _text(was, now, width)
            continue
        name = f"{path}: " if path else ""
        if len(name) > width // 2:
            yield ((name.rstrip(), "dim"),)
            name = ""
        before, after = narrowed(was, now, width - len(name) - 2, _MOST_CHARS)
        if was is not MISSING:
            yield _side("−", name, before, "old")
        if now is not MISSING:
            yield _side("+", name, after, "new")


def _side(sign: str, name: str, value: str, style: str) -> Line:
    spans: list[Span] = [(f"{sign} ", style)]
    if name:
        spans.append((name, "dim"))
    return (*spans, (value, style))


def _text(old: str, new: str, width: int) -> Iterator[Line]:
    """Lines of text between what both begin with and what both end with."""
    before, after = old.split("\n"), new.split("\n")
    low, most = 0, min(len(before), len(after))
    while low < most and before[low] == after[low]:
        low += 1
    end = 0
    while end < most - low and before[-1 - end] == after[-1 - end]:
        end += 1
    if low:
        yield ((f"  {low} equal line{'' if low == 1 else 's'}", "dim"),)
    was, now = (lines[low : len(lines) - end] for lines in (before, after))
    for sign, changed, others, style in (("−", was, now, "old"), ("+", now, was, "new")):
        for index, line in enumerate(changed[:_MOST_TEXT]):
            other = others[index] if index < len(others) else line
            yield ((f"{sign} ", style), (_from_difference(line, other, width), style))
        if len(changed) > _MOST_TEXT:
            yield ((f"{sign} … {len(changed) - _MOST_TEXT} more", "dim"),)
    if end:
        yield ((f"  {end} equal line{'' if end == 1 else 's'}", "dim"),)


def _from_difference(line: str, other: str, width: int) -> str:
    """The line, from shortly before where it parts from the other if that would not be seen."""
    line, other = told_apart(line, other)
    part = parted_at(line, other)
    if line == other or cell_len(line[:part]) < width - _AROUND:
        return fit(line, 400)
    start = whole_clusters(line, max(0, part - _AROUND // 2))
    return fit(f"…{line[start:]}", 400)
