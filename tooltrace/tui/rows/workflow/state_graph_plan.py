"""Where things go in a state graph, as far as no step changes it: which states, columns, widths.

Rails stay where they are while counts grow, and a plan is made once for each part that is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tooltrace.core.graph.machine import Edge, Machine
from tooltrace.core.model.workflow import StateSpec
from tooltrace.tui.rows.workflow.state_graph_fold import DrawnPart
from tooltrace.tui.rows.workflow.state_graph_rails import columns_of
from tooltrace.tui.rows.workflow.state_labels import cells_wanted, end_words

__all__ = ["LABEL", "Plan", "plan_of"]

LABEL = 3
"""The column where the text of an edge begins; that of a state begins at 0."""

_MOST_COLUMNS = 16
_LEAST_TEXT = 26
_LONGEST_TARGET = 40
_COUNT, _SAID_NOW, _FOLDED = 4, 12, 11
"""Cells kept free for what a step may add."""

_FORK = 10
"""Cells beside the name of a tool that is called side by side with others."""


class Plan(Struct, frozen=True):
    """The states drawn, by name their edges that are drawn, and the columns of the rails.

    ``straight`` are the states whose last edges lead to the state in the next row. Text takes the
    columns before ``text_end``.
    """

    states: tuple[StateSpec, ...]
    edges: dict[str, tuple[Edge, ...]]
    folded: dict[str, int]
    straight: frozenset[str]
    columns: dict[str, int]
    text_end: int

    def goes_straight(self, machine: Machine, edge: Edge) -> bool:
        """Whether an edge leads straight on to the next row of a state."""
        return edge.source in self.straight and machine.goes_on(edge)


def plan_of(machine: Machine, part: DrawnPart, width: int) -> Plan:
    """The plan of a part of a machine, in at most ``width`` columns."""
    states = machine.states[part.first : part.end]
    edges: dict[str, tuple[Edge, ...]] = {}
    folded: dict[str, int] = {}
    for index, state in enumerate(states, part.first):
        leaving = machine.leaving[state.name]
        if index not in part.opened:
            leaving = tuple(edge for edge in leaving if edge.key == part.glimpse)
        edges[state.name] = leaving
        folded[state.name] = len(machine.leaving[state.name]) - len(leaving)
    straight = frozenset(state.name for state in states[:-1])
    plan = Plan(states, edges, folded, straight, {}, 0)
    room = max(0, min(_MOST_COLUMNS, (width - _LEAST_TEXT) // 2))
    columns = columns_of(_reaches(machine, plan), room)
    most = max(LABEL + 1, width - 2 * (max(columns.values(), default=-1) + 1))
    plan = Plan(states, edges, folded, straight, columns, most)
    return Plan(states, edges, folded, straight, columns, min(most, max(_wanted(machine, plan))))


def _reaches(machine: Machine, plan: Plan) -> dict[str, list[int]]:
    """The rows that each rail joins, if every label took one row."""
    reaches: dict[str, list[int]] = {}
    at: dict[str, int] = {}
    row = 0
    for state in plan.states:
        at[state.name] = row
        row += 1
        for edge in plan.edges[state.name]:
            if edge.target in plan.edges and not plan.goes_straight(machine, edge):
                reaches.setdefault(edge.target, []).append(row)
            row += 1
    return {name: [*rows, at[name]] for name, rows in reaches.items()}


def _wanted(machine: Machine, plan: Plan) -> Iterator[int]:
    """How many columns each text would take, with what steps may add."""
    yield _LEAST_TEXT
    for state in plan.states:
        kind = len(end_words(state))
        folded = _FOLDED if plan.folded[state.name] else 0
        yield 2 + cells_wanted(state.name) + kind + folded + _COUNT + 1
        if not plan.folded[state.name]:
            for tool in {tool for tools in machine.forks[state.name] for tool in tools}:
                yield LABEL + cells_wanted(tool) + _FORK
        for edge in plan.edges[state.name]:
            cells = cells_wanted(edge.label) + _COUNT
            if edge.target not in plan.columns and not plan.goes_straight(machine, edge):
                cells += min(_LONGEST_TARGET, cells_wanted(edge.target)) + 3
            yield LABEL + cells + (_SAID_NOW if edge.when is not None else 0) + 1
