"""JSON as spans by kind: keys, strings, numbers, the three words, and what stands between them.

Lexed, not parsed: a value that was cut, or that holds an ellipsis, is coloured as far as it goes.
The text of the spans is the text that was given.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tooltrace.core.text.exact_json import JsonValue
from tooltrace.tui.rows.diff_spans import diff_lines, is_diff
from tooltrace.tui.rows.lines import Line, Span
from tooltrace.tui.rows.values import brief, value_lines, wrapped

__all__ = ["coloured", "json_pieces", "json_spans", "value_rows", "value_spans"]

_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]+|\\.)*+"(?=\s*:))'
    r'|(?P<string>"(?:[^"\\]+|\\.)*+(?:"|\\?\Z))'
    r"|(?P<number>-?\b\d[\d.eE+-]*)"
    r"|(?P<word>\b(?:true|false|null)\b)"
    r"|(?P<mark>[\s{}\[\],:…]+)",
    re.DOTALL,
)
_STYLES = {
    "key": "json.key",
    "string": "json.string",
    "number": "json.number",
    "word": "json.word",
    "mark": "dim",
}
_PLAIN = frozenset({"text", "arg", "result"})


def json_spans(text: str, style: str = "text") -> Line:
    """JSON text as spans; what is no JSON in it has ``style``."""
    spans: list[Span] = []
    end = 0
    for found in _TOKEN.finditer(text):
        if found.start() > end:
            spans.append((text[end : found.start()], style))
        spans.append((found[0], _STYLES[found.lastgroup or "mark"]))
        end = found.end()
    if end < len(text):
        spans.append((text[end:], style))
    return tuple(spans)


def json_pieces(pieces: Sequence[str], style: str = "text") -> list[Line]:
    """The same for one line of JSON that was wrapped into these pieces."""
    if len(pieces) == 1:
        return [json_spans(pieces[0], style)]
    found: list[Line] = []
    spans = list(json_spans("".join(pieces), style))[::-1]
    for piece in pieces:
        room = len(piece)
        line: list[Span] = []
        while room and spans:
            text, look = spans.pop()
            line.append((text[:room], look))
            if len(text) > room:
                spans.append((text[room:], look))
            room -= min(room, len(text))
        found.append(tuple(line))
    return found


def value_spans(value: JsonValue, most: int = 400) -> Line:
    """A value as JSON on one line, as ``brief`` says it."""
    return json_spans(brief(value, most))


def coloured(value: JsonValue, style: str) -> bool:
    """Whether a value in this style is coloured by kind: not where the style says something."""
    return style in _PLAIN and not isinstance(value, str)


def value_rows(
    value: JsonValue, width: int, most: int, style: str = "text", whole: bool = False
) -> tuple[list[Line], bool]:
    """At most ``most`` lines of a value in spans, and whether there is more; as ``value_lines``.

    A text has ``style``, a unified diff those of its lines; anything else is coloured by kind where
    the style says nothing of its own.
    """
    if not (whole and coloured(value, style)):
        lines, cut = value_lines(value, width, most, whole)
        if coloured(value, style):
            return [json_spans(line, style) for line in lines], cut
        if isinstance(value, str) and style in _PLAIN and is_diff(value):
            return diff_lines(lines, value, width, style), cut
        return [((line, style),) for line in lines], cut
    found: list[Line] = []
    for pieces in wrapped(value, width):
        found += json_pieces(pieces, style)
        if len(found) > most:
            return found[:most], True
    return found, False
