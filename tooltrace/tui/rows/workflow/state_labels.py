"""What is to be said of a machine at one moment, and how a state is written."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from msgspec import Struct

from tooltrace.core.graph.edges_taken import Taken
from tooltrace.core.graph.guards_now import GuardNow, guards_now
from tooltrace.core.graph.machine import Edge, EdgeKey, Machine
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.model.workflow import StateSpec
from tooltrace.tui.cells import cell_len
from tooltrace.tui.rows.columns import cells_of
from tooltrace.tui.rows.labels import BREAK, DONE
from tooltrace.tui.rows.lines import Line, Span, fit, tidy

__all__ = [
    "JUST_NOW",
    "NOT_TAKEN",
    "STATE_SIGNS",
    "TAKEN",
    "StateMarks",
    "cells_wanted",
    "edge_style",
    "end_words",
    "level_of",
    "marks_at",
    "state_line",
]

NOT_TAKEN, TAKEN, JUST_NOW = 0, 1, 2
"""How strong an edge is drawn."""

_END, FAILURE = " (end)", " (failure)"
STATE_SIGNS = {"": ("○", DONE, "●"), _END: ("□", "■", "■"), FAILURE: ("◇", "◆", "◆")}
_EDGE_STYLES = ("dim", "state.done", "edge.now")


@lru_cache(maxsize=4096)
def cells_wanted(text: str) -> int:
    """How many cells a name or a label takes if it is not cut; of very long ones as many as 200."""
    return cell_len(fit(text, 200))


class StateMarks(Struct, frozen=True):
    """What is to be said about states and edges at one moment.

    ``before`` is the state one came from, ``just`` the edge that the last step took. ``guards``
    are those of the current state, ``returned`` the tools whose results it has. ``never`` says
    so of what was not taken, where many sessions are counted.
    """

    now: str | None = None
    before: str | None = None
    visits: Mapping[str, int] = MappingProxyType({})
    edges: Mapping[EdgeKey, int] = MappingProxyType({})
    just: EdgeKey | None = None
    watched: frozenset[str] = frozenset()
    guards: Mapping[EdgeKey, GuardNow] = MappingProxyType({})
    returned: frozenset[str] = frozenset()
    never: bool = False


def marks_at(
    s: Snapshot,
    taken: Taken,
    machine: Machine,
    watched: frozenset[str] = frozenset(),
    began: int | None = None,
) -> StateMarks:
    """What is to be said at a snapshot, given what its path took.

    ``began`` is the record where the last step began; without it, it made the last record alone.
    """
    last, after = taken.last, s.at - 1 if began is None else began
    just = last[0] if last is not None and last[1] > after else None
    return StateMarks(
        now=s.state,
        before=s.visits[-2].state if len(s.visits) > 1 else None,
        visits=taken.visits,
        edges=taken.edges,
        just=just,
        watched=watched,
        guards=guards_now(s, machine),
        returned=frozenset(s.here),
    )


def level_of(edge: Edge, marks: StateMarks) -> int:
    """How strong an edge is drawn: ``NOT_TAKEN``, ``TAKEN`` or ``JUST_NOW``."""
    key = edge.key
    if key == marks.just:
        return JUST_NOW
    return TAKEN if marks.edges.get(key) else NOT_TAKEN


def edge_style(level: int) -> str:
    """The style of the strokes of an edge."""
    return _EDGE_STYLES[level]


def state_line(state: StateSpec, marks: StateMarks, most: int, folded: int = 0) -> Line:
    """A state in at most ``most`` cells, of which ``folded`` edges are not drawn.

    ``○`` was not entered, ``✓`` was, ``●`` is the current one; ``□`` and ``■`` are ends, ``◇`` and
    ``◆`` failures.
    """
    name = state.name
    times = marks.visits.get(name, 0)
    counted = marks.never or times > 1
    watched = name in marks.watched
    return _state_named(
        name, end_words(state), name == marks.now, times, counted, watched, folded, most
    )


@lru_cache(maxsize=4096)
def _state_named(
    name: str, end: str, now: bool, times: int, counted: bool, watched: bool, folded: int, most: int
) -> Line:
    todo, done, here = STATE_SIGNS[end]
    sign, style = todo, "dim"
    if now:
        sign, style = here, "state.now"
    elif times:
        sign, style = done, "error" if end == FAILURE else "state.done"
    tail: list[Span] = []
    if counted:
        tail.append((f" ×{times}", "text" if now else style) if times else (" · never", "dim"))
    if end:
        tail.append((end, "dim"))
    if watched:
        tail.append((f" {BREAK}", "break"))
    if folded:
        tail.append((f" · {folded} edge{'' if folded == 1 else 's'}", "dim"))
    room = max(1, most - cells_of(tuple(tail)) - 2)
    return tidy(((f"{sign} {fit(name, room)}", style), *tail), most)[0]


def end_words(state: StateSpec) -> str:
    """What stands behind the name of a state in which the run ends, or may end badly."""
    return FAILURE if state.failure else _END if state.terminal else ""
