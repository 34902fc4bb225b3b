"""A state graph as lines: the main line wrapped, and the ways that leave it below each part."""

from __future__ import annotations

from tooltrace.tui.lines import Line, Span, fit, tidy
from tooltrace.tui.view.columns import cells_of
from tooltrace.tui.view.graph import Graph, Way
from tooltrace.tui.view.states import Marks, state_line

__all__ = ["lay_out"]

MOST_WAYS = 24
MOST_STATES = 400

_ARROW: Span = (" → ", "dim")
_NAMED = 2


def lay_out(graph: Graph, marks: Marks, width: int) -> list[Line]:
    """The graph in lines of at most ``width`` cells."""
    out: list[Line] = []
    left = list(graph.ways[:MOST_WAYS])
    taken = [way for way in left if marks.before in way.sources and marks.now in _leads_to(way)]
    elsewhere = marks.not_here() if taken or marks.now in graph.main else marks
    for line, columns in _wrapped(graph.main[:MOST_STATES], marks, width):
        out.append(line)
        here = [way for way in left if way.sources and way.sources[0] in columns]
        for way in here:
            left.remove(way)
            shown = marks if way in taken else elsewhere
            out.append(_way(way, columns[way.sources[0]], shown, width))
    out += [_way(way, 2, marks if way in taken else elsewhere, width, named=True) for way in left]
    hidden = max(0, len(graph.ways) - MOST_WAYS) + max(0, len(graph.main) - MOST_STATES)
    if hidden > 0:
        out.append(((f"  … {hidden} more", "dim"),))
    return [tidy(line, width)[0] for line in out]


def _leads_to(way: Way) -> tuple[str | None, ...]:
    return (*way.chain, way.joins)


def _wrapped(
    states: tuple[str, ...], marks: Marks, width: int
) -> list[tuple[Line, dict[str, int]]]:
    """Lines of states, and in which column each state of a line begins."""
    rows: list[tuple[Line, dict[str, int]]] = []
    line: list[Span] = []
    columns: dict[str, int] = {}
    used = 0
    for state in states:
        spans = state_line(state, marks, max(4, width - 2))
        lead: Line = (_ARROW,) if line else ()
        if line and used + cells_of((*lead, *spans)) > width:
            rows.append((tuple(line), columns))
            line, columns, used = [], {}, 0
            lead = (("→ ", "dim"),)
        used += cells_of(lead)
        columns[state] = used
        line += [*lead, *spans]
        used += cells_of(spans)
    if line:
        rows.append((tuple(line), columns))
    return rows


def _way(way: Way, column: int, marks: Marks, width: int, named: bool = False) -> Line:
    label = fit(way.label, max(8, width // 2))
    if named or len(way.sources) > 1:
        label = f"{_sources(way, width)}{label}"
    spans: list[Span] = [("└ ", "dim"), (label, "text"), _ARROW]
    for state in way.chain:
        spans += [*state_line(state, marks, 40), _ARROW]
    if way.joins is not None:
        back: Line = (("↺ ", "dim"),) if way.back else ()
        spans += [*back, *state_line(way.joins, marks, 40)]
    else:
        spans.pop()
    indent = max(0, min(column, width - cells_of(tuple(spans))))
    return ((" " * indent, ""), *spans)


def _sources(way: Way, width: int) -> str:
    names = [fit(name, max(8, width // 4)) for name in way.sources[:_NAMED]]
    more = f" and {len(way.sources) - _NAMED} more" if len(way.sources) > _NAMED else ""
    return f"{', '.join(names)}{more}: " if names else ""
