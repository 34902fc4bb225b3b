"""The value that an edit began with, line by line, with what is no longer there marked. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tooltrace.tui.rows.json_spans import json_spans
from tooltrace.tui.rows.lines import Item, Row

__all__ = ["before_rows"]


def before_rows(before: Sequence[str], after: Sequence[str], as_json: bool = True) -> list[Item]:
    """A row for each line of ``before``; one that is nowhere in ``after`` is marked as old."""
    kept = {line.strip().rstrip(",") for line in after}
    rows: list[Item] = []
    for number, line in enumerate(before):
        gone = line.strip().rstrip(",") not in kept
        spans = json_spans(line) if as_json and not gone else ((line, "old" if gone else "text"),)
        rows.append(Row(number, (("− " if gone else "  ", "old" if gone else "dim"), *spans)))
    return rows
