"""A state graph as SVG: the rows and rails that the screen draws, as lines with round corners.

One file that needs nothing else, in the colours of the viewer's dark or light mode. Text from
outside is made visible and escaped; no script, no link, no font is in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from tooltrace.core.graph.machine import Machine
from tooltrace.core.text.sanitize import one_line
from tooltrace.tui.cells import cell_len
from tooltrace.tui.rows.workflow.state_graph_shape import Drawing, DrawnRow, draw
from tooltrace.tui.rows.workflow.state_labels import StateMarks
from tooltrace.tui.theme_colors import DARK, LIGHT, Shades

__all__ = ["in_svg"]

COLUMNS = 110
"""The widest text and rails together; what is longer takes a second row."""

_CELL, _ROW, _PAD, _ROUND = 8.4, 24.0, 16.0, 6.0
_LEVELS = ("todo", "taken", "now")


def in_svg(machine: Machine, marks: StateMarks, title: str) -> Iterator[str]:
    """The document in pieces."""
    drawing = draw(machine, marks, COLUMNS)
    wide = 2 * _PAD + drawing.width * _CELL
    high = 2 * _PAD + len(drawing.rows) * _ROW
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:g}" height="{high:g}" '
        f'viewBox="0 0 {wide:g} {high:g}" role="img">\n'
        f"<title>{_safe(title)}</title>\n<style>{_style()}</style>\n"
        f'<rect class="ground" width="{wide:g}" height="{high:g}"/>\n'
    )
    at = {row.state: number for number, row in enumerate(drawing.rows) if row.kind == "state"}
    edges = [(number, row) for number, row in enumerate(drawing.rows) if row.edge is not None]
    for number, row in sorted(edges, key=lambda each: each[1].level):
        yield from _edge(drawing, number, row, at)
    for number, row in enumerate(drawing.rows):
        yield from _text(number, row)
    yield "</svg>\n"


def _style() -> str:
    dark = "".join(_rules(DARK))
    return (
        "text{font:14px 'Fira Code','DejaVu Sans Mono',Menlo,Consolas,monospace;white-space:pre}"
        "path{fill:none;stroke-width:1.5}path.now{stroke-width:3}"
        "path.forced{stroke-dasharray:5 4}.state-now,.edge-now,.error{font-weight:bold}"
        f"{''.join(_rules(LIGHT))}@media(prefers-color-scheme:dark){{{dark}}}"
    )


def _rules(shades: Shades) -> Iterator[str]:
    yield f".ground{{fill:{shades.pane}}}text{{fill:{shades.text}}}.dim{{fill:{shades.dim}}}"
    yield f".state-done,.ok{{fill:{shades.green}}}.error,.break{{fill:{shades.red}}}"
    yield f".arg{{fill:{shades.cyan}}}.edge-now{{fill:{shades.yellow}}}"
    yield f".state-now{{fill:{shades.pane}}}.mark{{fill:{shades.yellow}}}"
    yield f".todo{{stroke:{shades.line}}}.taken{{stroke:{shades.green}}}"
    yield f".now{{stroke:{shades.yellow}}}.head{{stroke:none}}.head.todo{{fill:{shades.line}}}"
    yield f".head.taken{{fill:{shades.green}}}.head.now{{fill:{shades.yellow}}}"


def _x(column: float) -> float:
    return _PAD + column * _CELL


def _y(row: float) -> float:
    return _PAD + (row + 0.5) * _ROW


def _edge(drawing: Drawing, number: int, row: DrawnRow, at: dict[str, int]) -> Iterator[str]:
    """An edge from its state down, past its label, along its rail, and the head of its arrow."""
    edge = row.edge
    if edge is None:
        return
    look = f"{_LEVELS[max(0, row.level)]}{' forced' if edge.kind == 'forced' else ''}"
    left, y, begin = _x(0.5), _y(number), _y(at[edge.source]) + _ROW / 2 - 3
    told = f"{edge.source} → {edge.target}: {edge.label}"
    if row.spine[1] < 0:  # Straight on to the next state.
        end = _y(at[edge.target]) - 9
        path, head = f"M{left:g} {begin:g}V{end - 4:g}", _head(left, end, 0, 1)
    else:
        stub = f"M{left:g} {begin:g}V{y - _ROUND:g}q0 {_ROUND:g} {_ROUND:g} {_ROUND:g}"
        path, head = f"{stub}H{_x(row.at) - 4:g}", ""
        if row.rail is not None:
            rail = drawing.rails.arrows[at[edge.target]]
            x, to = _x(drawing.column(rail.column) + 0.5), _y(rail.to)
            way = 1 if to > y else -1
            end = _x(drawing.rows[rail.to].end) + 8
            turn, back = way * _ROUND, x - _ROUND
            path += (
                f"M{_x(row.end) + 8:g} {y:g}H{back:g}q{_ROUND:g} 0 {_ROUND:g} {turn:g}"
                f"V{to - turn:g}q0 {turn:g} {-_ROUND:g} {turn:g}H{end + 4:g}"
            )
            head = _head(end, to, -1, 0)
    yield f'<g><title>{_safe(told)}</title><path class="{look}" d="{path}"/>'
    yield (
        f'<path class="head {_LEVELS[max(0, row.level)]}" d="{head}"/></g>\n' if head else "</g>\n"
    )


def _head(x: float, y: float, across: int, down: int) -> str:
    """A small triangle whose point is at a place, pointing left or down."""
    if down:
        return f"M{x:g} {y:g}l-4 -7h8z"
    return f"M{x:g} {y:g}l7 -4v8z"


def _text(number: int, row: DrawnRow) -> Iterator[str]:
    column = row.at
    for text, style in row.text:
        # Not every viewer keeps spaces at the beginning.
        column += len(text) - len(text.lstrip(" "))
        text = text.lstrip(" ")
        cells = cell_len(text)
        x, y, long = _x(column), _y(number), cells * _CELL
        if style == "state.now":
            mark = f'x="{x - 3:g}" y="{y - 10:g}" width="{long + 6:g}" height="20" rx="3"'
            yield f'<rect class="mark" {mark}/>\n'
        look = style.replace(".", "-") or "text"
        if text.strip():
            yield (
                f'<text class="{look}" x="{x:g}" y="{y + 5:g}" textLength="{long:g}" '
                f'lengthAdjust="spacingAndGlyphs" xml:space="preserve">{_safe(text)}</text>\n'
            )
        column += cells


def _safe(text: str) -> str:
    return escape(one_line(text))
