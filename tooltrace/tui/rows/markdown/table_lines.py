"""A table of Markdown as columns side by side; cells that are too wide are wrapped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

from tooltrace.tui.cells import cell_len
from tooltrace.tui.rows.columns import cells_of, fitted
from tooltrace.tui.rows.lines import Line, Span, plain
from tooltrace.tui.rows.markdown.inline_spans import inline_spans
from tooltrace.tui.rows.span_wrap import wrap_spans

__all__ = ["cells_in", "is_separator", "table_lines"]

_SEPARATOR = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*\Z")
_BAR = re.compile(r"(?<!\\)\|")
_NARROWEST, _MOST_COLUMNS = 4, 40
_BETWEEN: Span = (" │ ", "dim")


def is_separator(line: str) -> bool:
    """Whether a line separates the head of a table from its rows."""
    return "-" in line and "|" in line and _SEPARATOR.match(line) is not None


def cells_in(line: str) -> list[str]:
    """The texts of the cells of a row."""
    parts = _BAR.split(line.strip())
    if len(parts) > 1 and not parts[0].strip():
        parts = parts[1:]
    if len(parts) > 1 and not parts[-1].strip():
        parts = parts[:-1]
    return [part.strip().replace("\\|", "|") for part in parts]


def table_lines(rows: Sequence[str], width: int, style: str) -> list[Line] | None:
    """The lines of a table whose second row separates; None where its columns have no room."""
    aligned = [(cell.startswith(":"), cell.endswith(":")) for cell in cells_in(rows[1])]
    count = len(aligned)
    if not 0 < count <= _MOST_COLUMNS:
        return None
    head, *body = [
        [inline_spans(cell, style) for cell in (cells_in(row) + [""] * count)[:count]]
        for number, row in enumerate(rows)
        if number != 1
    ]
    wanted = [max(1, *map(cells_of, column)) for column in zip(head, *body, strict=True)]
    room = width - len(_BETWEEN[0]) * (count - 1)
    widths = fitted(wanted, room, _NARROWEST)
    if sum(widths) > room:
        return None
    strong = [tuple((text, "strong" if look == style else look) for text, look in c) for c in head]
    lines = _row(strong, widths, aligned)
    lines.append((("─┼─".join("─" * each for each in widths), "dim"),))
    for row in body:
        lines += _row(row, widths, aligned)
    return lines


def _row(
    cells: Sequence[Line], widths: Sequence[int], aligned: Sequence[tuple[bool, bool]]
) -> list[Line]:
    columns = [wrap_spans(cell, width) for cell, width in zip(cells, widths, strict=True)]
    lines: list[Line] = []
    for parts in zip_longest(*columns, fillvalue=()):
        line: list[Span] = []
        for number, (part, width) in enumerate(zip(parts, widths, strict=True)):
            if number:
                line.append(_BETWEEN)
            left, right = aligned[number]
            gap = max(0, width - cell_len(plain(part)))
            before = gap if right and not left else gap // 2 if right and left else 0
            after = 0 if number == len(widths) - 1 else gap - before
            line += [(" " * before, ""), *part, (" " * after, "")]
        lines.append(tuple(span for span in line if span[0]))
    return lines
