"""How the room is shared where two panes meet: what was chosen for the sitting. Pure."""

from __future__ import annotations

from typing import Literal

__all__ = ["LEAST", "Border", "PaneShares", "Way", "weights"]

Border = Literal["two columns", "three columns", "last column", "workflow", "inspector"]
"""A place where two panes meet; the first column has another share where there are three."""

Way = Literal["left", "right", "up", "down"]

ACROSS: frozenset[Border] = frozenset({"workflow", "inspector"})
"""The borders that lie across: they move up and down."""

LEAST = {"column": 24, "rows": 5}
"""The cells of width and the lines that a pane keeps, its frame included."""


class PaneShares:
    """The share of the room that the pane before each border has, where a person chose one."""

    def __init__(self) -> None:
        self._shares: dict[Border, float] = {}

    def choose(self, border: Border, before: int, total: int) -> bool:
        """Give the pane before it so many of the cells of both; whether that changed anything."""
        share = _within(border, before, total) / max(1, total)
        if self._shares.get(border) == share:
            return False
        self._shares[border] = share
        return True

    def cells(self, border: Border, total: int) -> int | None:
        """How many cells the pane before it has of so many; None where nobody chose."""
        share = self._shares.get(border)
        return None if share is None else _within(border, round(share * total), total)

    def reset(self) -> bool:
        """Forget what was chosen; whether anything was."""
        chosen = bool(self._shares)
        self._shares.clear()
        return chosen


def _within(border: Border, before: int, total: int) -> int:
    least = LEAST["rows" if border in ACROSS else "column"]
    if total < 2 * least:
        return total // 2
    return max(least, min(before, total - least))


def weights(before: int, total: int) -> tuple[str, str]:
    """Cells as the weights of both panes, so that both together always take all there is."""
    return f"{max(1, before)}fr", f"{max(1, total - before)}fr"
