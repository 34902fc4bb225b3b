"""What an edit began with and what it is now, line by line: what went, and what came. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tooltrace.tui.rows.json_spans import json_spans
from tooltrace.tui.rows.lines import Item, Row

__all__ = ["before_rows", "new_lines"]


def before_rows(before: Sequence[str], after: Sequence[str], as_json: bool = True) -> list[Item]:
    """A row for each line of ``before``; one that is no longer in ``after`` is marked as old."""
    rows: list[Item] = []
    went = set(_without(before, after))
    for number, line in enumerate(before):
        gone = number in went
        spans = json_spans(line) if as_json and not gone else ((line, "old" if gone else "text"),)
        rows.append(Row(number, (("− " if gone else "  ", "old" if gone else "dim"), *spans)))
    return rows


def new_lines(before: Sequence[str], after: Sequence[str]) -> set[int]:
    """Which lines of ``after``, from 0, were not in ``before``, wherever they stood."""
    return set(_without(after, before))


def _without(lines: Sequence[str], others: Sequence[str]) -> Iterator[int]:
    """Which lines are not among the others, or not as often; a comma makes no other line."""
    left = Counter(map(_told, others))
    for number, line in enumerate(lines):
        told = _told(line)
        if left[told]:
            left[told] -= 1
        elif told:
            yield number


def _told(line: str) -> str:
    return line.strip().rstrip(",")
