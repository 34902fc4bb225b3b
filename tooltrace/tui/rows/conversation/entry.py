"""An entry: a heading and the parts below it, folded to a few lines until it is opened.

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
from tooltrace.core.text.sanitize import one_line
from tooltrace.tui.rows.conversation.heading_lines import numbered, rule, wrapped
from tooltrace.tui.rows.conversation.part import Part
from tooltrace.tui.rows.labels import STAR
from tooltrace.tui.rows.lines import Line, plain, tidy
from tooltrace.tui.rows.markdown.markdown_lines import markdown_text
from tooltrace.tui.rows.values import MOST_CHARS, brief

__all__ = ["Entry", "Place", "call_key", "part_key"]

Place = Literal["past", "here", "ahead"]

_PART = 20


def call_key(ref: CallRef) -> int:
    """The key of a call's item: below zero, because a reply with several calls is one record."""
    return -((ref.reply << _PART) + max(0, ref.index) * 2 + 1)


def part_key(record: int, index: int) -> int:
    """The key of a further part of a record, for parts that are not calls."""
    return -((record << _PART) + index * 2 + 2)


class Entry(Struct, frozen=True, gc=False):
    """Something that was said, called, returned or done.

    ``record`` is the record it shows, ``ref`` the call it is about. ``place`` says on which side of
    the head it stands, ``star`` is the text of a bookmark on the record. The heading of one that
    ``wraps`` is a sentence to be read whole, whatever it is about. ``measured`` keeps the
    last height by width; copies share it. ``block`` is the place of the content block that it is.

    The first part of one that is ``terse`` stands in the heading where it fits. A ``turn`` is told
    by a rule over the whole width, with what its ``answer`` took at the end as far as there is
    room. ``bracket`` stands before the first line and before the others. Markdown in the parts of
    one that is ``rendered`` is laid out.
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
    rendered: bool = True

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
            height += sum(part.height(room, self.is_open, self.rendered) for part in parts)
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
            lines += part.lines(room, self.is_open, self.rendered)
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
        """Heading and values, whole, as they are shown."""
        turn = "" if self.turn is None else f"turn {self.turn} "
        found = [
            turn + plain(self.heading),
            *((f"{STAR} {self.star}",) if self.star is not None else ()),
        ]
        for part in self.parts:
            content = part.content
            text = content if isinstance(content, str) else brief(content, MOST_CHARS)
            if self.rendered and part.markdown:  # What is seen is found.
                text = markdown_text(text)
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

    @property
    def has_markdown(self) -> bool:
        """Whether it looks otherwise where it is rendered."""
        return any(part.markdown for part in self.parts)

    def as_rendered(self, rendered: bool) -> Entry:
        """The same entry with its Markdown laid out, or as it was written."""
        if rendered == self.rendered or not self.has_markdown:
            return self
        return replace(self, rendered=rendered, measured={})

    def toggled(self) -> Entry:
        """Opened, or closed again."""
        return replace(self, is_open=not self.is_open, measured={})
