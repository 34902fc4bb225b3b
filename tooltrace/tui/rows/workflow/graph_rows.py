"""The item of the state graph: worked out once for a definition, laid out once for a width."""

from __future__ import annotations

from msgspec import Struct

from tooltrace.core.fold.tree import Tree
from tooltrace.core.graph.edges_taken import EdgesTaken, Taken
from tooltrace.core.graph.machine import Edge, Machine, machine_of
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.tui.rows.workflow.state_graph import GraphLines, lay_out
from tooltrace.tui.rows.workflow.state_graph_shape import DrawnRow, Plans
from tooltrace.tui.rows.workflow.state_labels import StateMarks, marks_at

__all__ = ["GRAPH_KEY", "GraphRow", "GraphRows"]

GRAPH_KEY = -1


class GraphRow(Struct, frozen=True):
    """The state graph, as many lines as its width needs, in about ``room`` lines if it is given."""

    machine: Machine
    marks: StateMarks
    taken: Taken
    room: int | None
    plans: Plans
    measured: dict[int, GraphLines]

    @property
    def key(self) -> int:
        """There is one."""
        return GRAPH_KEY

    @property
    def selectable(self) -> bool:
        """Never."""
        return False

    def height(self, width: int) -> int:
        """How many lines it takes."""
        return len(self.lines(width))

    def lines(self, width: int) -> GraphLines:
        """Its lines; those of the last width are kept."""
        lines = self.measured.get(width)
        if lines is None:
            lines = lay_out(self.machine, self.marks, width, self.room, self.plans)
            self.measured.clear()
            self.measured[width] = lines
        return lines

    def row_at(self, line: int) -> DrawnRow | None:
        """What a line shows, as it was laid out last."""
        for lines in self.measured.values():
            return lines.drawing.rows[line] if line < len(lines) else None
        return None

    def text(self) -> str:
        """The names of the states."""
        return " ".join(state.name for state in self.machine.states)


class GraphRows:
    """Builds the item for one snapshot after another."""

    def __init__(self) -> None:
        self._spec: WorkflowSpec | None = None
        self._machine = Machine()
        self._edges = EdgesTaken(self._machine)
        self._added: tuple[Edge, ...] = ()
        self._with_added = self._machine
        self._plans: Plans = {}
        self._row: GraphRow | None = None

    def update(
        self,
        tree: Tree,
        s: Snapshot,
        watched: frozenset[str] = frozenset(),
        began: int | None = None,
        room: int | None = None,
    ) -> GraphRow:
        """The item at a snapshot, the same one as before where nothing of it changed.

        ``watched`` are states with a breakpoint, ``began`` the record after which the last step
        began. In ``room`` lines, what is far away is folded.
        """
        if s.workflow is not self._spec:
            self._spec, self._machine = s.workflow, machine_of(s.workflow)
            self._edges, self._added = EdgesTaken(self._machine), ()
            self._with_added, self._plans = self._machine, {}
        taken = self._edges.update(tree, s.visits)
        if taken.added != self._added:
            self._added, self._plans = taken.added, {}
            self._with_added = self._machine.with_edges(taken.added)
        machine = self._with_added
        marks = marks_at(s, taken, machine, watched, began)
        row = self._row
        if row is None or row.machine is not machine or (row.marks, row.room) != (marks, room):
            row = self._row = GraphRow(machine, marks, taken, room, self._plans, {})
        return row
