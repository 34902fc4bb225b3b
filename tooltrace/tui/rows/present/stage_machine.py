"""The machine before an audience: the same rows at every step, so that only what changed moves.

Every label has one row and nothing folds as the run goes on. Where not all edges have room, those
that stand for failures and were not taken are left out, then all but the states.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from tooltrace.core.graph.edges_taken import EdgesTaken, Taken
from tooltrace.core.graph.machine import Edge, Machine, machine_of
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.debugger.view import View
from tooltrace.tui.rows.labels import AHEAD, DONE
from tooltrace.tui.rows.last_move import LastMove
from tooltrace.tui.rows.lines import Line, fit
from tooltrace.tui.rows.workflow.state_graph import GraphLines, lay_out
from tooltrace.tui.rows.workflow.state_graph_rails import Rails
from tooltrace.tui.rows.workflow.state_graph_shape import DrawnRow
from tooltrace.tui.rows.workflow.state_labels import JUST_NOW, TAKEN, StateMarks, marks_at

__all__ = ["LEGEND", "StageMachine"]

LEGEND: Line = ((f"● now   {DONE} passed   {AHEAD} not yet", "dim"),)
"""What the marks of states say."""

_BESIDE = 10
"""Cells of a row that no label takes: its place, a count, two rails."""


class StageMachine:
    """Draws the machine of one view after another."""

    def __init__(self) -> None:
        self._spec: WorkflowSpec | None = None
        self._machine = Machine()
        self._edges = EdgesTaken(self._machine)

    def lines(self, view: View, move: LastMove | None, width: int, rows: int) -> Sequence[Line]:
        """At most ``rows`` lines of at most ``width`` cells."""
        s = view.snapshot
        if not s.workflow.states:
            return [((fit("no states: the model decides", width), "dim"),)]
        if s.workflow is not self._spec:
            self._spec, self._machine = s.workflow, machine_of(s.workflow)
            self._edges = EdgesTaken(self._machine)
        taken = self._edges.update(view.tree, s.visits)
        began = None if move is None else move.begin if move.sign == "+" else s.at
        marks = marks_at(s, taken, self._machine, began=began)
        # What a guard says now needs a row of its own at one step and none at another.
        marks = replace(marks, guards={}, returned=frozenset(), once=f" {DONE}")
        drawn: Sequence[Line] = ()
        for machine in self._forms(taken, max(8, width - _BESIDE)):
            drawn = _whole(machine, marks, width)
            if len(drawn) <= rows:
                return drawn
        return lay_out(self._machine, marks, width, rows)[:rows]

    def _forms(self, taken: Taken, room: int) -> Iterator[Machine]:
        machine = self._machine.with_edges(taken.added)
        yield _with(machine, [_short(edge, room) for edge in machine.edges])
        told = [e for e in machine.edges if e.key in taken.edges or e.kind in ("row", "forced")]
        yield _with(machine, [_short(edge, room) for edge in told], forks=False)
        yield _with(machine, [], forks=False)


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


def _short(edge: Edge, room: int) -> Edge:
    return replace(edge, label=fit(edge.label, room))


def _with(machine: Machine, edges: Sequence[Edge], *, forks: bool = True) -> Machine:
    leaving = {
        state.name: tuple(edge for edge in edges if edge.source == state.name)
        for state in machine.states
    }
    kept = machine.forks if forks else dict.fromkeys(machine.place, ())
    return replace(machine, leaving=leaving, forks=kept)
