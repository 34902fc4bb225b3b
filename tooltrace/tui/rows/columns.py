"""Columns of cells: what is padded is safe, and exactly as wide as it was asked to be."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from rich.cells import cell_len

from tooltrace.tui.rows.lines import Line, Span, fit, tidy

__all__ = ["Columns", "cell", "cells_of", "fitted", "join", "spread"]

_LEAST = 12
_LEAST_OF_A_PANE = 8


class Columns(Struct, frozen=True):
    """An item of one line whose cells stand below those of its neighbours.

    ``widths`` are those of all columns but the last, which has the rest of the line; so has a cell
    that is the last of its own line. The last ``firm`` of them are not narrowed.
    """

    key: int
    line: Line
    widths: tuple[int, ...]
    firm: int = 0
    selectable: bool = True

    def height(self, width: int) -> int:
        """Always one."""
        return 1

    def lines(self, width: int) -> Sequence[Line]:
        """The one line; the widest columns give way where there is no room for all."""
        soft = len(self.widths) - self.firm
        room = width - sum(self.widths[soft:]) - 2 * (len(self.widths) + 1)
        widths = (*fitted(self.widths[:soft], room, _LEAST_OF_A_PANE), *self.widths[soft:])
        *first, last = self.line
        shown: list[Span] = [("  ", "")]
        for (text, style), cells in zip(first, widths, strict=False):
            shown += [cell(text, cells + 1, style), (" ", style)]
        return (tidy((*shown, last), width)[0],)

    def text(self) -> str:
        """What a search looks at."""
        return "  ".join(text for text, _ in self.line)


def fitted(widths: Sequence[int], room: int, least: int = _LEAST) -> list[int]:
    """Take from the widest column until all fit, or none is worth narrowing any more."""
    narrow = list(widths)
    while sum(narrow) > room:
        widest = max(range(len(narrow)), key=narrow.__getitem__)
        if narrow[widest] <= least:
            break
        others = [cells for at, cells in enumerate(narrow) if at != widest]
        target = max(room - sum(others), *others, least) if others else room
        narrow[widest] = max(least, min(narrow[widest] - 1, target))
    return narrow


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
