"""The shape of a workflow's state graph: one main line, and the ways that leave it.

The main line is the longest chain from the initial state to a good end, loops left out; where two
are as long, the table's order decides. Every way of the table is on the line or named beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.model.workflow import Transition, WorkflowSpec

__all__ = ["BY_FORCE", "CRITICAL", "Graph", "SideWay", "graph_of"]

CRITICAL, BY_FORCE = "a critical tool fails", "only by force"
"""Why one comes over a way that no row of the table is."""


class SideWay(Struct, frozen=True):
    """A way off the line: from which states, why, over which states, and to which known one.

    ``back`` says that the known one comes before on the line, or is the same: a loop.
    """

    sources: tuple[str, ...]
    label: str
    chain: tuple[str, ...]
    joins: str | None = None
    back: bool = False


class Graph(Struct, frozen=True):
    """A workflow's states in reading order."""

    main: tuple[str, ...]
    sides: tuple[SideWay, ...]


Edges = dict[str, dict[str, str]]


def graph_of(spec: WorkflowSpec) -> Graph:
    """The graph of a workflow with states; total for any spec, however wrong."""
    edges = _edges(spec)
    if not edges:
        return Graph((), ())
    start = spec.initial if spec.initial in edges else next(iter(edges))
    follow = _follow(spec, edges, start)
    main = tuple(_chain(start, follow, set()))
    return Graph(main, tuple(_merged(_ways(spec, edges, follow, main))))


def _edges(spec: WorkflowSpec) -> Edges:
    """Where each state leads, and in words when."""
    edges: Edges = {state.name: {} for state in spec.states}
    for row in spec.rows:
        if row.source in edges and row.target in edges:
            known = edges[row.source].get(row.target)
            label = _label(row)
            if known is None:
                edges[row.source][row.target] = label
            elif label not in known.split(" or "):
                edges[row.source][row.target] = f"{known} or {label}"
    return edges


def _label(row: Transition) -> str:
    if row.when is not None:
        # A guard nearly always speaks of the result, so it is shorter without saying so.
        return " ".join(row.when.split()).replace("result.", "")
    if row.error:
        return f"{', '.join(row.on)} fails"
    return ", ".join(row.on) or "at once"


def _follow(spec: WorkflowSpec, edges: Edges, start: str) -> dict[str, str]:
    """After each state the next of the longest chain to an end, without going round."""
    ends = {state.name: not state.failure for state in spec.states if state.terminal}
    best: dict[str, tuple[bool, int]] = {}
    follow: dict[str, str] = {}
    open_now: set[str] = set()
    stack: list[tuple[str, Iterator[str]]] = []

    def enter(state: str) -> None:
        open_now.add(state)
        stack.append((state, iter(edges[state])))

    enter(start)
    while stack:
        state, targets = stack[-1]
        target = next(targets, None)
        if target is not None:
            if target not in best and target not in open_now:
                enter(target)
            continue
        stack.pop()
        open_now.discard(state)
        best[state] = (ends.get(state, False), 1)
        for target in edges[state]:
            # A state that is still open is one that this would go back to.
            if target in best and target not in open_now and target != state:
                good, length = best[target]
                if (good, length + 1) > best[state] or state not in follow:
                    best[state], follow[state] = (good, length + 1), target
    return follow


def _chain(start: str, follow: dict[str, str], shown: set[str]) -> Iterator[str]:
    state: str | None = start
    while state is not None and state not in shown:
        shown.add(state)
        yield state
        state = follow.get(state)


def _ways(
    spec: WorkflowSpec, edges: Edges, follow: dict[str, str], main: tuple[str, ...]
) -> Iterator[SideWay]:
    order = {state: index for index, state in enumerate(main)}
    shown = set(main)
    drawn = set(pairwise(main))

    def leaving(pending: list[str]) -> Iterator[SideWay]:
        for source in pending:
            for target, label in edges[source].items():
                if (source, target) in drawn:
                    continue
                chain = tuple(_chain(target, follow, shown))
                pending += chain
                joins = follow.get(chain[-1]) if chain else target
                ends = (joins,) if joins is not None else ()
                drawn.update(pairwise((source, *chain, *ends)))
                yield SideWay((source,), label, chain, joins, _is_back(order, source, joins))

    yield from leaving(list(main))
    critical = spec.critical_to
    if critical in edges and any(tool.critical for tool in spec.tools):
        new = critical not in shown
        shown.add(critical)
        yield SideWay((), CRITICAL, (critical,) if new else (), None if new else critical)
        yield from leaving([critical])
    for state in edges:
        if state not in shown:
            shown.add(state)
            yield SideWay((), BY_FORCE, (state,))
            yield from leaving([state])


def _is_back(order: dict[str, int], source: str, joins: str | None) -> bool:
    return joins == source or (joins in order and order[joins] <= order.get(source, len(order)))


def _merged(sides: Iterator[SideWay]) -> list[SideWay]:
    """Ways from several states to the same one for the same reason, as one."""
    found: dict[tuple[str, str], SideWay] = {}
    for side in sides:
        to = side.chain[0] if side.chain else (side.joins or "")
        first = found.setdefault((side.label, to), side)
        if first is not side and side.sources:
            found[side.label, to] = replace(first, sources=first.sources + side.sources)
    return list(found.values())
