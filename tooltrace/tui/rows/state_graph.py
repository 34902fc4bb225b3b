"""A state graph as lines: the main line wrapped, and the ways that leave it below each part."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from tooltrace.tui.rows.columns import cells_of
from tooltrace.tui.rows.lines import Line, Span, fit, tidy
from tooltrace.tui.rows.state_graph_shape import BY_FORCE, CRITICAL, Graph, SideWay
from tooltrace.tui.rows.state_labels import StateMarks, state_line

__all__ = ["lay_out"]

MOST_WAYS = 24
MOST_STATES = 400

_ARROW: Span = (" → ", "dim")
_NAMED = 2
_FORCED = "forced"


def lay_out(graph: Graph, marks: StateMarks, width: int) -> list[Line]:
    """The graph in lines of at most ``width`` cells."""
    out: list[Line] = []
    left = list(graph.ways[:MOST_WAYS])
    taken = [way for way in left if _was_taken(way, marks)]
    if not taken and marks.by == "force" and marks.now and marks.now not in graph.main:
        sources = () if marks.before is None else (marks.before,)
        taken = [SideWay(sources, _FORCED, (), marks.now)]
        left += taken
    left += _forced_before(graph, marks)
    elsewhere = marks.not_here() if taken or marks.now in graph.main else marks

    def shown(way: SideWay) -> StateMarks:
        found = marks if way in taken else elsewhere
        # No guard's way is the one that somebody forced, wherever it leads.
        return found if way.label in (_FORCED, BY_FORCE) else replace(found, forced=frozenset())

    for line, columns in _wrapped(graph.main[:MOST_STATES], marks, width):
        out.append(line)
        here = [way for way in left if way.sources and way.sources[0] in columns]
        left = [way for way in left if way not in here]
        hung, listed = _hung(here, columns, shown, width)
        out += [*hung, *(_listed(way, shown(way), width) for way in listed)]
    out += [_listed(way, shown(way), width) for way in left]
    hidden = max(0, len(graph.ways) - MOST_WAYS) + max(0, len(graph.main) - MOST_STATES)
    if hidden > 0:
        out.append(((f"  … {hidden} more", "dim"),))
    return [tidy(line, width)[0] for line in out]


def _forced_before(graph: Graph, marks: StateMarks) -> list[SideWay]:
    """Ways to what was forced, and left again, and is on no line that could say so."""
    told = {marks.now, *graph.main}
    told.update(state for way in graph.ways if way.label == BY_FORCE for state in way.chain)
    return [SideWay((), _FORCED, (), state) for state in sorted(marks.forced) if state not in told]


def _was_taken(way: SideWay, marks: StateMarks) -> bool:
    """Whether this is the way on which one came to where one is."""
    if marks.now is None or marks.now not in _leads_to(way):
        return False
    match marks.by:
        case "force":
            return way.label == BY_FORCE and not way.sources
        case "critical":
            return way.label == CRITICAL and not way.sources
        case "row":
            # In the middle of a chain one comes from the state before, not from its source.
            return marks.before in (*way.sources, *way.chain)


def _hung(
    ways: list[SideWay], columns: dict[str, int], shown: Callable[[SideWay], StateMarks], width: int
) -> tuple[list[Line], list[SideWay]]:
    """The ways below the states that they leave, those on the right first; and what has no room.

    So nothing but blanks and bars is between a way and its state.
    """
    hung: list[tuple[int, Line]] = []
    listed: list[SideWay] = []
    for way in ways:
        column = columns[way.sources[0]]
        line = _way(fit(way.label, max(8, width // 2)), way, shown(way))
        if len(way.sources) == 1 and column + 2 + cells_of(line) <= width:
            hung.append((column, line))
        else:
            listed.append(way)
    hung.sort(key=lambda found: -found[0])
    rest = [column for column, _ in hung]
    lines: list[Line] = []
    for column, line in hung:
        rest.pop(0)
        sign: Span = ("├ " if column in rest else "└ ", "dim")
        lines.append((*_bars(sorted({at for at in rest if at < column}), column), sign, *line))
    return lines, listed


def _bars(columns: list[int], width: int) -> Line:
    """A bar in each of the columns, and blanks up to a width."""
    spans: list[Span] = []
    used = 0
    for column in columns:
        spans += [(" " * (column - used), ""), ("│", "dim")]
        used = column + 1
    return (*spans, (" " * (width - used), ""))


def _listed(way: SideWay, marks: StateMarks, width: int) -> Line:
    """A way for itself: which states it leaves is said, not drawn."""
    sources = _sources(way, width)
    room = width - 4 - cells_of(((sources, ""), *_way("", way, marks)))
    return (
        ("  ", ""),
        ("· ", "dim"),
        (sources, "text"),
        *_way(fit(way.label, max(8, room)), way, marks),
    )


def _leads_to(way: SideWay) -> tuple[str | None, ...]:
    return (*way.chain, way.joins)


def _wrapped(
    states: tuple[str, ...], marks: StateMarks, width: int
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


def _way(label: str, way: SideWay, marks: StateMarks) -> Line:
    spans: list[Span] = [(label, "text"), _ARROW]
    for state in way.chain:
        spans += [*state_line(state, marks, 40), _ARROW]
    if way.joins is not None:
        back: Line = (("↺ ", "dim"),) if way.back else ()
        spans += [*back, *state_line(way.joins, marks, 40)]
    else:
        spans.pop()
    return tuple(spans)


def _sources(way: SideWay, width: int) -> str:
    names = [fit(name, max(8, width // 4)) for name in way.sources[:_NAMED]]
    more = f" and {len(way.sources) - _NAMED} more" if len(way.sources) > _NAMED else ""
    return f"{', '.join(names)}{more}: " if names else ""
