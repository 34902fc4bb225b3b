"""The rows of a state graph: one for each state and each edge, and a rail for each target.

An edge stands below the state that it leaves. It leads straight on to the next state, or along the
rail of its target; so each is drawn once, and is where it says. Nothing here is a glyph yet: the
screen, the command line and SVG draw the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from tooltrace.core.graph.machine import Edge, Machine
from tooltrace.core.model.workflow import StateSpec
from tooltrace.tui.cells import cell_len
from tooltrace.tui.rows.columns import cells_of
from tooltrace.tui.rows.labels import DONE
from tooltrace.tui.rows.lines import Line, fit
from tooltrace.tui.rows.workflow.edge_labels import edge_lines
from tooltrace.tui.rows.workflow.state_graph_fold import DrawnPart, drawn_part
from tooltrace.tui.rows.workflow.state_graph_plan import LABEL, Plan, plan_of
from tooltrace.tui.rows.workflow.state_graph_rails import Rail, Rails
from tooltrace.tui.rows.workflow.state_labels import (
    StateMarks,
    level_of,
    state_line,
)

__all__ = ["Drawing", "DrawnRow", "Plans", "draw"]

NAME = 0

_MOST_PLANS = 256

RowKind = Literal["state", "edge", "more of an edge", "tool", "left out"]


class DrawnRow(Struct, frozen=True):
    """A row: its text in the columns ``at`` to ``end``, its state, its edge, its rail's column.

    ``spine`` is how strong the line at the left is above, to the right of and below its middle, -1
    where there is none. ``level`` is how strong the edge is.
    """

    kind: RowKind
    text: Line
    at: int
    end: int
    state: str = ""
    edge: Edge | None = None
    rail: int | None = None
    level: int = -1
    spine: tuple[int, int, int] = (-1, -1, -1)


class Drawing(Struct, frozen=True):
    """Rows and rails. Text takes the columns before ``text_end``, rails two columns each."""

    rows: tuple[DrawnRow, ...]
    rails: Rails
    text_end: int

    def column(self, rail: int) -> int:
        """Where a column of rails is, in cells from the left."""
        return self.text_end + 1 + 2 * rail

    @property
    def width(self) -> int:
        """How many cells it takes."""
        return self.text_end + 2 * self.rails.columns


Plans = dict[tuple[DrawnPart, int], Plan]
"""The plans of one machine that were made already, by part and width."""


def draw(
    machine: Machine,
    marks: StateMarks,
    width: int,
    rows: int | None = None,
    plans: Plans | None = None,
) -> Drawing:
    """A machine in at most ``width`` columns; short of ``rows``, what is far away is folded.

    The current state keeps its edges, so that there may be a few rows more than asked for. Keep
    ``plans`` for the next drawing of the same machine.
    """
    plans = {} if plans is None else plans
    room = rows
    while True:
        part = drawn_part(machine, marks.now, marks.before, room, marks.just)
        plan = plans.get((part, width))
        if plan is None:
            if len(plans) >= _MOST_PLANS:
                plans.clear()
            plan = plans[part, width] = plan_of(machine, part, width)
        drawing = _Draft(machine, marks, plan).drawing()
        over = 0 if rows is None else len(drawing.rows) - rows
        if over <= 0 or room is None or len(part.opened) <= 1:
            return drawing
        room = min(room - over, room - 1)


class _Draft:
    """One drawing in the making."""

    def __init__(self, machine: Machine, marks: StateMarks, plan: Plan) -> None:
        self._machine, self._marks, self._plan = machine, marks, plan
        self._text_end = plan.text_end
        self._rows: list[DrawnRow] = []
        self._at: dict[str, int] = {}
        self._joins: dict[str, list[tuple[int, int]]] = {}

    def drawing(self) -> Drawing:
        """The rows, then the rails between them."""
        states, place = self._plan.states, self._machine.place
        if states and place[states[0].name] > 0:
            self._more(place[states[0].name], "above")
        for state in states:
            self._state(state)
        if states and place[states[-1].name] < len(place) - 1:
            self._more(len(place) - 1 - place[states[-1].name], "below")
        rails = []
        for target, joins in self._joins.items():
            at, levels = zip(*joins, strict=True)
            rails.append(Rail(self._plan.columns[target], self._at[target], at, levels))
        return Drawing(tuple(self._rows), Rails(rails), self._text_end)

    def _more(self, count: int, where: str) -> None:
        text = f"… {count} more state{'' if count == 1 else 's'} {where}"
        self._row("left out", ((fit(text, self._text_end), "dim"),), NAME)

    def _state(self, state: StateSpec) -> None:
        name, plan = state.name, self._plan
        edges = plan.edges[name]
        self._at[name] = len(self._rows)
        text = state_line(state, self._marks, max(1, self._text_end - 1), plan.folded[name])
        self._row("state", text, NAME, name)
        below = self._below(edges)
        for tools in () if plan.folded[name] else self._machine.forks[name]:
            self._together(name, tools, max(below, default=-1))
        for index, edge in enumerate(edges):
            self._edge(edge, below[index:])

    def _below(self, edges: Sequence[Edge]) -> list[int]:
        """For each edge how strong the line at the left is from above it on."""
        levels = [level_of(edge, self._marks) for edge in edges]
        return [max(levels[index:]) for index in range(len(levels))]

    def _together(self, name: str, tools: tuple[str, ...], level: int) -> None:
        """A fork to tools that are called side by side, and the join that waits for all."""
        most = max(1, self._text_end - LABEL - len("╭  ✓ ╯ all"))
        names = [fit(tool, most) for tool in tools]
        wide = max(map(cell_len, names)) + 2
        ahead = "text" if name == self._marks.now else "dim"
        for index, tool in enumerate(names):
            last = index == len(names) - 1
            begin, end = ("╰", "╯") if last else ("╭", "╮") if index == 0 else ("├", "┤")
            here = name == self._marks.now and tools[index] in self._marks.returned
            shown = f"{tool} {DONE}" if here else tool
            text: Line = (
                (f"{begin} ", "dim"),
                (shown + " " * (wide - cell_len(shown)), "ok" if here else ahead),
                (f" {end}", "dim"),
                (" all" if last else "", "dim"),
            )
            self._row("tool", text, LABEL, name, spine=(level, -1, level))

    def _edge(self, edge: Edge, below: list[int]) -> None:
        straight = self._plan.goes_straight(self._machine, edge)
        rail = None if straight else self._plan.columns.get(edge.target)
        level = level_of(edge, self._marks)
        left_over = below[1] if len(below) > 1 else -1
        spine = (below[0], -1, below[0]) if straight else (below[0], level, left_over)
        names_target = not straight and rail is None
        room = max(1, self._text_end - LABEL - 1)
        lines = edge_lines(edge, self._marks, room, names_target)
        if rail is not None:
            self._joins.setdefault(edge.target, []).append((len(self._rows), level))
        self._row("edge", lines[0], LABEL, edge.source, edge, rail, level, spine)
        down = spine[2]
        for line in lines[1:]:
            self._row("more of an edge", line, LABEL, edge.source, edge, spine=(down, -1, down))

    def _row(
        self,
        kind: RowKind,
        text: Line,
        at: int,
        state: str = "",
        edge: Edge | None = None,
        rail: int | None = None,
        level: int = -1,
        spine: tuple[int, int, int] = (-1, -1, -1),
    ) -> None:
        end = at + cells_of(text)
        self._rows.append(DrawnRow(kind, text, at, end, state, edge, rail, level, spine))
