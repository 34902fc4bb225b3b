"""A row of the tool calls pane: what a logpoint printed, where it did."""

from __future__ import annotations

from collections.abc import Sequence

from tooltrace.core.decide.point_trace import Printed
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.columns import cells_of
from tooltrace.tui.rows.conversation.entry import Entry
from tooltrace.tui.rows.conversation.part import Part
from tooltrace.tui.rows.lines import Line, OneLine, fit, tidy

__all__ = ["LogRow", "log_detail"]

_MOST_BESIDE = 1_000
"""Lines printed at one record that have a key of their own."""


class LogRow(OneLine, frozen=True, gc=False):
    """A printed line; ``number`` counts those of one record from 0."""

    printed: Printed
    number: int
    ahead: bool

    @property
    def key(self) -> int:
        """Below zero, where no record and no call has its key."""
        return -1 - self.printed.record * _MOST_BESIDE - self.number

    @property
    def record(self) -> int:
        """The record that it stands behind."""
        return self.printed.record

    def lines(self, width: int) -> Sequence[Line]:
        """The text, and as far as there is room what printed it."""
        head: Line = ((" " * 6, ""), (f"{labels.PRINTED} ", "key"))
        room = max(4, width - cells_of(head))
        text = fit(self.printed.text, room)
        line: Line = (*head, (text, "text"), (f"  ← {self.printed.point}", "dim"))
        shown = tidy(line, width)[0]
        return [tuple((part, "dim") for part, _ in shown) if self.ahead else shown]

    def text(self) -> str:
        """What a search looks at."""
        return f"{self.printed.text}\n{self.printed.point}"


def log_detail(row: LogRow) -> list[Entry]:
    """All of a printed line, to read."""
    heading: Line = ((f"#{row.record} ", "dim"), (str(row.printed.point), "strong"))
    return [Entry(0, row.record, heading, (Part(row.printed.text, "text"),))]
