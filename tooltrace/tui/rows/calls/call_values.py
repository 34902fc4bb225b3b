"""What a call was given and what came back, on one line: ``order_id: "1001" → {"total": 59.9}``.

What is longer than its room is its head and how large it is.
"""

from __future__ import annotations

from itertools import islice

from msgspec import Struct
from msgspec.structs import replace
from rich.cells import cell_len

from tooltrace.core.model.content_blocks import bytes_words
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.sanitize import one_line
from tooltrace.tui.rows.calls.call_facts import CallFacts
from tooltrace.tui.rows.flowed import flowed
from tooltrace.tui.rows.json_spans import coloured, json_spans
from tooltrace.tui.rows.lines import Line, Span, fit
from tooltrace.tui.rows.values import brief

__all__ = ["BOTH", "call_values", "opened_values"]

BOTH = 26
"""Cells from which on arguments and result stand beside each other."""

_ARROW = " → "
_LEAST_OF_ONE = 9
_LEAST_OPENED = 24
_LINES_ASKED, _LINES_ANSWERED = 2, 4
_MOST_NAMELESS = 8
_SIZED = 24
"""Cells from which on what is cut says how large it is."""


class _Value(Struct, frozen=True):
    """A value as one line of safe text, and how large all of it is, should that be cut."""

    text: str
    size: str
    style: str
    by_kind: bool

    @property
    def cells(self) -> int:
        """How wide it is as far as it is known."""
        return cell_len(self.text)

    def line(self, room: int) -> Line:
        """As much as there is room for."""
        if self.cells <= room and not self.text.endswith("…"):
            return self._spans(self.text)
        if room < _SIZED or not self.size:
            return self._spans(fit(self.text, room))
        size = f" {self.size}"
        return (*self._spans(fit(self.text, room - len(size))), (size, "dim"))

    def _spans(self, text: str) -> Line:
        """Without their quotes, names are what is left when the values have their colours."""
        return json_spans(text, "json.key") if self.by_kind and text else ((text, self.style),)


def call_values(facts: CallFacts, came_back: bool, room: int) -> Line:
    """Arguments and result in at most so many cells; the result where there is room for one only.

    Calls of one tool in one turn are told apart in any case.
    """
    if room <= 0:
        return ()
    asked = _arguments(facts, room)
    if not came_back:
        return _apart(facts, _shorter(facts, asked, room), room)
    answer = _answer(facts, room)
    if room < BOTH:
        if not facts.apart:
            return answer.line(room)
        which: Span = (fit(facts.apart, max(4, room // 2)), "arg")
        left = room - cell_len(which[0]) - len(_ARROW)
        return (which, (_ARROW, "dim"), *answer.line(left)) if left > 2 else (which,)
    rest = room - len(_ARROW)
    if asked.cells + answer.cells > rest:
        least = max(_LEAST_OF_ONE, rest * 2 // 5)
        asked = _shorter(facts, asked, max(least, rest - answer.cells))
        left = min(asked.cells, max(least, rest - answer.cells))
    else:
        left = asked.cells
    first = _apart(facts, asked, left)
    used = sum(cell_len(text) for text, _ in first)
    arrow = _ARROW if first[0][0] else _ARROW.lstrip()
    return (*first, (arrow, "dim"), *answer.line(rest - used))


def opened_values(facts: CallFacts, came_back: bool, room: int, beside: int = 0) -> list[Line]:
    """Arguments over result in lines of at most so many cells, as many as they need up to six.

    None where ``beside`` cells of the line above have room for both.
    """
    if room <= _LEAST_OPENED:
        return []
    asked = _arguments(facts, room * _LINES_ASKED)
    both = asked.cells + (_answer(facts, room).cells + len(_ARROW) if came_back else 0)
    if both <= beside:
        return []
    if both <= room:
        return [call_values(facts, came_back, room)]
    lines = flowed(asked.line(room * _LINES_ASKED), room, _LINES_ASKED) if asked.text else []
    if not came_back:
        return lines
    left = room - len(_ARROW) + 1
    answer = _answer(facts, left * _LINES_ANSWERED)
    came = flowed(answer.line(left * _LINES_ANSWERED), left, _LINES_ANSWERED)
    leads = (_ARROW.lstrip(), *["  "] * (len(came) - 1))
    return [*lines, *(((lead, "dim"), *line) for lead, line in zip(leads, came, strict=True))]


def _shorter(facts: CallFacts, asked: _Value, room: int) -> _Value:
    """The arguments without their names where there is no room for both."""
    given = facts.arguments
    if asked.cells <= room or not isinstance(given, dict):
        return asked
    values = ", ".join(brief(item, room) for item in islice(given.values(), _MOST_NAMELESS))
    shorter = replace(_json(values, room, "arg"), by_kind=True)
    fits = shorter.cells <= room and len(given) <= _MOST_NAMELESS
    return shorter if fits or room < _SIZED else asked


def _apart(facts: CallFacts, asked: _Value, room: int) -> Line:
    """The arguments; where they would be cut, what tells them from those beside them."""
    if facts.apart and (asked.cells > room or asked.text.endswith("…")):
        return ((fit(facts.apart, room), "arg"),)
    return asked.line(room)


def _arguments(facts: CallFacts, room: int) -> _Value:
    given = facts.arguments
    return _json("" if given in ({}, None) else given, room, "arg")


def _answer(facts: CallFacts, room: int) -> _Value:
    told, style = facts.told, "error" if facts.is_error else "result"
    return _json('""' if told == "" else told, room, style)


def _json(value: JsonValue, room: int, style: str) -> _Value:
    """A text as it is; an object without its braces, which say nothing where it stands alone."""
    most = 2 * room + 8
    if isinstance(value, str):
        text = value
    elif isinstance(value, dict) and value:
        parts, left = [], most
        for name, item in value.items():
            parts.append(f"{name[:most]}: {brief(item, most)}")
            left -= len(parts[-1]) + 2
            if left < 0:
                break
        text = ", ".join(parts)
    else:
        text = brief(value, most)
    text = one_line(text if len(text) <= most else f"{text[:most]}…")
    return _Value(text, _size(value), style, coloured(value, style))


def _size(value: JsonValue) -> str:
    match value:
        case str():
            return bytes_words(len(value.encode("utf-8", "surrogatepass")))
        case dict() if value:
            return f"{len(value):,} field{'s' if len(value) > 1 else ''}"
        case list() if value:
            return f"{len(value):,} item{'s' if len(value) > 1 else ''}"
        case _:
            return ""
