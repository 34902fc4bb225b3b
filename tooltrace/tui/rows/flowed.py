"""A styled line as several, where it is wider than its room: parted at spaces, cut at the end."""

from __future__ import annotations

import re

from tooltrace.tui.cells import cell_len, cut
from tooltrace.tui.rows.lines import Line, Span, tidy

__all__ = ["flowed"]

_PIECE = re.compile(r"\S+ *| +")


def flowed(line: Line, room: int, most: int) -> list[Line]:
    """The line in at most so many of at most ``room`` cells; what is over ends the last in dots."""
    room = max(2, room)
    safe, _ = tidy(line, room * most + 1)
    lines: list[list[Span]] = [[]]
    used = 0
    for word in _words(safe):
        wide = cell_len("".join(text for text, _ in word).rstrip(" "))
        if used and used + wide > room and len(lines) < most:
            lines.append([])
            used = 0
        for text, style in word:
            rest = text
            while len(lines) < most and used + cell_len(rest.rstrip(" ")) > room:
                head = cut(rest, room - used)
                lines[-1].append((head, style))
                lines.append([])
                rest, used = rest[len(head) :], 0
            lines[-1].append((rest, style))
            used += cell_len(rest)
    return [tidy(_ended(each), room)[0] for each in lines]


def _ended(line: list[Span]) -> Line:
    """Without the space at its end, for which there need not be room."""
    if not line:
        return ()
    text, style = line[-1]
    return (*line[:-1], (text.rstrip(" "), style))


def _words(line: Line) -> list[list[Span]]:
    """What must not be parted: up to the next space, in however many styles."""
    words: list[list[Span]] = [[]]
    for text, style in line:
        for piece in _PIECE.findall(text):
            words[-1].append((piece, style))
            if piece.endswith(" "):
                words.append([])
    return words
