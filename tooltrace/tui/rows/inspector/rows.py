"""Rows of the inspector: headings, facts, the nodes of a value, and what stands for the rest of it.

Each knows what it is about and what a copy of it is, so that keys do there what they do elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TypeGuard

from msgspec import Struct, field
from rich.cells import cell_len

from tooltrace.core.compare.json_diff import MISSING, Missing
from tooltrace.core.model.content_blocks import MEDIA_KINDS, Block, placeholder
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.tui.rows.json_spans import json_spans, value_rows
from tooltrace.tui.rows.lines import (
    Line,
    OneLine,
    Span,
    fit,
    known_height,
    parted,
    plain,
    tidy,
)
from tooltrace.tui.rows.selected import Selected
from tooltrace.tui.rows.span_wrap import wrap_spans
from tooltrace.tui.rows.values import MOST_CHARS, brief

__all__ = [
    "FactRow",
    "HeadRow",
    "InspectorRow",
    "RestRow",
    "ValueRow",
    "copied",
    "is_media",
    "size_words",
]

_CLOSED, _OPEN = 6, 400
"""Lines of a text that are shown before it is opened, and after."""

_NOBODY = Selected()
_DEEPEST = 12


class HeadRow(OneLine, frozen=True, gc=False):
    """The heading of a section; with ``folds`` there is something below it to fold."""

    key: int
    line: Line
    is_open: bool = True
    folds: bool = True
    about: Selected = _NOBODY
    value: JsonValue | Missing = MISSING

    def lines(self, width: int) -> Sequence[Line]:
        """The one line."""
        sign = ("⌄ " if self.is_open else "› ") if self.folds else ""
        return (tidy(((sign, "dim"), *self.line), width)[0],)

    def text(self) -> str:
        """The heading."""
        return plain(self.line)


class FactRow(Struct, frozen=True, gc=False):
    """A sentence about what is selected, in as many lines as it takes.

    ``value`` is what a copy of it is, if not the sentence. ``goes`` is a record that it names.
    """

    key: int
    line: Line
    about: Selected = _NOBODY
    value: JsonValue | Missing = MISSING
    goes: int | None = None
    indent: int = 2

    @property
    def selectable(self) -> bool:
        """Always."""
        return True

    def height(self, width: int) -> int:
        """As many lines as it is wrapped into."""
        return len(self.lines(width))

    def lines(self, width: int) -> Sequence[Line]:
        """Its lines, broken at spaces."""
        room = max(1, width - self.indent)
        pad: Span = (" " * self.indent, "")
        spans = [(parted(fit(text, MOST_CHARS)), style) for text, style in self.line]
        return [(pad, *line) for line in wrap_spans(tuple(spans), room)]

    def text(self) -> str:
        """What it says."""
        return plain(self.line)


class ValueRow(Struct, frozen=True, gc=False):
    """A value, or a part of one under its name: what folds is one line, a text as many as it has.

    ``opens`` says that its parts have rows of their own below it while it is open.
    """

    key: int
    name: str
    value: JsonValue
    depth: int
    is_open: bool
    style: str = "text"
    about: Selected = _NOBODY
    measured: dict[int, int] = field(default_factory=dict)

    @property
    def selectable(self) -> bool:
        """Always."""
        return True

    @property
    def opens(self) -> bool:
        """Whether it has parts to show."""
        value = self.value
        return isinstance(value, dict | list) and bool(value) and not is_media(value)

    @property
    def is_long(self) -> bool:
        """Whether it is a text that may have more than is shown while it is closed."""
        value = self.value
        return isinstance(value, str) and (len(value) > 40 or "\n" in value)

    def height(self, width: int) -> int:
        """One line, or those of a text; known after the first time."""
        if not self.is_long:
            return 1
        return known_height(self.measured, width, self.lines)

    def lines(self, width: int) -> Sequence[Line]:
        """Name and value; a long text stands below its name."""
        pad = "  " * min(self.depth, _DEEPEST)
        if self.is_long:
            return self._text(pad, width)
        sign = ("⌄ " if self.is_open else "› ") if self.opens else "  "
        head: Line = ((pad + sign, "dim"), *self._named)
        return (tidy((*head, *self._short(width)), width)[0],)

    @property
    def _named(self) -> Line:
        return ((self.name, "json.key"), (": ", "dim")) if self.name else ()

    def _short(self, width: int) -> Line:
        value = self.value
        if is_media(value):
            return ((placeholder(value), "block"),)
        if not self.opens:
            if isinstance(value, str) and not self.name:
                return ((value or "(empty)", self.style),)
            return self._json(brief(value, width * 2))
        if self.is_open:
            return ((size_words(value), "dim"),)
        few = list(islice(value, width)) if isinstance(value, list) else value
        if isinstance(few, list) and any(map(is_media, few)):
            few = [placeholder(part) if is_media(part) else part for part in few]
        return (*self._json(brief(few, width)), (f"  {size_words(value)}", "dim"))

    def _json(self, text: str) -> Line:
        return json_spans(text) if self.style in ("text", "arg") else ((text, self.style),)

    def _text(self, pad: str, width: int) -> list[Line]:
        value = str(self.value)
        indent = f"{pad}  "
        room = max(1, width - len(indent))
        most = _OPEN if self.is_open else _CLOSED
        shown, cut = value_rows(value, room, most, self.style)
        lines: list[Line] = []
        if self.name:
            if len(shown) == 1 and not cut:
                line = (indent, "dim"), *self._named, (value, self.style)
                if sum(cell_len(text) for text, _ in line) <= width:
                    return [tidy(line, width)[0]]
            lines.append(((indent, "dim"), *self._named, (size_words(value), "dim")))
            lines = [tidy(line, width)[0] for line in lines]
            indent += "  "
            shown, cut = value_rows(value, max(1, room - 2), most, self.style)
        lines += [((indent, "dim"), *line) for line in shown]
        if cut:
            what = "enter reads all of it" if self.is_open else "enter opens"
            lines.append(((f"{indent}… {size_words(value)}: {what}", "dim"),))
        return [tidy(line, width)[0] for line in lines]

    def text(self) -> str:
        """Name and value."""
        value = self.value
        if is_media(value):
            return f"{self.name} {placeholder(value)}"
        return f"{self.name} {value[:MOST_CHARS] if isinstance(value, str) else brief(value)}"


class RestRow(OneLine, frozen=True, gc=False):
    """What stands for the parts of a value that have no row yet."""

    key: int
    left: int
    depth: int
    owner: int
    about: Selected = _NOBODY
    value: JsonValue | Missing = MISSING

    def lines(self, width: int) -> Sequence[Line]:
        """The one line."""
        pad = "  " * min(self.depth, _DEEPEST)
        return (tidy(((f"{pad}  … {self.left:,} more: enter shows them", "dim"),), width)[0],)

    def text(self) -> str:
        """Nothing that anybody looks for."""
        return ""


InspectorRow = HeadRow | FactRow | ValueRow | RestRow


def copied(row: InspectorRow) -> JsonValue | Missing:
    """What a copy of a row is: its value, or else what it says."""
    if row.value is not MISSING:
        return row.value
    return row.text() if isinstance(row, FactRow) else MISSING


def is_media(value: JsonValue) -> TypeGuard[Block]:
    """Whether a value is a picture or a document, for which something short stands."""
    return isinstance(value, dict) and value.get("type") in MEDIA_KINDS and "source" in value


def size_words(value: JsonValue) -> str:
    """How large a value is: ``3 keys``, ``12 items``, ``104.9M characters``."""
    match value:
        case dict():
            count, unit = len(value), "key"
        case list():
            count, unit = len(value), "item"
        case str():
            count, unit = len(value), "character"
        case _:
            return ""
    many = "" if count == 1 else "s"
    if count >= 1_000_000:
        return f"{count / 1_000_000:,.1f}M {unit}{many}"
    return f"{count:,} {unit}{many}"
