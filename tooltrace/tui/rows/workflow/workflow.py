"""The workflow pane's items: the state graph, what comes next, the context, the limits."""

from __future__ import annotations

from collections.abc import Sequence

from tooltrace.core.compare.json_diff import MISSING, Missing
from tooltrace.core.decide.next_action import AwaitUser
from tooltrace.core.decide.transitions import legal_targets
from tooltrace.core.model.block_data import is_blocks
from tooltrace.core.model.content_blocks import content_text
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.model.workflow import NO_LIMIT
from tooltrace.debugger.view import View
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.columns import cell, cells_of
from tooltrace.tui.rows.conversation.entry import Entry
from tooltrace.tui.rows.json_spans import json_spans
from tooltrace.tui.rows.last_move import LastMove
from tooltrace.tui.rows.lines import Line, OneLine, Span, fit, plain, tidy
from tooltrace.tui.rows.values import brief, narrowed
from tooltrace.tui.rows.workflow.graph_rows import GRAPH_KEY, GraphRow, GraphRows
from tooltrace.tui.rows.workflow.watch_rows import WatchRow, watch_rows

__all__ = ["ContextRow", "WorkflowRows", "one_line_state"]

_NEXT, _ERROR, _TURN, _PROBLEM = -2, -3, -4, -10
_NAMES = 18
_LEAST_FROM = 9
_LEAST = 6


class ContextRow(OneLine, frozen=True):
    """One value of the context: its name, the value on one line, what it came from.

    ``was`` is what it was before the last move, MISSING where it is the same. ``lead`` are the
    cells of a column before it, in which the first one is named.
    """

    key: int
    name: str
    value: object
    saved_by: str
    first: bool
    names: int = _NAMES
    was: object = MISSING
    lead: int = 9

    def lines(self, width: int) -> Sequence[Line]:
        """The one line; the value is cut before what it came from is."""
        head = cell("context" if self.first else "", self.lead, "dim")
        name = cell(self.name, min(self.names, max(6, width // 3)), "arg")
        by = "you" if self.saved_by == "you" else fit(self.saved_by, 24)
        came: Line = ()
        if by and width >= _NAMES + 24:
            came = ((f"  ← {by}", "edited" if by == "you" else "dim"),)
        whole = max(4, width - cells_of((head, name)))
        wanted = cells_of(self._value(whole)) if came else 0
        if came and wanted + cells_of(came) > whole:
            left = max(whole - wanted, whole // 3)  # A third at most, where the value is cut.
            came = ((fit(came[0][0], left), came[0][1]),) if left >= _LEAST_FROM else ()
        room = max(4, whole - cells_of(came))
        value = self._value(room)
        if cells_of(value) >= room and not isinstance(self.was, Missing):
            value, came = self._value(room + cells_of(came)), ()  # What changed is the news.
        line = (head, name, *value, *came)
        return [tidy(line, width)[0]]

    def _value(self, room: int) -> Line:
        if isinstance(self.was, Missing):
            shown = fit(_told(self.value, 4 * room), room)
            if self.value is None:
                return ((shown, "dim"),)
            return ((shown, "text"),) if is_blocks(self.value) else json_spans(shown)
        half = max(4, (room - 3) // 2)
        was, now = narrowed(self.was, self.value, half, 4 * room)
        if is_blocks(self.was) or is_blocks(self.value):
            was, now = _told(self.was, 4 * room), _told(self.value, 4 * room)
        shown = fit(was, half)
        return (
            (shown, "old"),
            (" → ", "dim"),
            (fit(now, room - 3 - cells_of(((shown, ""),))), "new"),
        )

    def text(self) -> str:
        """What a search looks at."""
        return f"{self.name} {_told(self.value, 400)}"


def _told(value: object, most: int) -> str:
    """A value on one line; of content blocks the texts, and what stands for the others."""
    return content_text(value) if is_blocks(value) else brief(value, most)


class WorkflowRows:
    """Builds the items for one view after another."""

    def __init__(self) -> None:
        self._graphs = GraphRows()

    def update(
        self, view: View, move: LastMove | None = None, room: int | None = None
    ) -> Sequence[GraphRow | ContextRow | WatchRow | Entry]:
        """The items for this view; values that ``move`` changed stand behind what they were.

        In ``room`` lines, the graph folds what is far away.
        """
        s = view.snapshot
        found: list[GraphRow | ContextRow | WatchRow | Entry] = []
        if s.workflow.states and s.state is None:
            found.append(_row(s, _PROBLEM + 1, ("no state yet", "dim")))
        if s.error:
            found.append(_row(s, _ERROR, (f"{labels.BAD} error  ", "error"), (s.error, "text")))
        found.append(_row(s, _NEXT, *_next(view)))
        names = min(_NAMES, max((len(name) + 1 for name in s.context), default=0))
        for index, (name, value) in enumerate(s.context.items()):
            by = s.saved_by.get(name, "")
            was = MISSING if move is None else move.was(s, name)
            found.append(ContextRow(index, name, value, by, index == 0, names, was))
        found += watch_rows(view.watched)
        found.append(_row(s, _TURN, *_limits(s)))
        for index, problem in enumerate((*view.problems, *s.problems)):
            found.append(_row(s, _PROBLEM - index, (f"{labels.DOUBT} {problem}", "warn")))
        left = None if room is None else max(_LEAST, room - len(found))
        return [self._graph_row(view, move, left), *found]

    def _graph_row(self, view: View, move: LastMove | None, room: int | None) -> GraphRow | Entry:
        s = view.snapshot
        if not s.workflow.states:
            return _row(s, GRAPH_KEY, ("no states: the model decides", "dim"))
        began = None if move is None else move.begin if move.sign == "+" else s.at
        return self._graphs.update(view.tree, s, labels.watched(view.points, "state"), began, room)


def _row(s: Snapshot, key: int, *line: Span) -> Entry:
    return Entry(key, s.at, line, selectable=False)


def _next(view: View) -> Line:
    action = view.action
    if view.running:
        return (("running  ", "dim"), (labels.runs_now(view.snapshot, action), "strong"))
    then = labels.happens_next(action, view.snapshot)
    if isinstance(action, AwaitUser):
        if not view.at_tip:  # Nobody has to do anything for what is recorded.
            return (("next     ", "dim"), ("along the recording", "strong"))
        if action.why == "input" and view.replaying:
            return (("next     ", "dim"), (labels.SAID, "strong"))
        over = action.why == "finished"
        return (
            ("" if over else "waiting  ", "dim"),
            (then, "strong"),
        )
    return (("next     ", "dim"), (then, "strong"))


def _limits(s: Snapshot) -> Line:
    near = s.turn * 10 >= s.max_turns * 9
    allowed = f"/{s.max_turns}" if s.max_turns < NO_LIMIT else ""
    turns = (f"{s.turn}{allowed}", "warn" if near else "text")
    calls = f" · {s.tool_calls:,} tool call{'' if s.tool_calls == 1 else 's'}"
    idle = s.workflow.stuck.most_idle
    unit = s.workflow.stuck.counts
    still: Line = ()
    if s.workflow.states and idle and s.idle * 2 >= idle:
        still = ((f" · {s.idle} of {idle} {unit} without a change", "warn"),)
    return (("turn     ", "dim"), turns, (calls, "dim"), *still)


def one_line_state(view: View, width: int, move: LastMove | None = None) -> Line:
    """The states around the current one on one line, for where the graph has no room.

    The arrow that ``move`` went along is drawn strong.
    """
    s = view.snapshot
    if not s.workflow.states:
        return tidy((("no states: the model decides", "dim"),), width)[0]
    before = [visit.state for visit in s.visits[-9:-1]]
    now: Line = ((f"● {s.state or 'no state yet'}", "state.now"),)
    after: list[Span] = []
    edge = None if move is None else move.edge(s)
    for target in legal_targets(s)[:6]:
        style = "new" if edge == (s.state, target) else "dim"
        after += [(" | " if after else " → ", style), (f"{labels.AHEAD} {target}", "state.todo")]
    line = tidy((*now, *after), width)[0]
    for index, state in enumerate(reversed(before)):
        more = ("… → ", "dim") if index + 1 < len(s.visits) - 1 else ("", "")
        arrow = (" → ", "new" if not index and edge == (state, s.state) else "dim")
        longer = ((f"{labels.DONE} {fit(state, 40)}", "state.done"), arrow, *line)
        if cells_of((more, *longer)) > width:
            cut = (("… → ", "dim"), *line)
            return cut if cells_of(cut) <= width else line
        line = longer
    hidden = len(s.visits) - 1 > len(before)
    cut = (("… → ", "dim"), *line) if hidden else line
    return cut if len(plain(cut)) and cells_of(cut) <= width else line
