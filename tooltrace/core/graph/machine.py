"""A workflow as a machine to be drawn: its states in reading order, and each of its edges once.

Rows of the table that lead from one state to the same other one, for the same guard, are one edge;
so is the way to the state for critical failures, which no row of the table is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.graph.state_order import reading_order
from tooltrace.core.model.workflow import AT_ONCE, StateSpec, Transition, WorkflowSpec

__all__ = ["EDGE_KINDS", "Edge", "EdgeKey", "EdgeKind", "Machine", "added_edge", "machine_of"]

EdgeKind = Literal["row", "error", "critical", "forced"]
"""What takes an edge: a result or nothing at all, a failed tool, a critical one, a person."""

EDGE_KINDS: tuple[EdgeKind, ...] = ("row", "error", "critical", "forced")

EdgeKey = tuple[str, str, EdgeKind, str | None]
"""What tells an edge from others: from, to, kind, guard."""


class Edge(Struct, frozen=True):
    """A way from a state to a state. ``rows`` are those of the table that it stands for.

    ``label`` says in words when it is taken. ``together`` are tools that must all have returned.
    """

    source: str
    target: str
    kind: EdgeKind
    label: str
    when: str | None = None
    rows: tuple[int, ...] = ()
    together: tuple[str, ...] = ()

    @property
    def key(self) -> EdgeKey:
        """What tells it from the other edges of its machine."""
        return (self.source, self.target, self.kind, self.when)


class Machine(Struct, frozen=True):
    """States in the order in which they are read, and the edges that leave each.

    ``leaving`` has every state; ``place`` says where in the order a state is. Edges that lead to
    the next state come last. ``of_row`` is the edge that a row of the table belongs to. ``forks``
    has the sets of tools that must all have returned before some edge of a state is taken.
    """

    states: tuple[StateSpec, ...] = ()
    leaving: Mapping[str, tuple[Edge, ...]] = MappingProxyType({})
    place: Mapping[str, int] = MappingProxyType({})
    of_row: Mapping[int, Edge] = MappingProxyType({})
    forks: Mapping[str, tuple[tuple[str, ...], ...]] = MappingProxyType({})

    @property
    def edges(self) -> tuple[Edge, ...]:
        """All edges, by the state that they leave."""
        return tuple(edge for state in self.states for edge in self.leaving[state.name])

    def goes_on(self, edge: Edge) -> bool:
        """Whether an edge leads to the state that is read next."""
        return self.place[edge.target] == self.place[edge.source] + 1

    def between(self, source: str, target: str) -> Edge | None:
        """The first edge of the table from one state to another."""
        return next((edge for edge in self.leaving.get(source, ()) if edge.target == target), None)

    def with_edges(self, added: Iterable[Edge]) -> Machine:
        """The same with more edges; what is there already, or has an end elsewhere, is left out."""
        known = {edge.key for edge in self.edges}
        leaving = dict(self.leaving)
        for edge in added:
            if edge.key not in known and edge.source in leaving and edge.target in self.place:
                known.add(edge.key)
                leaving[edge.source] = self._sorted((*leaving[edge.source], edge))
        return replace(self, leaving=leaving)

    def _sorted(self, edges: Iterable[Edge]) -> tuple[Edge, ...]:
        return tuple(sorted(edges, key=self.goes_on))


def added_edge(key: EdgeKey) -> Edge:
    """An edge that was taken, and that the definition does not have."""
    source, target, kind, when = key
    told = {"forced": "by force", "critical": "a critical tool fails"}
    return Edge(source, target, kind, told.get(kind, "not in the definition"), when)


def machine_of(spec: WorkflowSpec) -> Machine:
    """The machine of a workflow; total for any spec, however wrong: without states it is empty."""
    states = {state.name: state for state in reversed(spec.states)}
    found: dict[EdgeKey, list[tuple[int, Transition]]] = {}
    for index, row in enumerate(spec.rows):
        if row.source in states and row.target in states:
            kind: EdgeKind = "error" if row.error else "row"
            found.setdefault((row.source, row.target, kind, row.when), []).append((index, row))
    edges = [_edge(key, rows, spec.rows) for key, rows in found.items()]
    edges += _critical(spec, states)
    ways = [(edge.source, edge.target, edge.kind == "row") for edge in edges]
    order = reading_order(spec, ways)
    place = {name: index for index, name in enumerate(order)}
    by_state: dict[str, list[Edge]] = {name: [] for name in order}
    for edge in edges:
        by_state[edge.source].append(edge)
    machine = Machine(tuple(states[name] for name in order), {}, place)
    leaving = {name: machine._sorted(each) for name, each in by_state.items()}
    forks = {
        name: tuple(dict.fromkeys(edge.together for edge in each if edge.together))
        for name, each in leaving.items()
    }
    of_row = {row: edge for edge in edges for row in edge.rows}
    return replace(machine, leaving=leaving, of_row=of_row, forks=forks)


_Rows = list[tuple[int, Transition]]


def _edge(key: EdgeKey, rows: _Rows, table: tuple[Transition, ...]) -> Edge:
    source, target, kind, when = key
    together = next((row.on for _, row in rows if len(row.on) > 1), ()) if kind == "row" else ()
    label = _label(kind, when, rows)
    if when is None and any(_is_left(index, row, table) for index, row in rows):
        label += ", otherwise"
    return Edge(source, target, kind, label, when, tuple(index for index, _ in rows), together)


def _is_left(index: int, row: Transition, table: tuple[Transition, ...]) -> bool:
    """Whether guards of rows before decide first about the same results."""
    return any(
        (other.source, other.error) == (row.source, row.error) and set(other.on) & set(row.on)
        for other in table[:index]
        if other.when is not None
    )


def _label(kind: EdgeKind, when: str | None, rows: _Rows) -> str:
    guard = None if when is None else " ".join(when.split()).replace("result.", "")
    if kind == "row" and guard is not None:
        return guard  # A guard nearly always speaks of the result, so the tool need not be said.
    if kind == "error":
        tools = list(dict.fromkeys(tool for _, row in rows for tool in row.on))
        fails = f"{_either(tools)} fails"
        return fails if guard is None else f"{fails}, {guard}"
    return " or ".join(dict.fromkeys(_all(row.on) for _, row in rows))


def _either(names: list[str]) -> str:
    *first, last = names or ["a tool"]
    return f"{', '.join(first)} or {last}" if first else last


def _all(on: tuple[str, ...]) -> str:
    if on in ((), (AT_ONCE,)):
        return "at once"
    return on[0] if len(on) == 1 else "all returned"


def _critical(spec: WorkflowSpec, states: Mapping[str, StateSpec]) -> list[Edge]:
    """The ways of critical failures: from each state in which such a tool may be called."""
    to = spec.critical_to
    if to is None or to not in states:
        return []
    critical = {tool.name for tool in spec.tools if tool.critical}
    found = []
    for state in spec.states:
        tools = [tool for tool in state.tools if tool in critical]
        if tools and state.name != to and states[state.name] is state:
            label = f"{_either(tools)} fails (critical)"
            found.append(Edge(state.name, to, "critical", label))
    return found
