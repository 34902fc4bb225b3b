"""How an edge is written: when it is taken, what its guard says now, how often it was taken."""

from __future__ import annotations

from functools import lru_cache

from tooltrace.core.graph.guards_now import GuardNow
from tooltrace.core.graph.machine import Edge
from tooltrace.tui.cells import cell_len
from tooltrace.tui.rows.labels import DONE
from tooltrace.tui.rows.lines import Line, fit, tidy, wrap
from tooltrace.tui.rows.values import brief
from tooltrace.tui.rows.workflow.state_labels import NOT_TAKEN, StateMarks, edge_style, level_of

__all__ = ["edge_lines"]

_VALUE, _VALUES = 16, 48


def edge_lines(edge: Edge, marks: StateMarks, room: int, names_target: bool) -> tuple[Line, ...]:
    """An edge in lines of at most ``room`` cells: one where it fits, else two or three."""
    level = level_of(edge, marks)
    style = "text" if level == NOT_TAKEN and edge.source == marks.now else edge_style(level)
    guard = marks.guards.get(edge.key)
    said = () if guard is None else _said(edge, guard)
    times = marks.edges.get(edge.key, 0)
    count = f" ×{times}" if times else " · never" if marks.never else ""
    return _lines(edge.label, style, edge.target if names_target else None, said, count, room)


@lru_cache(maxsize=4096)
def _lines(
    label: str, style: str, target: str | None, said: Line, count: str, room: int
) -> tuple[Line, ...]:
    to = () if target is None else ((f" → {fit(target, max(1, room - 6))}", style),)
    tail, used = tidy((*to, *said), max(0, room - cell_len(count)))
    if count:
        tail, used = tidy((*tail, (count, "dim" if count == " · never" else style)), room)
    label = fit(label, 2 * room)
    if cell_len(label) + used <= room:
        return (((label, style), *tail),)
    first, *rest = _parted(label, room)
    lines: list[Line] = [((first, style),)]
    if rest:
        last = fit(" ".join(rest), room)
        if cell_len(last) + used <= room:
            return (*lines, ((last, style), *tail))
        lines.append(((last, style),))
    return (*lines, _begun(tail)) if tail else tuple(lines)


def _begun(tail: Line) -> Line:
    (text, style), *rest = tail
    return ((text.lstrip(" :"), style), *rest)


def _parted(label: str, room: int) -> list[str]:
    """A label in lines: the guard of a failure below the failure, where both have room."""
    tool, comma, guard = label.partition(" fails, ")
    fails = f"{tool} fails,"
    if comma and max(cell_len(fails), cell_len(guard)) <= room:
        return [fails, guard]
    return wrap(label, room)


def _said(edge: Edge, guard: GuardNow) -> Line:
    """``= true ✓`` where the guard is what it reads, else ``✓ total = 5``, ``: no, total = 5``."""
    verdict: Line = ()
    if guard.holds is not None:
        verdict = ((f" {DONE}", "ok") if guard.holds else (": no", "dim"),)
    if edge.when is not None and [path for path, _ in guard.values] == [edge.when.strip()]:
        if not guard.holds:
            verdict = verdict and ((" no", "dim"),)
        return ((f" = {fit(brief(guard.values[0][1], _VALUE), _VALUE)}", "arg"), *verdict)
    values = ", ".join(
        f"{path.removeprefix('result.')} = {brief(value, _VALUE)}" for path, value in guard.values
    )
    comma: Line = ((",", "dim"),) if values and guard.holds is False else ()
    return (*verdict, *comma, (f" {fit(values, _VALUES)}", "arg")) if values else verdict
