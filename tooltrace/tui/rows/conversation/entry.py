"""An entry: a heading and what stands below it, folded to a few lines until it is opened.

Nothing is laid out before its height is asked for, and no more than is shown. Every line is safe
and no wider than asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace
from rich.cells import cell_len

from tooltrace.core.model.events import CallRef
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.sanitize import one_line
from tooltrace.tui.rows.json_spans import value_rows
from tooltrace.tui.rows.labels import STAR
from tooltrace.tui.rows.lines import Line, Span, plain, tidy
from tooltrace.tui.rows.values import MOST_CHARS, brief, count_lines, value_lines

__all__ = ["Entry", "Part", "Place", "call_key", "part_key"]

Place = Literal["past", "here", "ahead"]

FOLDED = 6
OPEN = 1000
_COUNTED = 2000
_PART = 20
_MOST_LINES = 4
_INDENT = "  "
_WORDS = re.compile(r" *[^ ]+| +$")


def call_key(ref: CallRef) -> int:
    """The key of a call's item: below zero, because a reply with several calls is one record."""
    return -((ref.reply << _PART) + max(0, ref.index) * 2 + 1)


def part_key(record: int, index: int) -> int:
    """The key of a further part of a record, for parts that are not calls."""
    return -((record << _PART) + index * 2 + 2)


class Part(Struct, frozen=True, gc=False):
    """A value below a heading; ``most`` lines of it are shown while the entry is closed."""

    content: JsonValue
    style: str = "text"
    most: int = FOLDED
    indent: int = 2

    def lines(self, width: int, is_open: bool) -> list[Line]:
        """Its lines, and one that says what is left out."""
        most = OPEN if is_open else self.most
        if most == 0:
            return []
        room = max(1, width - self.indent)
        shown, cut = value_rows(self.content, room, most, self.style, whole=is_open)
        pad = (" " * self.indent, "")
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
        if left < 1:
            return "… more, enter opens"
        if left + shown >= _COUNTED:
            return "… very many more lines, enter opens"
        return f"… {left} more line{'' if left == 1 else 's'}, enter opens"


class Entry(Struct, frozen=True, gc=False):
    """Something that was said, called, returned or done.

    ``record`` is the record it shows, ``ref`` the call it is about. ``place`` says on which side of
    the head it stands, ``star`` is the text of a bookmark on the record. The heading of one that
    ``wraps`` is a sentence to be read whole, whatever it is about. ``measured`` keeps the
    last height by width; copies share it. ``block`` is the place of the content block that it is.
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

    @property
    def opens(self) -> bool:
        """Whether there may be more to see when it is opened."""
        return bool(self.parts)

    def height(self, width: int) -> int:
        """How many lines it takes; known after the first time."""
        height = self.measured.get(width)
        if height is None:
            named = self.ref is not None and not self.wraps
            height = 1 if named else len(self._headings(width))
            height += sum(part.height(width, self.is_open) for part in self.parts)
            self.measured.clear()
            self.measured[width] = height
        return height

    def lines(self, width: int) -> Sequence[Line]:
        """Its lines, dim where they are ahead of the head."""
        lines = self._headings(width)
        if self.star is not None:
            lines[-1] = (*lines[-1], (f" {STAR} {self.star}", "key"))
        for part in self.parts:
            lines += part.lines(width, self.is_open)
        if self.place == "ahead":
            lines = [tuple((text, "dim") for text, _ in line) for line in lines]
        return [tidy(line, width)[0] for line in lines]

    def _headings(self, width: int) -> list[Line]:
        heading = self.heading
        if self.place == "here":
            heading = (("► ", "key"), *heading)
        if sum(map(len, texts := [text for text, _ in heading])) <= width and all(
            text.isascii() and text.isprintable() for text in texts
        ):
            return [heading]
        if self.wraps:
            return _wrapped((*heading, ("", "")), width)
        return _numbered(heading, f"#{self.record}", width, self.ref is not None)

    def text(self) -> str:
        """Heading and values, whole."""
        found = [plain(self.heading), *((f"{STAR} {self.star}",) if self.star is not None else ())]
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


def _numbered(heading: Line, number: str, width: int, named: bool) -> list[Line]:
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
        return _wrapped(heading, width)
    return [(*(shown if used <= room else tidy(tuple(said), room)[0]), last)]


def _wrapped(heading: Line, width: int) -> list[Line]:
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
