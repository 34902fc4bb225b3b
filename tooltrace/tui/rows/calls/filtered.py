"""The calls that a filter leaves, kept up as rows come; of many, some are looked at at a time."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Sequence

from msgspec.structs import replace

from tooltrace.tui.rows.calls.call_filter import CallFilter, in_order
from tooltrace.tui.rows.calls.call_row import CallRow
from tooltrace.tui.rows.calls.calls import TraceRow

__all__ = ["FilteredCalls"]

_AT_ONCE = 256
"""Rows that are looked at between two looks at the clock."""


class FilteredCalls:
    """What is left of the rows of the pane; ``items`` is one list that changes in place."""

    def __init__(self, chosen: CallFilter) -> None:
        self.chosen = chosen
        self.items: list[CallRow] = []
        self.total = 0
        """How many calls were looked at."""
        self._rows: Sequence[TraceRow] = ()
        self._kept: list[CallRow] = []
        self._origins: list[int] = []
        self._counts: list[int] = [0]
        self._done = 0

    @property
    def looking(self) -> bool:
        """Whether there are rows that were not looked at."""
        return self._done < len(self._rows)

    def update(self, rows: Sequence[TraceRow], keep: int, seconds: float) -> int:
        """Look at these rows, whose first ``keep`` are those of before, for about so long.

        How many items at the front are those of before.
        """
        if rows is not self._rows:
            keep = 0
        self._rows = rows
        if keep < self._done:
            cut = bisect_left(self._origins, keep)
            del self._kept[cut:], self._origins[cut:], self._counts[keep + 1 :]
            self._done = keep
        return self.go_on(seconds)

    def go_on(self, seconds: float) -> int:
        """Look at some more; how many items at the front are those of before."""
        end = time.perf_counter() + seconds
        before = len(self._kept)
        while self.looking:
            self._look(min(self._done + _AT_ONCE, len(self._rows)))
            if time.perf_counter() > end:
                break
        self.total = self._counts[self._done]
        if self.chosen.order and not self.looking:
            self.items[:] = in_order(self._kept, self.chosen.order)
            return 0
        same = min(before, len(self.items)) if not self.chosen.order else 0
        self.items[same:] = self._kept[same:]
        return same

    def _look(self, upto: int) -> None:
        shows = self.chosen.shows
        calls = self._counts[self._done]
        for index in range(self._done, upto):
            row = self._rows[index]
            if isinstance(row, CallRow):
                calls += 1
                if shows(row):
                    self._kept.append(replace(row, grouped=False) if row.facts.beside > 1 else row)
                    self._origins.append(index)
            self._counts.append(calls)
        self._done = upto
