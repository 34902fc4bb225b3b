"""What the tool calls pane shows: all calls, those that a filter leaves, or bars over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from tooltrace.core.fold.rewritten import Rewritten
from tooltrace.core.fold.steps import Steps
from tooltrace.tui.keys.said_keys import with_keys
from tooltrace.tui.rows.calls.call_filter import EVERYTHING, CallFilter
from tooltrace.tui.rows.calls.call_row import CallRow
from tooltrace.tui.rows.calls.calls import TraceRow
from tooltrace.tui.rows.calls.filtered import FilteredCalls
from tooltrace.tui.rows.calls.time_row import TimeRow
from tooltrace.tui.rows.calls.time_view import NONE_EDITED, TURNS, TimeItem, TimeView

if TYPE_CHECKING:
    from tooltrace.debugger.view import View

__all__ = ["ShownCalls", "ShownItem"]

ShownItem = TraceRow | TimeItem

_SLICE = 0.012
"""Seconds in a frame in which calls are looked at."""
_MORE = 3
"""Lines that a pane must grow by before calls have more lines again."""


class ShownCalls:
    """Chooses from the rows of all calls. View state only: the filter, and whether it is bars."""

    def __init__(self, steps: Steps) -> None:
        self.items: Sequence[ShownItem] = ()
        self._steps = steps
        self._filtered: FilteredCalls | None = None
        self._times: TimeView | None = None
        self._fresh = False
        self._level = 0
        self._too_little = {1: -_MORE, 2: -_MORE}
        self.room = 0
        """How many lines the pane has."""
        self.width = 0
        """How many cells a line of it has."""
        self.partial = False
        """Whether rows of a long session are still to be made."""

    @property
    def chosen(self) -> CallFilter:
        """The filter and the order in force."""
        return EVERYTHING if self._filtered is None else self._filtered.chosen

    @property
    def in_time(self) -> bool:
        """Whether bars are shown."""
        return self._times is not None

    @property
    def looking(self) -> bool:
        """Whether the filter has not looked at all calls yet."""
        return self._times is None and self._filtered is not None and self._filtered.looking

    @property
    def none(self) -> str:
        """What stands there instead of items."""
        if self.chosen.narrows and not self.looking:
            return "no call is like that: esc shows all"
        return with_keys("no tool was called yet: n steps")

    def choose(self, chosen: CallFilter) -> None:
        """Show these calls from now on, in this order."""
        self._filtered = None if chosen == EVERYTHING else FilteredCalls(chosen)
        self._fresh = True

    def toggle_time(self) -> None:
        """Bars over time, or rows again."""
        self._times = TimeView(self._steps) if self._times is None else None
        self._fresh = True

    def zoom(self, by: Literal[-1, 1]) -> bool:
        """Fewer (1) or more turns on one axis; False where there is no further."""
        times = self._times
        if times is None or not 0 <= times.zoom - by < len(TURNS):
            return False
        times.zoom -= by
        self._fresh = True
        return True

    def shift(self, way: Literal[-1, 1]) -> None:
        """Bring the bars before or behind those that are there."""
        if self._times is not None:
            self._times.shift(way)
            self._fresh = True

    def let_go(self) -> bool:
        """One level up: all calls again, or rows instead of bars; False where that is so."""
        if self._filtered is not None:
            self.choose(EVERYTHING)
        elif self._times is not None:
            self.toggle_time()
        else:
            return False
        return True

    def update(
        self,
        view: View,
        rows: Sequence[TraceRow],
        keep: int,
        edited: Mapping[int, Rewritten] = NONE_EDITED,
    ) -> tuple[Sequence[ShownItem], int]:
        """What is shown of these rows, and how many items at the front are those of before."""
        if self._times is not None:
            items: Sequence[ShownItem] = self._times.update(view, self.chosen, edited)
            keep = _alike(self.items, items)
        elif self._filtered is not None:
            keep = self._filtered.update(rows, keep, _SLICE)
            items = self._filtered.items
        else:
            items = rows
        if self._times is None:
            items, keep = self._with_room(items, keep)
        if self._fresh:
            keep, self._fresh = 0, False
        self.items = items
        return items, keep

    def _with_room(self, items: Sequence[ShownItem], keep: int) -> tuple[Sequence[ShownItem], int]:
        """The same, with two lines for each call where there is room for that, or with more."""
        before, self._level = self._level, self._level_for(items)
        if before != self._level or self._fresh:
            keep = 0
        if not self._level:
            return items, keep
        kept = self.items[:keep]
        return [*kept, *(_grown(item, self._level) for item in items[keep:])], keep

    def _level_for(self, items: Sequence[ShownItem]) -> int:
        """How much of each call is shown: less once there are too many, and not to and fro."""
        # More than fit in one line each need not be counted.
        few = len(items) <= self.room
        fewer = self._fresh or len(items) < len(self.items)
        for level in (2, 1):
            if not few or _lines(items, level, self.width) > self.room:
                self._too_little[level] = self.room
            elif level <= self._level or fewer or self.room > self._too_little[level] + _MORE:
                return level
        return 0

    def index_of_head(self, view: View) -> int | None:
        """The item of the last call at or before the head, or of the one that comes next."""
        if self._times is not None:
            return self._times.index_of(view.head)
        if self.chosen.order:
            return None
        found = None
        for index in range(len(self.items) - 1, -1, -1):
            row = self.items[index]
            if not isinstance(row, CallRow) or row.look == "ahead":
                continue
            if row.look in ("next", "runs", "warning"):
                found = index
                continue
            return index if found is None else found
        return found

    def heading(self) -> tuple[str, str]:
        """What is said above the pane and below it: what is filtered, and how many of how many."""
        above, below = [], []
        if told := self.chosen.told():
            above.append(told)
        filtered = self._filtered
        if filtered is not None and self._times is None:
            more = " so far" if filtered.looking or self.partial else ""
            below.append(f"{len(filtered.items):,} of {filtered.total:,}{more}")
        if self._times is not None:
            turns = TURNS[self._times.zoom]
            above.append("over time")
            below.append(f"{turns} turn{'s' if turns > 1 else ''} an axis + -")
        if above:
            below.append("esc shows all" if told else "esc shows rows")
        return " · ".join(above), " · ".join(below)


def _grown(item: ShownItem, level: int) -> ShownItem:
    return replace(item, tall=True, opened=level > 1) if isinstance(item, CallRow) else item


def _lines(items: Sequence[ShownItem], level: int, width: int) -> int:
    if level < 2 or not width:
        return len(items) + sum(isinstance(item, CallRow) for item in items)
    return sum(_grown(item, level).height(width) for item in items)


def _alike(old: Sequence[ShownItem], new: Sequence[ShownItem]) -> int:
    """How many items at the front say the same."""
    for index, (one, other) in enumerate(zip(old, new, strict=False)):
        if isinstance(one, TimeRow) and isinstance(other, TimeRow):
            same = one.seen == other.seen
        else:
            same = type(one) is type(other) and one == other
        if not same:
            return index
    return min(len(old), len(new))
