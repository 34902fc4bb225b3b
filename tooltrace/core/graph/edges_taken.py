"""How often each edge of a machine was taken on a path, each state entered, and the edge before."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from tooltrace.core.fold.tree import Tree
from tooltrace.core.graph.machine import Edge, EdgeKey, EdgeKind, Machine, added_edge
from tooltrace.core.model.append_list import AppendList
from tooltrace.core.model.events import Transitioned
from tooltrace.core.model.snapshot import Visit

__all__ = ["EdgesTaken", "Taken", "edge_taken"]


class Taken(Struct, frozen=True):
    """Counts along a path: entries of states, uses of edges; ``last`` is the last edge, and when.

    ``at`` are the records of the last use of an edge, ``entered`` those of a state's last entry.
    ``added`` are edges that no row of the table is.
    """

    visits: Mapping[str, int] = MappingProxyType({})
    edges: Mapping[EdgeKey, int] = MappingProxyType({})
    last: tuple[EdgeKey, int] | None = None
    at: Mapping[EdgeKey, int] = MappingProxyType({})
    entered: Mapping[str, int] = MappingProxyType({})
    added: tuple[Edge, ...] = ()


class EdgesTaken:
    """Counts for one snapshot after another; what was counted before is not counted again."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._seen = 0
        self._last: Visit | None = None
        self._taken = Taken()

    def update(self, tree: Tree, visits: AppendList[Visit]) -> Taken:
        """What was taken, given all visits up to a place."""
        seen = self._seen
        if seen > len(visits) or (seen and visits[seen - 1] is not self._last):
            self._taken, seen = Taken(), 0
        if seen < len(visits):
            before = visits[seen - 1] if seen else None
            self._taken = self._grown(tree, before, visits[seen:])
        self._seen, self._last = len(visits), visits[-1] if visits else None
        return self._taken

    def _grown(
        self, tree: Tree, before: Visit | None, new: AppendList[Visit] | list[Visit]
    ) -> Taken:
        old = self._taken
        counts, edges, at = dict(old.visits), dict(old.edges), dict(old.at)
        entered, added, last = dict(old.entered), old.added, old.last
        for visit in new:
            counts[visit.state] = counts.get(visit.state, 0) + 1
            entered[visit.state] = visit.record
            if before is not None:
                event = tree[visit.record].event
                row = event.row if isinstance(event, Transitioned) else None
                critical = isinstance(event, Transitioned) and row is None
                kind: EdgeKind = "forced" if visit.forced else "critical" if critical else "row"
                edge = edge_taken(self._machine, before.state, visit.state, kind, row)
                key = edge.key
                if not edge.rows and key not in edges:
                    added = (*added, edge)
                edges[key] = edges.get(key, 0) + 1
                at[key], last = visit.record, (key, visit.record)
            before = visit
        return Taken(counts, edges, last, at, entered, added)


def edge_taken(
    machine: Machine, source: str, target: str, kind: EdgeKind, row: int | None = None
) -> Edge:
    """The edge of a machine that a transition took, or one that stands for it."""
    if kind == "row":
        edge = machine.of_row.get(-1 if row is None else row)
        if edge is None or (edge.source, edge.target) != (source, target):
            edge = machine.between(source, target)
        if edge is not None:
            return edge
    for edge in machine.leaving.get(source, ()):
        if (edge.target, edge.kind) == (target, kind):
            return edge
    return added_edge((source, target, kind, None))
