"""A branch as it was drawn for people who watch: one screen after another, of text in cells.

Whoever exports draws it, at the size and in the colours that were asked for; formats only write it
down. So a frame is the same wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

__all__ = ["PACE", "SIZE", "THEME", "Drawn", "DrawnBranch", "DrawnText", "Frame", "Look", "merged"]


SIZE, THEME, PACE = (80, 24), "tooltrace", 3.0
"""Columns and rows, colours and seconds for a frame, where nobody asks for others."""


class Look(Struct, frozen=True):
    """The look of a piece of text: its colour and its ground, each ``#rrggbb``."""

    color: str
    ground: str
    bold: bool = False
    italic: bool = False
    strike: bool = False


class DrawnText(Struct, frozen=True):
    """A piece of a row: from which column on (from 0), how many cells it takes, and its look."""

    column: int
    cells: int
    text: str
    look: Look


Drawn = tuple[DrawnText, ...]
"""A row from left to right; where no piece is, there is the ground."""


class Frame(Struct, frozen=True):
    """A screen: its rows from top to bottom, and what it shows as a sentence or two."""

    rows: tuple[Drawn, ...]
    told: str


class DrawnBranch(Struct, frozen=True):
    """The frames of a branch in order, each shown for ``pace`` seconds.

    ``columns`` and ``rows`` are the size in cells, ``look`` that of text that has none of its own.
    """

    title: str
    columns: int
    rows: int
    pace: float
    look: Look
    frames: tuple[Frame, ...]


def merged(pieces: Iterable[DrawnText]) -> Drawn:
    """Pieces that touch and look the same as one; blank ones that show nothing are left out."""
    found: list[DrawnText] = []
    for piece in pieces:
        last = found[-1] if found else None
        if last is not None and last.look == piece.look and _touch(last, piece):
            cells = last.cells + piece.cells
            found[-1] = DrawnText(last.column, cells, last.text + piece.text, last.look)
        else:
            found.append(piece)
    return tuple(found)


def _touch(one: DrawnText, other: DrawnText) -> bool:
    # Where characters are not a cell wide each, a piece keeps a place of its own.
    plain = all(len(piece.text) == piece.cells for piece in (one, other))
    return plain and one.column + one.cells == other.column
