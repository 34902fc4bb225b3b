"""Rows of the workflow pane: what the watches show, below the context."""

from __future__ import annotations

from collections.abc import Sequence

from tooltrace.core.decide.watches import WatchValue
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.columns import cell, cells_of
from tooltrace.tui.rows.lines import Line, OneLine, fit, tidy

__all__ = ["WatchRow", "watch_rows"]

_FIRST_KEY = 1_000_000_000
"""Above all the values of a context."""

_EXPRESSION = 28


class WatchRow(OneLine, frozen=True):
    """One watch: the expression, its value, and what the last step changed it from."""

    key: int
    value: WatchValue
    first: bool
    names: int

    def lines(self, width: int) -> Sequence[Line]:
        """The one line; what was before is cut first."""
        value = self.value
        head = cell("watch" if self.first else "", 9, "dim")
        name = cell(value.expression, min(self.names, max(8, width * 2 // 5)), "arg")
        sign: Line = ((f"{labels.CHANGED} ", "edited"),) if value.changed else ()
        room = max(4, width - cells_of((head, name, *sign)))
        text = (fit(value.text, room), "text")
        before: Line = ((f"  was {value.before}", "dim"),) if value.changed else ()
        return [tidy((head, name, *sign, text, *before), width)[0]]

    def text(self) -> str:
        """What a search looks at."""
        return f"{self.value.expression} {self.value.text}"


def watch_rows(values: Sequence[WatchValue]) -> list[WatchRow]:
    """A row for each watch that is switched on."""
    widest = max((len(value.expression) for value in values), default=0)
    names = min(_EXPRESSION, widest + 1)
    return [WatchRow(_FIRST_KEY + at, v, at == 0, names) for at, v in enumerate(values)]
