"""A state graph as lines: the main line wrapped, and the ways that leave it below each part."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from tooltrace.tui.rows.columns import cells_of
from tooltrace.tui.rows.lines import Line, Span, fit, tidy
from tooltrace.tui.rows.workflow.state_graph_shape import BY_FORCE, CRITICAL, Graph, SideWay
from tooltrace.tui.rows.workflow.state_labels import StateMarks, state_line

__all__ = ["lay_out"]

MOST_SIDES = 24
MOST_STATES = 400

_ARROW: Span = (" → ", "dim")
_NAMED = 2
_FORCED = "forced"


def lay_out(graph: Graph, marks: StateMarks, width: int) -> list[Line]:
    """The graph in lines of at most ``width`` cells."""
    out: list[Line] = []
    left = list(graph.sides[:MOST_SIDES])
    taken = [side for side in left if _was_taken(side, marks)]
    if not taken and marks.by == "force" and marks.now and marks.now not in graph.main:
        sources = () if marks.before is None else (marks.before,)
        taken = [SideWay(sources, _FORCED, (), marks.now)]
        left += taken
    left += _forced_before(graph, marks)
    elsewhere = marks.not_here() if taken or marks.now in graph.main else marks

    def shown(side: SideWay) -> StateMarks:
        found = marks if side in taken else elsewhere
        # No guard's way is the one that somebody forced, wherever it leads.
        return found if side.label in (_FORCED, BY_FORCE) else replace(found, forced=frozenset())

    for line, columns in _wrapped(graph.main[:MOST_STATES], marks, width):
        out.append(line)
        here = [side for side in left if side.sources and side.sources[0] in columns]
        left = [side for side in left if side not in here]
        hung, listed = _hung(here, columns, shown, width)
        out += [*hung, *(_listed(side, shown(side), width) for side in listed)]
    out += [_listed(side, shown(side), width) for side in left]
    hidden = max(0, len(graph.sides) - MOST_SIDES) + max(0, len(graph.main) - MOST_STATES)
    if hidden > 0:
        out.append(((f"  … {hidden} more", "dim"),))
    return [tidy(line, width)[0] for line in out]


def _forced_before(graph: Graph, marks: StateMarks) -> list[SideWay]:
    """Ways to what was forced, and left again, and is on no line that could say so."""
    told = {marks.now, *graph.main}
    told.update(state for side in graph.sides if side.label == BY_FORCE for state in side.chain)
    return [SideWay((), _FORCED, (), state) for state in sorted(marks.forced) if state not in told]


def _was_taken(side: SideWay, marks: StateMarks) -> bool:
    """Whether this is the way on which one came to where one is."""
    if marks.now is None or marks.now not in _leads_to(side):
        return False
    match marks.by:
        case "force":
            return side.label == BY_FORCE and not side.sources
        case "critical":
            return side.label == CRITICAL and not side.sources
        case "row":
            # In the middle of a chain one comes from the state before, not from its source.
            return marks.before in (*side.sources, *side.chain)


def _hung(
    sides: list[SideWay],
    columns: dict[str, int],
    shown: Callable[[SideWay], StateMarks],
    width: int,
) -> tuple[list[Line], list[SideWay]]:
    """The ways below the states that they leave, those on the right first; and what has no room.

    So nothing but blanks and bars is between a way and its state.
    """
    hung: list[tuple[int, Line]] = []
    listed: list[SideWay] = []
    for side in sides:
        column = columns[side.sources[0]]
        line = _side(fit(side.label, max(8, width // 2)), side, shown(side))
        if len(side.sources) == 1 and column + 2 + cells_of(line) <= width:
            hung.append((column, line))
        else:
            listed.append(side)
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


def _listed(side: SideWay, marks: StateMarks, width: int) -> Line:
    """A way for itself: which states it leaves is said, not drawn."""
    sources = _sources(side, width)
    room = width - 4 - cells_of(((sources, ""), *_side("", side, marks)))
    return (
        ("  ", ""),
        ("· ", "dim"),
        (sources, "text"),
        *_side(fit(side.label, max(8, room)), side, marks),
    )


def _leads_to(side: SideWay) -> tuple[str | None, ...]:
    return (*side.chain, side.joins)


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


def _side(label: str, side: SideWay, marks: StateMarks) -> Line:
    spans: list[Span] = [(label, "text"), _ARROW]
    for state in side.chain:
        spans += [*state_line(state, marks, 40), _ARROW]
    if side.joins is not None:
        back: Line = (("↺ ", "dim"),) if side.back else ()
        spans += [*back, *state_line(side.joins, marks, 40)]
    else:
        spans.pop()
    return tuple(spans)


def _sources(side: SideWay, width: int) -> str:
    names = [fit(name, max(8, width // 4)) for name in side.sources[:_NAMED]]
    more = f" and {len(side.sources) - _NAMED} more" if len(side.sources) > _NAMED else ""
    return f"{', '.join(names)}{more}: " if names else ""
