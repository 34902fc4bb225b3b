"""The time view of a path: calls, replies and waits as bars, so many turns on one axis.

Only a window of the records is looked at, however long the recording: what is around the place that
one looks at. At its ends stands how much more there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tooltrace.core.fold.rewritten import Rewritten
from tooltrace.core.fold.steps import Steps, place_of
from tooltrace.core.model.events import ModelCalled
from tooltrace.tui.rows.calls.call_filter import EVERYTHING, CallFilter
from tooltrace.tui.rows.calls.call_row import Look
from tooltrace.tui.rows.calls.calls import SeenCalls, digits_of
from tooltrace.tui.rows.calls.time_axis import TimeAxis
from tooltrace.tui.rows.calls.time_row import AxisRow, MoreRow, TimeRow
from tooltrace.tui.rows.calls.time_spans import TimeSpan, in_turns, spans_of

if TYPE_CHECKING:
    from tooltrace.debugger.view import View

__all__ = ["NONE_EDITED", "TURNS", "TimeItem", "TimeView"]

TimeItem = TimeRow | AxisRow | MoreRow

TURNS = (1, 3, 8, 25, 80)
"""How many turns may stand on one axis."""

NONE_EDITED: Mapping[int, Rewritten] = {}
_WINDOW = 250


class TimeView:
    """Builds the items for one view after another; view state is only where and how much."""

    def __init__(self, steps: Steps) -> None:
        self.items: Sequence[TimeItem] = ()
        self.zoom = 2
        """Which of ``TURNS``."""
        self._steps = steps
        self._at: int | None = None
        self._head = 0
        self._window = range(0)

    def shift(self, way: int) -> None:
        """Have what is before or behind the window in it: its middle is where it ended."""
        path = self._steps.path
        if path:
            place = self._window.start if way < 0 else self._window.stop - 1
            self._at = path[max(0, min(place, len(path) - 1))]

    def update(
        self,
        view: View,
        chosen: CallFilter = EVERYTHING,
        edited: Mapping[int, Rewritten] = NONE_EDITED,
    ) -> Sequence[TimeItem]:
        """What there is to see around the place that is looked at."""
        tree, path = view.tree, view.path
        self._steps.update(tree, path)
        if view.head != self._head:
            self._head, self._at = view.head, None
        at = view.head if self._at is None else self._at
        here = place_of(tree, path, at)
        turns = TURNS[self.zoom]
        window = self._window = _around(view, here, turns)
        items: list[TimeItem] = []
        if window.start > 0:
            items.append(MoreRow(-1, window.start))
        seen, digits = SeenCalls(view, edited), digits_of(view)
        spans = spans_of(tree, self._steps, window)
        priced = any(span.used is not None and span.used.priced for span in spans)
        for group in in_turns(spans, turns):
            items += _group(view, group, seen, chosen, (digits, priced))
        if window.stop < len(path):
            items.append(MoreRow(1, len(path) - window.stop))
        self.items = items
        return items

    def index_of(self, record: int) -> int | None:
        """The last item that stands for a record at or before this one, on the path to it."""
        found = None
        for index, item in enumerate(self.items):
            if isinstance(item, TimeRow) and item.selectable:
                if item.record > record and found is not None:
                    continue
                found = index
        return found


def _around(view: View, here: int, turns: int) -> range:
    """Whole turns around a place: a window begins where the model is asked.

    It is the same for places near each other, so that rows do not move with the cursor.
    """
    room = _WINDOW + 6 * turns
    low = here // _WINDOW * _WINDOW
    begin = _asked_before(view, max(0, low - room))
    return range(begin, _asked_before(view, min(len(view.path), low + _WINDOW + room)))


def _asked_before(view: View, place: int) -> int:
    path = view.path
    if place in (0, len(path)):
        return place
    while place > 0 and not isinstance(view.tree[path[place]].event, ModelCalled):
        place -= 1
    return place


def _group(
    view: View,
    spans: list[TimeSpan],
    seen: SeenCalls,
    chosen: CallFilter,
    columns: tuple[int, bool],
) -> list[TimeItem]:
    """The axis of some turns and what stands on it."""
    axis = TimeAxis(spans)
    timed = any(span.timed and span.kind != "wait" for span in spans) and axis.ms > 0
    turns = [span.turn for span in spans]
    rows: list[TimeItem] = []
    for span in sorted(spans, key=lambda span: span.begin):
        if span.facts is None:
            look: Look = "ahead" if span.record > view.head else "done"
            rows.append(TimeRow(span, axis, look, "–", *columns))
            continue
        row = seen.row(span.facts)
        if chosen.shows(row):
            rows.append(TimeRow(span, axis, row.look, row.source, *columns))
    first = spans[0]
    return [AxisRow(min(turns), max(turns), axis, first.at, timed, *columns), *rows]
