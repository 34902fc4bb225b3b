"""Frames as one SVG that moves by itself: CSS alone, so that it also does inside an ``<img>``.

Each distinct row is in it once, and frames name the rows that they show. The frames stand side by
side on a strip that is moved by one frame at a time. Text from outside is made visible and escaped;
no script, no link, no font is in it. Where nothing may move, the last frame is seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from tooltrace.core.text.sanitize import one_line
from tooltrace.formats.frames.frame import Drawn, DrawnBranch, DrawnText, Look, merged

__all__ = ["svg_pieces"]

_CELL, _ROW, _PAD = 8.4, 17.0, 12.0
_FONT = "14px 'Fira Code','DejaVu Sans Mono',Menlo,Consolas,monospace"


def svg_pieces(drawing: DrawnBranch) -> Iterator[str]:
    """The document in pieces."""
    wide = drawing.columns * _CELL + 2 * _PAD
    high = drawing.rows * _ROW + 2 * _PAD
    looks = _Looks(drawing.look)
    rows: dict[Drawn, int] = {}
    frames = [[rows.setdefault(row, len(rows)) for row in frame.rows] for frame in drawing.frames]
    drawn = [f'<g id="r{number}">{_row(row, looks)}</g>\n' for row, number in rows.items()]
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:g}" height="{high:g}" '
        f'viewBox="0 0 {wide:g} {high:g}" role="img">\n<title>{_safe(drawing.title)}</title>\n'
        f"<desc>{_safe(' '.join(frame.told for frame in drawing.frames))}</desc>\n"
        f"<style>{_rules(drawing, wide)}{looks.rules()}</style>\n"
        f'<rect class="ground" width="{wide:g}" height="{high:g}" rx="8"/>\n<defs>\n'
    )
    yield from drawn
    yield f'</defs>\n<svg x="0" y="0" width="{wide:g}" height="{high:g}"><g class="strip">\n'
    for number, shown in enumerate(frames):
        yield f'<g transform="translate({number * wide + _PAD:g} {_PAD:g})">'
        for at, row in enumerate(shown):
            if drawing.frames[number].rows[at]:
                yield f'<use href="#r{row}" y="{at * _ROW:g}"/>'
        yield "</g>\n"
    yield "</g></svg>\n</svg>\n"


def _rules(drawing: DrawnBranch, wide: float) -> str:
    count = max(1, len(drawing.frames))
    steps = "".join(
        f"{100 * number / count:.4g}%{{transform:translateX({-number * wide:g}px)}}"
        for number in range(count)
    )
    last = -(count - 1) * wide
    return (
        f"text{{font:{_FONT};white-space:pre;fill:{drawing.look.color}}}"
        f".ground{{fill:{drawing.look.ground}}}"
        f"@keyframes frames{{{steps}100%{{transform:translateX({last:g}px)}}}}"
        f".strip{{animation:frames {count * drawing.pace:g}s step-end infinite}}"
        "@media(prefers-reduced-motion:reduce)"
        f"{{.strip{{animation:none;transform:translateX({last:g}px)}}}}"
    )


class _Looks:
    """The looks of the text so far, each a class with a short name."""

    def __init__(self, plain: Look) -> None:
        self._plain = plain
        self._names: dict[Look, str] = {}

    def name(self, look: Look) -> str:
        """The attribute that gives a text this look."""
        if look == self._plain:
            return ""
        return f' class="{self._names.setdefault(look, f"k{len(self._names)}")}"'

    def ground(self, look: Look) -> str | None:
        """The colour behind a text, where it is not that of the whole."""
        return None if look.ground == self._plain.ground else look.ground

    def rules(self) -> str:
        """One rule for each."""
        return "".join(f".{name}{{{_rule(look)}}}" for look, name in self._names.items())


def _rule(look: Look) -> str:
    parts = [f"fill:{look.color}"]
    parts += ["font-weight:bold"] if look.bold else []
    parts += ["font-style:italic"] if look.italic else []
    parts += ["text-decoration:line-through"] if look.strike else []
    return ";".join(parts)


def _row(row: Drawn, looks: _Looks) -> str:
    return "".join(_text(piece, looks) for piece in merged(row))


def _text(piece: DrawnText, looks: _Looks) -> str:
    found, text = "", one_line(piece.text)
    ground = looks.ground(piece.look)
    if ground is not None:
        place = f'x="{piece.column * _CELL:g}" width="{piece.cells * _CELL:g}"'
        found = f'<rect {place} height="{_ROW:g}" fill="{ground}"/>'
    # Not every viewer keeps spaces at the beginning.
    begin = len(text) - len(text.lstrip(" "))
    shown = text.strip(" ")
    if not shown:
        return found
    cells = piece.cells - begin - (len(text) - begin - len(shown))
    x, long = (piece.column + begin) * _CELL, cells * _CELL
    return (
        f'{found}<text{looks.name(piece.look)} x="{x:g}" y="13" textLength="{long:g}" '
        f'lengthAdjust="spacingAndGlyphs">{_safe(shown)}</text>'
    )


def _safe(text: str) -> str:
    return escape(one_line(text))
