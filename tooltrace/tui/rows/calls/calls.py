"""The tool calls pane's items: one row for each call of the path, seen from the head.

Only the rows of the turns that the head passed, or that grew, are made afresh.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

from tooltrace.core.decide.breakpoints import Breakpoint
from tooltrace.core.decide.next_action import RunTools
from tooltrace.core.decide.point_trace import Printed, common_printed
from tooltrace.core.fold.rewritten import Rewritten, RewrittenMessages
from tooltrace.core.fold.steps import Steps, common, place_of
from tooltrace.core.fold.tree import Tree
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.calls.call_facts import CallFacts, edited_as_of, turn_calls
from tooltrace.tui.rows.calls.call_row import DIGITS, CallRow, Look, SideBySideRow
from tooltrace.tui.rows.calls.log_row import LogRow

if TYPE_CHECKING:
    # ``show`` needs none of what a debugger needs to run.
    from tooltrace.debugger.view import View

__all__ = ["SeenCalls", "TraceRow", "TraceRows", "digits_of"]

TraceRow = CallRow | SideBySideRow | LogRow
"""What a row of the pane is."""


class TraceRows:
    """Builds the rows for one view after another; ``items`` is one list that changes in place.

    ``window`` are the places on the path whose turns are shown, where not all are.
    """

    def __init__(self, steps: Steps, window: range | None = None) -> None:
        self._window = window
        self.items: list[TraceRow] = []
        self._steps = steps
        self._tree: Tree | None = None
        self._path: Sequence[int] = ()
        self._here = 0
        self._digits = DIGITS
        self._points: tuple[Breakpoint, ...] = ()
        self._printed: tuple[Printed, ...] = ()
        self._stars: Mapping[int, str] = {}
        self._messages = RewrittenMessages()
        self._places: list[int] = []
        self._rows: list[int] = []

    def update(self, view: View) -> tuple[Sequence[TraceRow], int]:
        """The rows for this view, and how many at the front are those of the last one."""
        tree, path = view.tree, view.path
        self._steps.update(tree, path)
        same = common(self._path, path) if tree is self._tree else 0
        before, here = self._here, place_of(tree, path, view.head)
        edited = self._messages.update(tree, path, same, here)
        same = min(same, self._printed_from(view))
        keep = len(self.items)
        if same < max(len(path), len(self._path)):
            begin = self._drop(same)
            keep = len(self.items)
            self._add(view, begin, len(path))
        low, high = min(before, here), max(before, here)
        digits = digits_of(view)
        everywhere = view.points != self._points or view.bookmarks is not self._stars
        if edited or everywhere or digits != self._digits:
            low, high = 0, len(path)
        self._stars, self._digits = view.bookmarks, digits
        self._tree, self._path, self._here, self._points = tree, path, here, view.points
        self._printed = view.printed
        return self.items, self._look_again(view, low, high, keep)

    @property
    def edited(self) -> Mapping[int, Rewritten]:
        """What of the messages a person edited where they stand, as of the head."""
        return self._messages.now

    def fill(self, view: View, upto: int) -> None:
        """Make the rows before that place on the path: ``update``, a piece at a time, in order."""
        self._steps.update(view.tree, view.path)
        here = place_of(view.tree, view.path, view.head)
        self._messages.update(view.tree, view.path, len(self._path), here)
        self._add(view, self._drop(len(self._path)), upto)
        self._tree, self._path = view.tree, view.path[:upto]
        self._here = here
        self._points, self._stars, self._printed = view.points, view.bookmarks, view.printed
        self._digits = digits_of(view)

    def _drop(self, same: int) -> int:
        """Forget the turns from place ``same`` on, and the one it is in; where to begin again."""
        places, cut = self._places, len(self.items)
        while places and places[-1] >= same:
            cut = self._rows.pop()
            places.pop()
        begin = same
        if places:
            begin, cut = places.pop(), self._rows.pop()
        del self.items[cut:]
        return begin

    def _add(self, view: View, begin: int, upto: int) -> None:
        path, marks = view.path, self._steps.marks
        places = [place for place in range(begin, upto) if marks[place].reply == path[place]]
        asked = SeenCalls(view, self.edited)
        for place, end in zip(places, [*places[1:], upto], strict=False):
            if self._window is not None and place not in self._window:
                continue
            self._places.append(place)
            self._rows.append(len(self.items))
            calls = [asked.row(f) for f in turn_calls(view.tree, self._steps, place, end)]
            first = place if place > self._first_turn(path) else 0
            rows = _with_printed(calls, _printed_in(view, path[first], path[end - 1]))
            self.items += _with_headings(rows, calls, asked)

    def _first_turn(self, path: Sequence[int]) -> int:
        """The place where the first turn begins; a run may begin inside another, and count anew."""
        pairs = enumerate(zip(self._steps.marks, path, strict=False))
        return next((place for place, (mark, record) in pairs if mark.reply == record), 0)

    def _printed_from(self, view: View) -> int:
        """The first place whose printed lines are others than before."""
        old, new = self._printed, view.printed
        if old is new:
            return len(view.path)
        at = common_printed(old, new)
        records = [lines[at].record for lines in (old, new) if at < len(lines)]
        if not records:
            return len(view.path)
        return bisect_left(view.path, min(records))

    def _look_again(self, view: View, low: int, high: int, keep: int) -> int:
        """Look afresh at the turns between two places, at what was kept; how much still is."""
        first = max(0, bisect_right(self._places, low) - 1)
        last = bisect_right(self._places, high)
        begin = self._rows[first] if self._rows else 0
        end = self._rows[last] if last < len(self._rows) else len(self.items)
        changed, seen = keep, SeenCalls(view, self.edited)
        for index in range(begin, min(end, keep)):
            old = self.items[index]
            if isinstance(old, CallRow):
                new = seen.row(old.facts)
                if new.seen != old.seen:
                    self.items[index] = new
                    changed = min(changed, index)
            elif isinstance(old, SideBySideRow):
                heading = seen.heading(old.calls)
                if heading != old:
                    self.items[index] = heading
                    changed = min(changed, index)
            elif isinstance(old, LogRow) and old.ahead != (old.record > view.head):
                self.items[index] = LogRow(old.printed, old.number, not old.ahead)
                changed = min(changed, index)
        return changed


def _printed_in(view: View, first: int, last: int) -> list[LogRow]:
    """What was printed behind the records of a turn."""
    lines = view.printed
    if not lines:
        return []
    begin = bisect_left(lines, first, key=attrgetter("record"))
    end = bisect_right(lines, last, key=attrgetter("record"))
    rows: list[LogRow] = []
    for line in lines[begin:end]:
        beside = rows and rows[-1].record == line.record
        number = rows[-1].number + 1 if beside else 0
        rows.append(LogRow(line, number, line.record > view.head))
    return rows


def _with_printed(calls: list[CallRow], printed: list[LogRow]) -> list[TraceRow]:
    """The calls of a turn, and each printed line before the first call that begins after it."""
    rows: list[TraceRow] = []
    left = iter([*printed, None])
    line = next(left)
    for call in calls:
        begins = call.facts.started or call.facts.returned
        while line is not None and (begins is None or line.record < begins):
            rows.append(line)
            line = next(left)
        rows.append(call)
    return [*rows, *((line,) if line is not None else ()), *(one for one in left if one)]


def _with_headings(
    rows: list[TraceRow], calls: Sequence[CallRow], seen: SeenCalls
) -> list[TraceRow]:
    """The same rows, and before each first of several side by side what is said of them all."""
    if not any(call.facts.beside > 1 for call in calls):
        return rows
    facts = [call.facts for call in calls]
    out: list[TraceRow] = []
    for row in rows:
        if isinstance(row, CallRow) and row.facts.beside > 1 and row.facts.nth == 0:
            at = facts.index(row.facts)
            out.append(seen.heading(tuple(facts[at : at + row.facts.beside])))
        out.append(row)
    return out


def digits_of(view: View) -> int:
    """How many digits record numbers have, so that they stand below each other."""
    return max(DIGITS, len(str(view.tree.last_id)))


class SeenCalls:
    """How calls look from the head of one view."""

    __slots__ = (
        "_digits",
        "_edited",
        "_head",
        "_next",
        "_now",
        "_running",
        "_stars",
        "_tree",
        "_watched",
    )

    def __init__(self, view: View, edited: Mapping[int, Rewritten]) -> None:
        self._tree, self._edited = view.tree, edited
        action = view.action
        level = action.levels[0] if isinstance(action, RunTools) and not view.running else ()
        self._digits = digits_of(view)
        self._head = view.head
        self._next = {call.ref for call in level}
        self._running = view.running
        self._watched = labels.watched(view.points, "tool")
        self._stars = view.bookmarks
        self._now = "recorded" if view.replaying else "live" if view.live else "–"

    def heading(self, calls: tuple[CallFacts, ...]) -> SideBySideRow:
        """What stands before calls side by side."""
        return SideBySideRow(calls, self._digits)

    def row(self, facts: CallFacts) -> CallRow:
        """The row of a call."""
        facts = edited_as_of(self._tree, self._edited, facts)
        look = self.look(facts)
        source = self._now if look in ("next", "runs") else facts.source or "–"
        source = "edited" if facts.edited else source
        stars = self._stars
        starred = bool(stars) and any(
            about in stars for about in (facts.record, facts.started, facts.returned)
        )
        watched = facts.tool in self._watched
        return CallRow(facts, look, watched, source, starred, self._digits)

    def look(self, facts: CallFacts) -> Look:
        """How a call stands as of the head."""
        head, returned = self._head, facts.returned
        if returned is not None and returned <= head:
            return "warning" if facts.abandoned else "bad" if facts.is_error else "done"
        if facts.ref in self._next:
            return "next"
        if facts.started is not None and facts.started <= head and returned is None:
            return "runs" if self._running else "warning"
        return "ahead"
