"""Columns of cells: what is padded is safe, and exactly as wide as it was asked to be."""

from __future__ import annotations

from rich.cells import cell_len

from tooltrace.tui.lines import Line, Span, fit, tidy

__all__ = ["cell", "cells_of", "join", "spread"]


def cell(text: str, width: int, style: str = "", right: bool = False) -> Span:
    """A text in a column of ``width`` cells, of which the last stays free."""
    shown = fit(text, max(0, width - 1))
    pad = " " * max(0, width - 1 - cell_len(shown))
    end = " " if width > 0 else ""
    return (pad + shown + end if right else shown + pad + end, style)


def cells_of(line: Line) -> int:
    """How many cells a line of safe spans takes."""
    return sum(cell_len(text) for text, _ in line)


def join(lines: list[Line], between: Span) -> Line:
    """Lines one after the other, with something between them; empty ones are left out."""
    joined: list[Span] = []
    for line in lines:
        if line:
            joined += ([between] if joined else []) + list(line)
    return tuple(joined)


def spread(left: Line, right: Line, width: int) -> Line:
    """The one line at the left edge, the other at the right; the left one gives way."""
    ends, used = tidy(right, width)
    room = width - used - (2 if used else 0)
    begins, taken = tidy(left, max(0, room))
    return (*begins, (" " * (width - used - taken), ""), *ends)
