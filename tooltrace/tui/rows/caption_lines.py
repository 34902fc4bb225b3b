"""The caption of the head in two lines: what happened, and why the next thing follows."""

from __future__ import annotations

from tooltrace.core.caption.caption import Caption, caption_at
from tooltrace.core.caption.words import Kind, Words
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.view import View
from tooltrace.tui.rows.columns import cells_of
from tooltrace.tui.rows.lines import Line, Span, parted, plain, tidy, wrap

__all__ = ["caption_lines", "caption_rows"]

_STYLES: dict[Kind, str] = {"": "text", "name": "strong", "value": "arg"}


def caption_lines(view: View, width: int) -> tuple[Line, Line]:
    """Two lines of at most ``width`` cells.

    Each has a sentence; where one is wider than that, both run on from line to line if they fit.
    """
    return caption_rows(caption_at(view.tree, view.head), width)


def caption_rows(told: Caption, width: int) -> tuple[Line, Line]:
    """The same of a caption that is there already."""
    first, second = _spans(told.happened), _spans(told.then)
    if max(cells_of(first), cells_of(second)) > width:
        begin, rest = _broken((*first, (" ", "text"), *second), width)
        first, second = (begin, rest) if cells_of(rest) <= width else (first, second)
    return tidy(first, width)[0], tidy(second, width)[0]


def _spans(words: Words) -> Line:
    return tuple((parted(one_line(text)), _STYLES[kind]) for text, kind in words)


def _broken(line: Line, width: int) -> tuple[Line, Line]:
    """As much of a line as fits, up to a space, and the rest of it."""
    left = len(wrap(plain(line), width)[0])
    first: list[Span] = []
    rest: list[Span] = []
    for text, style in line:
        first.append((text[:left], style))
        rest.append((text[left:], style))
        left = max(0, left - len(text))
    return _filled(first), _filled(rest)


def _filled(spans: list[Span]) -> Line:
    found = [span for span in spans if span[0]]
    if found:
        found[0] = (found[0][0].lstrip(), found[0][1])
    return tuple(span for span in found if span[0])
