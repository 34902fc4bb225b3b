"""The machine before an audience: the same rows at every step, so that only what changed moves.

Every label has one row and nothing folds as the run goes on. Where not all edges have room, those
that stand for failures and were not taken are left out, then all but the states.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from tooltrace.core.graph.edges_taken import EdgesTaken, Taken
from tooltrace.core.graph.machine import Edge, Machine, machine_of
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.debugger.view import View
from tooltrace.tui.cells import cell_len
from tooltrace.tui.rows.labels import AHEAD, DONE
from tooltrace.tui.rows.last_move import LastMove
from tooltrace.tui.rows.lines import Line, fit
from tooltrace.tui.rows.workflow.state_graph import GraphLines, lay_out
from tooltrace.tui.rows.workflow.state_graph_rails import Rails
from tooltrace.tui.rows.workflow.state_graph_shape import DrawnRow
from tooltrace.tui.rows.workflow.state_labels import JUST_NOW, TAKEN, StateMarks, marks_at

__all__ = ["LEGEND", "StageMachine"]

LEGEND: Line = ((f"●■◆━ now {DONE} past {AHEAD}□◇ ahead ×1 taken", "dim"),)
"""What the marks of states and edges say, as wide as the machine has room at 80 cells."""

_FAILS = re.compile(r"^\S+ (fails, )")
_COMPARED = re.compile(r" ([<>=!]=?) ")
_BESIDE = 10
"""Cells of a row that no label takes: its place, a count, two rails."""
_RAILS = 9
"""Cells that a label may lose to more rails than that."""
_PLAIN = StateMarks()
_WAYS = ("row", "forced")
"""Kinds of edges that are ways on, and not those of failures."""


class StageMachine:
    """Draws the machine of one view after another."""

    def __init__(self) -> None:
        self._spec: WorkflowSpec | None = None
        self._machine = Machine()
        self._edges = EdgesTaken(self._machine)
        self._rooms: dict[tuple[int, bool, int], int] = {}

    def lines(self, view: View, move: LastMove | None, width: int, rows: int) -> Sequence[Line]:
        """At most ``rows`` lines of at most ``width`` cells."""
        s = view.snapshot
        if not s.workflow.states:
            return [((fit("no states: the model decides", width), "dim"),)]
        if s.workflow is not self._spec:
            self._spec, self._machine = s.workflow, machine_of(s.workflow)
            self._edges, self._rooms = EdgesTaken(self._machine), {}
        taken = self._edges.update(view.tree, s.visits)
        began = None if move is None else move.begin if move.sign == "+" else s.at
        marks = marks_at(s, taken, self._machine, began=began)
        # What a guard says now needs a row of its own at one step and none at another.
        marks = replace(marks, guards={}, returned=frozenset())
        drawn: Sequence[Line] = ()
        for machine in self._forms(taken, width):
            drawn = _whole(machine, marks, width)
            if len(drawn) <= rows:
                return drawn
        return lay_out(self._machine, marks, width, rows)[:rows]

    def _forms(self, taken: Taken, width: int) -> Iterator[Machine]:
        machine = self._machine.with_edges(taken.added)
        yield self._fitted(machine, machine.edges, width)
        told = [e for e in machine.edges if e.key in taken.edges or e.kind in _WAYS]
        yield self._fitted(machine, told, width, forks=False)
        yield _with(machine, [], forks=False)

    def _fitted(
        self, machine: Machine, edges: Sequence[Edge], width: int, *, forks: bool = True
    ) -> Machine:
        """With labels so short that none needs a row more once it is counted."""
        asked = width, forks, len(edges)
        if asked not in self._rooms:
            ways = [edge.key for edge in edges if edge.kind in _WAYS]
            counted = StateMarks(edges=dict.fromkeys(ways, 9))
            room = most = max(8, width - _BESIDE)
            for room in range(most, max(7, most - _RAILS), -1):
                tried = _with(machine, _short(edges, room), forks=forks)
                if len(_whole(tried, counted, width)) == len(_whole(tried, _PLAIN, width)):
                    break
            self._rooms[asked] = room
        return _with(machine, _short(edges, self._rooms[asked]), forks=forks)


def _whole(machine: Machine, marks: StateMarks, width: int) -> GraphLines:
    """All of it; the edge just taken stands out in its own row, and not all along its rail."""
    drawing = lay_out(machine, marks, width).drawing
    rows = tuple(row if row.level == JUST_NOW else _plain(row) for row in drawing.rows)
    rails = [
        replace(rail, levels=tuple(min(level, TAKEN) for level in rail.levels))
        for rail in drawing.rails.rails
    ]
    return GraphLines(replace(drawing, rows=rows, rails=Rails(rails)), width)


def _plain(row: DrawnRow) -> DrawnRow:
    up, right, down = row.spine
    return replace(row, spine=(min(up, TAKEN), min(right, TAKEN), min(down, TAKEN)))


def _short(edges: Sequence[Edge], room: int) -> list[Edge]:
    """The edges with labels that fit; where two of a state would look alike they keep their ends.

    That a value is of the context is not said, and neither is a remark in parentheses that has no
    room.
    """
    labels = [edge.label.replace("context.", "") for edge in edges]
    cut = [_cut(label, room) for label in labels]
    seen = Counter((edge.source, label) for edge, label in zip(edges, cut, strict=True))
    return [
        replace(edge, label=short if seen[edge.source, short] == 1 else _cut_within(label, room))
        for edge, label, short in zip(edges, labels, cut, strict=True)
    ]


def _cut(label: str, room: int) -> str:
    bare = label.partition(" (")[0]
    fits = fit(label, room)
    return fit(bare, room) if fits != fit(label, len(label) + 1) else fits


def _cut_within(label: str, room: int) -> str:
    """What it ends with: where it begins with the call that fails, as tight as that can be."""
    if cell_len(label) <= room:
        return fit(label, room)
    fails = _FAILS.search(label)
    tight = _COMPARED.sub(r"\1", label[fails.start(1) :]) if fails is not None else ""
    if tight and cell_len(tight) <= room:
        return fit(tight, room)
    return f"…{fit(label[1 - room :], room - 1)}"


def _with(machine: Machine, edges: Sequence[Edge], *, forks: bool = True) -> Machine:
    leaving = {
        state.name: tuple(edge for edge in edges if edge.source == state.name)
        for state in machine.states
    }
    kept = machine.forks if forks else dict.fromkeys(machine.place, ())
    return replace(machine, leaving=leaving, forks=kept)
