"""Rails: the vertical lines at the right of a state graph, one for each state that edges lead to.

Rails that do not meet share a column; the short ones are near the text. An edge whose rail finds no
column is left without one, and names the state that it leads to.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

__all__ = ["Rail", "Rails", "columns_of"]


class Rail(Struct, frozen=True):
    """From edges in the rows ``joins`` to the row of their state ``to``, in a column from 0 on.

    ``levels`` are how strong the edges are drawn, in the order of ``joins``.
    """

    column: int
    to: int
    joins: tuple[int, ...]
    levels: tuple[int, ...]

    @property
    def top(self) -> int:
        """Its first row."""
        return min(self.to, self.joins[0])

    @property
    def bottom(self) -> int:
        """Its last row."""
        return max(self.to, self.joins[-1])

    def levels_at(self, row: int) -> tuple[int, int]:
        """How strong it is above and below the middle of a row: -1 where it is not."""
        return self._below(row - 1), self._below(row)

    def _below(self, row: int) -> int:
        joins, levels = self.joins, self.levels
        if row < self.to:
            return max(levels[: bisect_right(joins, row)], default=-1)
        return max(levels[bisect_right(joins, row) :], default=-1)


class Rails:
    """All rails of a drawing, found by row."""

    def __init__(self, rails: Iterable[Rail]) -> None:
        self.rails = tuple(sorted(rails, key=lambda rail: rail.top))
        self.columns = max((rail.column + 1 for rail in self.rails), default=0)
        self.arrows = {rail.to: rail for rail in self.rails}
        """By the row of a state, the rail that leads to it."""
        self._columns: list[list[Rail]] = [[] for _ in range(self.columns)]
        for rail in self.rails:
            self._columns[rail.column].append(rail)
        self._tops = [[rail.top for rail in column] for column in self._columns]

    def at(self, row: int) -> list[Rail | None]:
        """For each column the rail that this row has there."""
        found: list[Rail | None] = []
        for column, tops in zip(self._columns, self._tops, strict=True):
            index = bisect_right(tops, row) - 1
            rail = column[index] if index >= 0 else None
            found.append(rail if rail is not None and row <= rail.bottom else None)
        return found


def columns_of(reaches: Mapping[str, Sequence[int]], most: int) -> dict[str, int]:
    """A column for each state, given the rows that its rail joins; at most ``most`` columns.

    A state that no column has room for is left out.
    """
    spans = sorted((max(rows) - min(rows), min(rows), name) for name, rows in reaches.items())
    columns: list[list[tuple[int, int]]] = []
    found: dict[str, int] = {}
    for length, top, name in spans:
        column = _free(columns, top, top + length)
        if column == len(columns):
            if column >= most:
                continue
            columns.append([])
        columns[column].append((top, top + length))
        found[name] = column
    return found


def _free(columns: list[list[tuple[int, int]]], top: int, bottom: int) -> int:
    """The first column in which nothing is between two rows, or the one after the last."""
    for column, there in enumerate(columns):
        if all(bottom < low or top > high for low, high in there):
            return column
    return len(columns)
