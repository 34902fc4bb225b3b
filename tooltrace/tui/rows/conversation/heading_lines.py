"""Headings: on one line with the number of their record, over several, or as a rule. Pure."""

from __future__ import annotations

import re

from rich.cells import cell_len

from tooltrace.core.compare.request_diff import answer_usage
from tooltrace.core.decide.budgets import token_words
from tooltrace.core.model.events import ModelReplied
from tooltrace.core.text.sanitize import one_line
from tooltrace.tui.rows.labels import cost_words, duration
from tooltrace.tui.rows.lines import Line, Span, tidy

__all__ = ["numbered", "rule", "wrapped"]

_MOST_LINES = 4
_INDENT = "  "
_WORDS = re.compile(r" *[^ ]+| +$")


def rule(heading: Line, turn: int, answer: ModelReplied | None, width: int) -> Line:
    """A rule that says whose turn it is on the left, and what it took on the right."""
    *said, number = heading
    first: Line = (("─ ", "rule"), (f"turn {turn} · " if turn else "", "rule"), *said)
    figures = () if answer is None else _figures(answer)
    used = tidy((*first, number), width + 1)[1]
    for count in range(len(figures), -1, -1):
        told = " · ".join(figures[:count])
        gap = width - used - len(told) - 2
        if gap > 0:
            end: Line = ((f" {told}" if told else "", "dim"), number)
            return (*first, (" " + "─" * (gap + (not told)), "rule"), *end)
    return (*tidy(first, max(0, width - len(number[0])))[0], number)


def _figures(event: ModelReplied) -> tuple[str, ...]:
    used = answer_usage(event)
    took = (duration(event.ms),) if event.ms else ()
    tokens = tuple(token_words(used)[:2]) if used.tokens else ()
    return (*took, *tokens, *((cost_words(used),) if event.cost is not None else ()))


def numbered(heading: Line, number: str, width: int, named: bool) -> list[Line]:
    """The heading so that the number at its end stays where it is too narrow for all of it.

    How long it took or which model it was gives way, which the details tell as well; a name does
    too, but a sentence goes on in the next line.
    """
    if not heading or heading[-1][0].strip() != number or tidy(heading, width + 1)[1] <= width:
        return [heading]
    *said, last = heading
    room = max(0, width - len(last[0]))
    while len(said) > 1 and said[-1][1] in ("dim", "") and tidy(tuple(said), room + 1)[1] > room:
        said.pop()
    shown, used = tidy(tuple(said), room + 1)
    if used > room and not named and any(style != "dim" for _, style in said):
        return wrapped(heading, width)
    return [(*(shown if used <= room else tidy(tuple(said), room)[0]), last)]


def wrapped(heading: Line, width: int) -> list[Line]:
    """The heading in at most a few lines, broken at spaces; its last piece is never cut."""
    *said, last = heading
    words = [(word, style) for text, style in said for word in _WORDS.findall(one_line(text))]
    lines: list[list[Span]] = [[]]
    used = 0
    for word, style in [*words, last]:
        if used and used + cell_len(word) > width and len(lines) < _MOST_LINES:
            word = _INDENT + word.lstrip(" ")
            lines.append([])
            used = 0
        lines[-1].append((word, style))
        used += cell_len(word)
    end, _ = tidy(tuple(lines[-1][:-1]), max(0, width - cell_len(lines[-1][-1][0])))
    return [*(tuple(line) for line in lines[:-1]), (*end, lines[-1][-1])]
