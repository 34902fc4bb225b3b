"""Spans over several lines, broken as plain text is."""

from __future__ import annotations

from tooltrace.tui.rows.lines import Line, Span, wrap

__all__ = ["between", "wrap_spans"]


def wrap_spans(spans: Line, width: int) -> list[Line]:
    """The spans as lines of at most ``width`` cells; newlines stay. As ``wrap`` for a text."""
    text = "".join([part for part, _ in spans])
    pieces = wrap(text, width)
    if len(spans) == 1:
        return [((piece, spans[0][1]),) for piece in pieces]
    found: list[Line] = []
    at = 0
    for piece in pieces:
        begin = text.find(piece, at)
        if begin < 0:  # What was safe piece by piece is not as a whole: it is shown without looks.
            found.append(((piece, "text"),))
            continue
        at = begin + len(piece)
        found.append(between(spans, begin, at))
    return found


def between(spans: Line, begin: int, end: int) -> Line:
    """The spans of some characters: from one, up to but without another."""
    found: list[Span] = []
    at = 0
    for text, style in spans:
        low, high = max(begin, at), min(end, at + len(text))
        if low < high:
            found.append((text[low - at : high - at], style))
        at += len(text)
        if at >= end:
            break
    return tuple(found)
