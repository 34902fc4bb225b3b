"""A state graph in cells: the rows of its shape with their lines, drawn when they are asked for.

Where a line passes a rail that it does not join, the rail is drawn on and the line is not. The edge
that was taken last is drawn heavy, one that was forced in dashes, so that neither needs a colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import overload

from tooltrace.core.graph.machine import Machine
from tooltrace.tui.rows.lines import Line, Span, tidy
from tooltrace.tui.rows.workflow.state_graph_rails import Rail
from tooltrace.tui.rows.workflow.state_graph_shape import Drawing, Plans, draw
from tooltrace.tui.rows.workflow.state_labels import JUST_NOW, StateMarks, edge_style

__all__ = ["GraphLines", "lay_out"]

ARROW = "←"

# Up, left or right, down: blank, light or heavy.
_SPINE = {
    (1, 0, 1): "│", (2, 0, 2): "┃", (1, 0, 2): "╽", (2, 0, 1): "╿",
    (1, 1, 1): "├", (2, 1, 1): "┞", (1, 1, 2): "┟", (2, 1, 2): "┠",
    (1, 2, 1): "┝", (2, 2, 1): "┡", (1, 2, 2): "┢", (2, 2, 2): "┣",
    (1, 1, 0): "╰", (2, 1, 0): "┖", (1, 2, 0): "┕", (2, 2, 0): "┗",
    (1, 0, 0): "╵", (2, 0, 0): "╹",
}  # fmt: skip
_RAIL = {
    (1, 0, 1): "│", (2, 0, 2): "┃", (1, 0, 2): "╽", (2, 0, 1): "╿",
    (1, 1, 1): "┤", (2, 1, 1): "┦", (1, 1, 2): "┧", (2, 1, 2): "┨",
    (1, 2, 1): "┥", (2, 2, 1): "┩", (1, 2, 2): "┪", (2, 2, 2): "┫",
    (1, 1, 0): "╯", (2, 1, 0): "┚", (1, 2, 0): "┙", (2, 2, 0): "┛",
    (0, 1, 1): "╮", (0, 2, 1): "┑", (0, 1, 2): "┒", (0, 2, 2): "┓",
}  # fmt: skip


def lay_out(
    machine: Machine,
    marks: StateMarks,
    width: int,
    rows: int | None = None,
    plans: Plans | None = None,
) -> GraphLines:
    """The graph in lines of at most ``width`` cells; far edges are folded to fit ``rows``."""
    return GraphLines(draw(machine, marks, width, rows, plans), width)


class GraphLines(Sequence[Line]):
    """The lines of a drawing, each made when it is looked at."""

    def __init__(self, drawing: Drawing, width: int) -> None:
        self.drawing = drawing
        self._width = width
        # Names and labels are safe and fit already, unless there is hardly any room.
        self._narrow = drawing.width > width

    def __len__(self) -> int:
        return len(self.drawing.rows)

    @overload
    def __getitem__(self, index: int) -> Line: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Line]: ...

    def __getitem__(self, index: int | slice) -> Line | Sequence[Line]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        line = _line(self.drawing, range(len(self))[index])
        return tidy(line, self._width)[0] if self._narrow else line


def _line(drawing: Drawing, number: int) -> Line:
    row = drawing.rows[number]
    forced = row.edge is not None and row.edge.kind == "forced"
    spans: list[Span] = [*_left(row.spine, row.at, forced), *row.text]
    end, level, used = row.rail, row.level, row.end
    arrow = drawing.rails.arrows.get(number)
    if arrow is not None:
        end, level = arrow.column, max(arrow.levels)
    for column, rail in enumerate(drawing.rails.at(number)):
        until = drawing.column(column)
        meets = end is not None and column <= end
        if rail is None and not meets:
            continue
        if until > used:
            if not meets:
                spans.append((" " * (until - used), ""))
            elif used > row.end:
                spans.append(_stroke(until - used, level, forced))
            else:
                spans += _begun(row.kind == "state", until - used, level, forced)
        if rail is None:
            spans.append(_stroke(1, level, forced))
        else:
            spans.append(_rail(rail, number, level if column == end else -1))
        used = until + 1
    return tuple(spans)


@lru_cache(maxsize=256)
def _left(spine: tuple[int, int, int], at: int, forced: bool) -> Line:
    """The line from a state down to its edges, and the beginning of one of them."""
    up, right, down = spine
    if up < 0:
        return ((" " * at, ""),) if at else ()
    glyph = _SPINE[_weight(up), _weight(right), _weight(down)]
    joint = (glyph, edge_style(max(up, right, down)))
    if right < 0:
        return (joint, (" " * (at - 1), ""))
    return (joint, _stroke(at - 2, right, forced), (" ", ""))


def _begun(is_state: bool, room: int, level: int, forced: bool) -> Line:
    """The line at the end of a text: from an edge, or with an arrow to a state."""
    if is_state and room > 1:
        return (" ", ""), (ARROW, edge_style(level)), _stroke(room - 2, level, forced)
    return (" ", ""), _stroke(room - 1, level, forced)


def _stroke(cells: int, level: int, forced: bool) -> Span:
    heavy = level == JUST_NOW
    glyph = ("╍" if heavy else "╌") if forced else ("━" if heavy else "─")
    return (glyph * cells, edge_style(max(0, level)))


def _rail(rail: Rail, number: int, left: int) -> Span:
    up, down = rail.levels_at(number)
    glyph = _RAIL[_weight(up), _weight(left), _weight(down)]
    return (glyph, edge_style(max(up, down, left)))


def _weight(level: int) -> int:
    """0 for nothing, 1 for a light line, 2 for a heavy one."""
    return 0 if level < 0 else 2 if level == JUST_NOW else 1
