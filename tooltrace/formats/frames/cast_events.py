"""Frames as a recording of a terminal, asciicast v2: JSON, a line for each event.

A frame sends the rows that differ from the frame before, each from its beginning, so that a player
may begin anywhere a whole frame is known. A marker ends each frame: a player that pauses at markers
holds a frame until a key is pressed, and shows the next one at once. No clock is asked, and no
environment is in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from tooltrace.core.text.sanitize import one_line
from tooltrace.formats.frames.frame import Drawn, DrawnBranch, Frame, Look

__all__ = ["cast_lines"]

_BEFORE = 0.001
"""Seconds from a marker to the next frame: a player that stops there has not drawn it yet."""

_BEGIN, _END = "\x1b[?25l\x1b[0m\x1b[2J", "\x1b[0m"


def cast_lines(drawing: DrawnBranch) -> Iterator[str]:
    """The header, then for each frame what changes and its marker."""
    look = drawing.look
    yield _line(
        {
            "version": 2,
            "width": drawing.columns,
            "height": drawing.rows,
            "title": one_line(drawing.title),
            "theme": {"fg": look.color, "bg": look.ground, "palette": _palette(look)},
        }
    )
    before: Frame | None = None
    for number, frame in enumerate(drawing.frames):
        begin = number * drawing.pace
        yield _line([round(begin, 3), "o", "".join(_changes(drawing, before, frame))])
        yield _line([round(begin + drawing.pace - _BEFORE, 3), "m", one_line(frame.told)])
        before = frame
    # Without an event at the end a player would not show the last frame as long as the others.
    yield _line([round(len(drawing.frames) * drawing.pace, 3), "o", _END])


def _line(event: object) -> str:
    return json.dumps(event, ensure_ascii=False) + "\n"


def _palette(look: Look) -> str:
    """The sixteen colours of a player: none is used, and the format wants them all."""
    return ":".join([look.ground, *[look.color] * 7] * 2)


def _changes(drawing: DrawnBranch, before: Frame | None, frame: Frame) -> Iterator[str]:
    if before is None:
        yield _BEGIN
    for number in range(drawing.rows):
        row = _row(frame, number)
        if before is None or row != _row(before, number):
            yield from _drawn(drawing, number, row)
    yield _END


def _row(frame: Frame, number: int) -> Drawn:
    return frame.rows[number] if number < len(frame.rows) else ()


def _drawn(drawing: DrawnBranch, number: int, row: Drawn) -> Iterator[str]:
    """A row: its ground, then each piece where it belongs, however wide what is before it is."""
    look, at = drawing.look, 0
    yield f"\x1b[{number + 1};1H{_style(look)}{' ' * drawing.columns}\x1b[{number + 1};1H"
    for piece in row:
        if piece.column != at:
            yield f"\x1b[{number + 1};{piece.column + 1}H"
        if piece.look != look:
            yield _style(piece.look)
            look = piece.look
        text = one_line(piece.text)
        yield text
        # How wide a terminal draws what is not ASCII, it alone knows.
        at = piece.column + piece.cells if text.isascii() else -1


def _style(look: Look) -> str:
    flags = [("1", look.bold), ("3", look.italic), ("9", look.strike)]
    on = [code for code, given in flags if given]
    return f"\x1b[{';'.join(['0', *on, _color(38, look.color), _color(48, look.ground)])}m"


def _color(kind: int, color: str) -> str:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"{kind};2;{red};{green};{blue}"
