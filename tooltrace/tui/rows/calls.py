"""The tool calls pane's items: one row for each call of the path, seen from the head.

Only the rows of the turns that the head passed, or that grew, are made afresh.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from tooltrace.core.decide.breakpoints import Breakpoint
from tooltrace.core.decide.next_action import RunTools
from tooltrace.core.fold.steps import Steps, common, place_of
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.events import CallRef, ModelReplied
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.call_facts import CallFacts, turn_calls
from tooltrace.tui.rows.columns import cell, cells_of
from tooltrace.tui.rows.entry import call_key
from tooltrace.tui.rows.lines import Line, OneLine, fit, tidy
from tooltrace.tui.rows.values import brief

if TYPE_CHECKING:
    # ``show`` needs none of what a debugger needs to run.
    from tooltrace.debugger.view import View

__all__ = ["CallRow", "Look", "ModelRow", "TraceRows"]

Look = Literal["done", "bad", "next", "runs", "warning", "ahead"]

_SIGNS: dict[Look, tuple[str, str]] = {
    "done": (labels.DONE, "ok"),
    "bad": (labels.BAD, "error"),
    "next": (labels.NEXT, "head"),
    "runs": (labels.RUNS, "warn"),
    "warning": (labels.DOUBT, "warn"),
    "ahead": (labels.AHEAD, "dim"),
}
_WIDE, _MIDDLE, _LEAST_STATE = 50, 34, 7


class CallRow(OneLine, frozen=True, gc=False):
    """A call as one line: step, how it went, tool, effect, source, time, the state it led to."""

    facts: CallFacts
    look: Look
    watched: bool = False
    source: str = "–"
    starred: bool = False

    @property
    def key(self) -> int:
        """The call's, whatever became of it."""
        return call_key(self.facts.ref)

    @property
    def record(self) -> int:
        """The record that says most about the call."""
        return self.facts.record

    @property
    def ref(self) -> CallRef:
        """The call."""
        return self.facts.ref

    @property
    def seen(self) -> tuple[object, ...]:
        """What may change about it while the call stays the same."""
        return self.look, self.watched, self.source, self.starred

    def lines(self, width: int) -> Sequence[Line]:
        """The one line: with less room there is less in it, the tool's name always."""
        facts, known = self.facts, self.look not in ("next", "runs")
        sign, style = _SIGNS[self.look]
        if self.look in ("done", "bad") and self.source == "edited":
            sign, style = labels.TYPED, "edited"
        elif self.look in ("done", "bad") and self.source == "injected":
            sign, style = labels.INJECTED, "injected"
        effect, effect_style = labels.effect_word(facts.effect)
        took = labels.duration(facts.ms) if known and facts.returned else "–"
        moved = f"→ {facts.transition}" if known and facts.transition else ""
        rest = width - 9
        line: list[tuple[str, str]] = [
            (labels.BREAK if self.watched else " ", "break"),
            cell(str(facts.step), 5, "dim", right=True),
            cell(sign, 3, style),
        ]
        if self.starred:
            number = cell(str(facts.step), 4, "dim", right=True)[0].rstrip()
            line[1:2] = [(number, "dim"), (f"{labels.STAR} ", "key")]
        if width >= _WIDE:
            left = rest - 24
            tool = max(16, min(24, left * 6 // 10))
            room = left - tool
            tool += room if 0 < room < _LEAST_STATE else 0
            line += [
                *_called(facts, tool),
                cell(_short(effect), 7, effect_style),
                cell(self.source, 9, self.source),
                cell(took, 8, "dim", right=True),
                (fit(f" {moved}", room), "state.done") if room >= _LEAST_STATE else ("", ""),
            ]
        elif width >= _MIDDLE:
            line += [
                *_called(facts, rest - 9),
                cell(effect if len(effect) <= 6 else "idemp.", 7, effect_style),
            ]
        else:
            line += [*_called(facts, rest - 1), (effect[0], effect_style)]
        if self.look == "ahead":
            line = [(text, "dim") for text, _ in line]
        return [tidy(tuple(line), width)[0]]

    def text(self) -> str:
        """What a search looks at: the row, the arguments and the result."""
        facts = self.facts
        told = f"{facts.tool} {facts.effect} {facts.source or ''} {facts.transition or ''}"
        return f"{told}\n{brief(facts.arguments)}\n{brief(facts.content)}"


def _called(facts: CallFacts, width: int) -> Line:
    """The tool, and what tells the call from others of it: both, however little room there is."""
    if not facts.apart:
        return (cell(facts.tool, width, "tool"),)
    most = max(width // 2 - 1, width - 2 - len(facts.tool))
    which = fit(facts.apart, most)
    tool = (f"{fit(facts.tool, width - 2 - cells_of(((which, ''),)))} ", "tool")
    return (tool, cell(which, width - cells_of((tool,)), "arg"))


def _short(effect: str) -> str:
    return "idem." if effect == "idempotent" else effect


class ModelRow(OneLine, frozen=True, gc=False):
    """A model reply as one dim line: step, tokens, time."""

    record: int
    step: int
    usage: str

    @property
    def key(self) -> int:
        """The record's id."""
        return self.record

    def lines(self, width: int) -> Sequence[Line]:
        """The one line."""
        number = cell(str(self.step), 5, "dim", right=True)
        return [tidy((("  ", ""), number, (f"·  model · {self.usage}", "dim")), width)[0]]

    def text(self) -> str:
        """What a search looks at."""
        return f"model {self.usage}"


class TraceRows:
    """Builds the rows for one view after another; ``items`` is one list that changes in place.

    ``window`` are the places on the path whose turns are shown, where not all are.
    """

    def __init__(self, steps: Steps, models: bool = False, window: range | None = None) -> None:
        self._window = window
        self.items: list[CallRow | ModelRow] = []
        self._steps = steps
        self._models = models
        self._tree: Tree | None = None
        self._path: Sequence[int] = ()
        self._here = 0
        self._points: tuple[Breakpoint, ...] = ()
        self._stars: Mapping[int, str] = {}
        self._places: list[int] = []
        self._rows: list[int] = []

    def update(self, view: View) -> tuple[Sequence[CallRow | ModelRow], int]:
        """The rows for this view, and how many at the front are those of the last one."""
        tree, path = view.tree, view.path
        self._steps.update(tree, path)
        same = common(self._path, path) if tree is self._tree else 0
        before, here = self._here, place_of(tree, path, view.head)
        keep = len(self.items)
        if same < max(len(path), len(self._path)):
            begin = self._drop(same)
            keep = len(self.items)
            self._add(view, begin, len(path))
        low, high = min(before, here), max(before, here)
        if view.points != self._points or view.bookmarks is not self._stars:
            low, high = 0, len(path)
        self._stars = view.bookmarks
        self._tree, self._path, self._here, self._points = tree, path, here, view.points
        return self.items, self._look_again(view, low, high, keep)

    def fill(self, view: View, upto: int) -> None:
        """Make the rows before that place on the path: ``update``, a piece at a time, in order."""
        self._steps.update(view.tree, view.path)
        self._add(view, self._drop(len(self._path)), upto)
        self._tree, self._path = view.tree, view.path[:upto]
        self._here = place_of(view.tree, view.path, view.head)
        self._points, self._stars = view.points, view.bookmarks

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
        for place, end in zip(places, [*places[1:], upto], strict=False):
            if self._window is not None and place not in self._window:
                continue
            self._places.append(place)
            self._rows.append(len(self.items))
            event = view.tree[path[place]].event
            if self._models and isinstance(event, ModelReplied):
                usage = labels.reply_usage(event)
                self.items.append(ModelRow(path[place], marks[place].step, usage))
            asked = _Seen(view)
            for facts in turn_calls(view.tree, self._steps, place, end):
                self.items.append(asked.row(facts))

    def _look_again(self, view: View, low: int, high: int, keep: int) -> int:
        """Look afresh at the turns between two places, at what was kept; how much still is."""
        first = max(0, bisect_right(self._places, low) - 1)
        last = bisect_right(self._places, high)
        begin = self._rows[first] if self._rows else 0
        end = self._rows[last] if last < len(self._rows) else len(self.items)
        changed, seen = keep, _Seen(view)
        for index in range(begin, min(end, keep)):
            old = self.items[index]
            if isinstance(old, CallRow):
                new = seen.row(old.facts)
                if new.seen != old.seen:
                    self.items[index] = new
                    changed = min(changed, index)
        return changed


class _Seen:
    """How calls look from the head of one view."""

    __slots__ = ("_head", "_next", "_now", "_running", "_stars", "_watched")

    def __init__(self, view: View) -> None:
        action = view.action
        level = action.levels[0] if isinstance(action, RunTools) and not view.running else ()
        self._head = view.head
        self._next = {call.ref for call in level}
        self._running = view.running
        self._watched = labels.watched(view.points, "tool")
        self._stars = view.bookmarks
        self._now = "recorded" if view.replaying else "live" if view.live else "–"

    def row(self, facts: CallFacts) -> CallRow:
        look = self._look(facts)
        source = self._now if look in ("next", "runs") else facts.source or "–"
        stars = self._stars
        starred = bool(stars) and any(
            about in stars for about in (facts.record, facts.started, facts.returned)
        )
        return CallRow(facts, look, facts.tool in self._watched, source, starred)

    def _look(self, facts: CallFacts) -> Look:
        head, returned = self._head, facts.returned
        if returned is not None and returned <= head:
            return "warning" if facts.abandoned else "bad" if facts.is_error else "done"
        if facts.ref in self._next:
            return "next"
        if facts.started is not None and facts.started <= head and returned is None:
            return "runs" if self._running else "warning"
        return "ahead"
