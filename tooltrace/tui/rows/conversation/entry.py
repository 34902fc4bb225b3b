"""An entry: a heading and what stands below it, folded to a few lines until it is opened.

Nothing is laid out before its height is asked for, and no more than is shown. Every line is safe
and no wider than asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace
from rich.cells import cell_len

from tooltrace.core.model.events import CallRef, ModelReplied
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.sanitize import one_line
from tooltrace.tui.rows.conversation.heading_lines import numbered, rule, wrapped
from tooltrace.tui.rows.json_spans import coloured, json_spans, value_rows
from tooltrace.tui.rows.labels import STAR
from tooltrace.tui.rows.lines import Line, fit, plain, tidy
from tooltrace.tui.rows.values import MOST_CHARS, brief, count_lines, value_lines, wider

__all__ = ["Entry", "Part", "Place", "call_key", "part_key"]

Place = Literal["past", "here", "ahead"]

FOLDED = 6
OPEN = 1000
_COUNTED = 2000
_PART = 20
_STROKE = "┃"


def call_key(ref: CallRef) -> int:
    """The key of a call's item: below zero, because a reply with several calls is one record."""
    return -((ref.reply << _PART) + max(0, ref.index) * 2 + 1)


def part_key(record: int, index: int) -> int:
    """The key of a further part of a record, for parts that are not calls."""
    return -((record << _PART) + index * 2 + 2)


class Part(Struct, frozen=True, gc=False):
    """A value below a heading; ``most`` lines of it are shown while the entry is closed.

    ``stroke`` is the style of a stroke on its left, if there is to be one.
    """

    content: JsonValue
    style: str = "text"
    most: int = FOLDED
    indent: int = 2
    stroke: str = ""

    def lines(self, width: int, is_open: bool) -> list[Line]:
        """Its lines, and one that says what is left out."""
        most = OPEN if is_open else self.most
        if most == 0:
            return []
        room = max(1, width - self.indent)
        shown, cut = value_rows(self.content, room, most, self.style, whole=is_open)
        pad = (" " * self.indent, "")
        if self.stroke:
            pad = (_STROKE + pad[0][1:], self.stroke)
        lines: list[Line] = [(pad, *line) for line in shown]
        if cut:
            lines.append((pad, (self._left_out(room, len(shown), is_open), "dim")))
        return lines

    def height(self, width: int, is_open: bool) -> int:
        """How many lines that is."""
        most = OPEN if is_open else self.most
        if most == 0:
            return 0
        room = max(1, width - self.indent)
        if not is_open and not isinstance(self.content, str):
            return count_lines(self.content, room, most + 1)
        shown, cut = value_lines(self.content, room, most, whole=is_open)
        return len(shown) + cut

    def _left_out(self, width: int, shown: int, is_open: bool) -> str:
        if is_open:
            return "… and more: E opens all of it in $EDITOR"
        left = count_lines(self.content, width, _COUNTED) - shown
        size = _size(self.content)
        if left < 1:
            return f"… more of {size}, enter opens"
        if left + shown >= _COUNTED:
            return f"… very many more lines of {size}, enter opens"
        return f"… {left} more line{'' if left == 1 else 's'} of {size}, enter opens"

    def beside(self, room: int) -> str | None:
        """The whole value as safe text on one line, where it is no wider than ``room`` cells."""
        content = self.content
        if isinstance(content, str):
            if len(content) > room or "\n" in content:
                return None
            text = content or "(empty)"
        elif wider(content, room):
            return None
        else:
            text = brief(content, room)
        if not self.most or len(text) > room:
            return None
        if text.isascii() and text.isprintable():
            return text
        text = fit(text, room + 1)
        return text if cell_len(text) <= room else None

    def spans(self, text: str) -> Line:
        """One line of it in its colours."""
        return json_spans(text) if coloured(self.content, self.style) else ((text, self.style),)


class Entry(Struct, frozen=True, gc=False):
    """Something that was said, called, returned or done.

    ``record`` is the record it shows, ``ref`` the call it is about. ``place`` says on which side of
    the head it stands, ``star`` is the text of a bookmark on the record. The heading of one that
    ``wraps`` is a sentence to be read whole, whatever it is about. ``measured`` keeps the
    last height by width; copies share it. ``block`` is the place of the content block that it is.

    The first part of one that is ``terse`` stands in the heading where it fits. A ``turn`` is told
    by a rule over the whole width, with what its ``answer`` took at the end as far as there is
    room. ``bracket`` stands before the first line and before the others.
    """

    key: int
    record: int
    heading: Line
    parts: tuple[Part, ...] = ()
    ref: CallRef | None = None
    is_open: bool = False
    place: Place = "past"
    selectable: bool = True
    star: str | None = None
    wraps: bool = False
    measured: dict[int, int] = field(default_factory=dict)
    block: int | None = None
    terse: bool = False
    turn: int | None = None
    answer: ModelReplied | None = None
    bracket: tuple[str, str] = ("", "")

    @property
    def opens(self) -> bool:
        """Whether there may be more to see when it is opened."""
        return bool(self.parts)

    def height(self, width: int) -> int:
        """How many lines it takes; known after the first time."""
        height = self.measured.get(width)
        if height is None:
            room = max(1, width - len(self.bracket[0]))
            named = self.ref is not None and not self.wraps
            height, parts = 1, self.parts
            if self.terse and self._value(room) is not None:
                parts = parts[1:]
            elif not named and self.turn is None:
                height = len(self._headings(room))
            height += sum(part.height(room, self.is_open) for part in parts)
            self.measured.clear()
            self.measured[width] = height
        return height

    def lines(self, width: int) -> Sequence[Line]:
        """Its lines, dim where they are ahead of the head."""
        first, rest = self.bracket
        room = max(1, width - len(first))
        parts = self.parts
        if self.terse and (value := self._value(room)) is not None:
            lines, parts = [self._with(self.parts[0].spans(value))], parts[1:]
        else:
            lines = self._headings(room)
        if self.star is not None:
            lines[-1] = (*lines[-1], (f" {STAR} {self.star}", "key"))
        for part in parts:
            lines += part.lines(room, self.is_open)
        if first:
            leads = [first, *[rest] * (len(lines) - 1)]
            lines = [((lead, "dim"), *line) for lead, line in zip(leads, lines, strict=True)]
        if self.place == "ahead":
            lines = [tuple((text, "dim") for text, _ in line) for line in lines]
        return [tidy(line, width)[0] for line in lines]

    @property
    def _said(self) -> Line:
        return (("► ", "key"), *self.heading) if self.place == "here" else self.heading

    def _value(self, width: int) -> str | None:
        """The first part where the heading has room for it."""
        if self.is_open or not self.parts:
            return None
        used = 0
        for text, _ in self._said:
            ordinary = text.isascii() and text.isprintable()
            used += len(text) if ordinary else cell_len(one_line(text))
        return self.parts[0].beside(width - used - 1)

    def _with(self, value: Line) -> Line:
        """The heading with a value in it, before what is only told by the way."""
        heading = self._said
        end = len(heading)
        while end and heading[end - 1][1] in ("dim", ""):
            end -= 1
        return (*heading[:end], (" ", ""), *value, *heading[end:])

    def _headings(self, width: int) -> list[Line]:
        heading = self._said
        if self.turn is not None:
            return [rule(heading, self.turn, self.answer, width)]
        if sum(map(len, texts := [text for text, _ in heading])) <= width and all(
            text.isascii() and text.isprintable() for text in texts
        ):
            return [heading]
        if self.wraps:
            return wrapped((*heading, ("", "")), width)
        return numbered(heading, f"#{self.record}", width, self.ref is not None)

    def text(self) -> str:
        """Heading and values, whole."""
        turn = "" if self.turn is None else f"turn {self.turn} "
        found = [
            turn + plain(self.heading),
            *((f"{STAR} {self.star}",) if self.star is not None else ()),
        ]
        for part in self.parts:
            content = part.content
            text = content if isinstance(content, str) else brief(content, MOST_CHARS)
            found.append(text[:MOST_CHARS])
        return "\n".join(found)

    def at(self, place: Place) -> Entry:
        """The same entry on another side of the head."""
        if place == self.place:
            return self
        # Where one stands has a sign before its heading, which may take one more line then.
        moved = {} if "here" in (place, self.place) else self.measured
        return replace(self, place=place, measured=moved)

    def with_parts(self, parts: tuple[Part, ...]) -> Entry:
        """The same entry with other parts."""
        return replace(self, parts=parts, measured={})

    def starred(self, text: str | None) -> Entry:
        """The same entry with a bookmark, or without."""
        return self if text == self.star else replace(self, star=text)

    def toggled(self) -> Entry:
        """Opened, or closed again."""
        return replace(self, is_open=not self.is_open, measured={})


def _size(content: JsonValue) -> str:
    match content:
        case str():
            count, what = len(content), "character"
        case list():
            count, what = len(content), "item"
        case dict():
            count, what = len(content), "key"
        case _:
            count, what = 1, "value"
    return f"{count:,} {what}{'' if count == 1 else 's'}"
