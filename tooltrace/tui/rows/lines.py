"""Lines of styled plain text, and the items a pane shows: the contract between contents and panes.

Widths are terminal cells, never characters. Text in a line may come from outside as it is: the edge
makes it safe when it is drawn, and ``wrap`` does so before it measures, so that what was measured
is what is shown. Needs no textual, so that contents can be built and tested without it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from tooltrace.core.text.clusters import JOINER
from tooltrace.core.text.sanitize import one_line, visible
from tooltrace.tui.cells import cell_len, cut, step_in

__all__ = [
    "TAB",
    "Item",
    "Line",
    "OneLine",
    "Row",
    "Span",
    "fit",
    "known_height",
    "parted",
    "plain",
    "tidy",
    "wrap",
]

Span = tuple[str, str]
"""A piece of text and the name of its style in ``tooltrace.tui.theme``."""

Line = tuple[Span, ...]
"""One line on the screen, from left to right."""

TAB = "    "
_SPACES = re.compile(" +")
_ROOM = 64


class Item(Protocol):
    """Something that a pane shows as one or more lines. It never changes: a new one replaces it.

    ``height(width)`` equals ``len(lines(width))`` and should cost next to nothing, because a pane
    asks every item for it; ``lines`` is asked only of those on the screen.
    """

    @property
    def key(self) -> int:
        """What stays the same when the item is replaced: the id of its record."""
        ...

    @property
    def selectable(self) -> bool:
        """Whether the cursor may stand on it."""
        ...

    def height(self, width: int) -> int:
        """How many lines it takes."""
        ...

    def lines(self, width: int) -> Sequence[Line]:
        """Its lines, each at most ``width`` cells; what is longer is cut with an ellipsis."""
        ...

    def text(self) -> str:
        """Everything that a search should find in it, shown or not."""
        ...


class OneLine(Struct, frozen=True):
    """Base of the items that take one line, on which the cursor may stand."""

    @property
    def selectable(self) -> bool:
        """Always."""
        return True

    def height(self, width: int) -> int:
        """Always one."""
        return 1


class Row(Struct, frozen=True):
    """An item of one line. ``find`` is what a search looks at; empty means the line itself."""

    key: int
    line: Line
    selectable: bool = True
    find: str = ""

    def height(self, width: int) -> int:
        """Always one."""
        return 1

    def lines(self, width: int) -> Sequence[Line]:
        """The one line."""
        return (self.line,)

    def text(self) -> str:
        """What a search looks at."""
        return self.find or plain(self.line)


def known_height(
    measured: dict[int, int], width: int, lines: Callable[[int], Sequence[Line]]
) -> int:
    """How many lines a row has at a width; ``measured`` keeps it for the last one asked for."""
    height = measured.get(width)
    if height is None:
        measured.clear()
        height = measured[width] = len(lines(width))
    return height


def plain(line: Line) -> str:
    """The text of a line without its styles."""
    return "".join(text for text, _ in line)


def fit(text: str, width: int) -> str:
    """Safe text on one line, at most ``width`` cells, with an ellipsis where something was cut."""
    return _fitted(text, width)[0]


def _fitted(text: str, width: int) -> tuple[str, bool]:
    """Text made to fit, and whether it would have been wider."""
    if width <= 0:
        return "", bool(text)
    # A character that takes no cell cannot buy an endless line, and the rest need not be looked at.
    head = text[: width * 4 + _ROOM]
    safe = one_line(head)
    if not safe.isascii():
        safe = parted(safe)
    cells = cell_len(safe)
    if cells <= width and len(head) == len(text):
        return safe, False
    if cells < width:
        return safe + "…", False
    return cut(safe, width - 1) + "…", True


def parted(safe: str) -> str:
    """Safe text without joiners, whose parts then stand side by side.

    Where a joined emoji is drawn as one picture and where as several is known to no program, and
    its parts are read the same everywhere.
    """
    return safe.replace(JOINER, "")


def tidy(line: Line, width: int) -> tuple[Line, int]:
    """The line made safe and cut to ``width`` cells, and how many cells it takes."""
    spans: list[Span] = []
    used = 0
    for text, style in line:
        room = width - used
        if not text:
            continue
        if room <= 0:
            spans[-1:] = _dotted(spans)
            break
        safe, is_cut = _fitted(text, room)
        used += cell_len(safe)
        spans.append((safe, style))
        if is_cut:
            break
    return tuple(spans), used


def _dotted(spans: list[Span]) -> list[Span]:
    if not spans:
        return []
    text, style = spans[-1]
    if text.endswith("…"):
        return [(text, style)]
    cells = cell_len(text)
    text = cut(text, cells - 1) + "…"
    return [(text + " " * (cells - cell_len(text)), style)]


def wrap(text: str, width: int) -> list[str]:
    """The text as safe lines of at most ``width`` cells: at spaces where it can be, O(n).

    Newlines stay, tabs become four spaces, words longer than a line are split. A character wider
    than ``width`` stands alone. The empty text is one empty line.
    """
    width = max(1, width)
    safe = parted(visible(text)).replace("\t", TAB)
    out: list[str] = []
    for line in safe.split("\n"):
        if line.isascii():
            if len(line) <= width:
                out.append(line)
            else:
                _wrap_ascii(line, width, out)
        elif cell_len(line) <= width:
            out.append(line)
        else:
            _wrap_cells(line, width, out)
    return out


def _wrap_ascii(line: str, width: int, out: list[str]) -> None:
    start, end = 0, len(line)
    while end - start > width:
        cut = line.rfind(" ", start, start + width + 1)
        if cut <= start or line[start:cut].isspace():
            cut = start + width
        out.append(line[start:cut].rstrip(" "))
        start = _skip_spaces(line, cut)
    if start < end:
        out.append(line[start:])


def _wrap_cells(line: str, width: int, out: list[str]) -> None:
    start, end, step = 0, len(line), step_in(line)
    while start < end:
        cells, position, space = 0, start, -1
        while position < end:
            after, size = step(line, position)
            if cells + size > width and position > start:
                break
            if line[position] == " ":
                space = position
            cells += size
            position = after
        else:
            out.append(line[start:])
            return
        if line[position] == " ":
            space = position
        cut = position if space <= start or line[start:space].isspace() else space
        out.append(line[start:cut].rstrip(" "))
        start = _skip_spaces(line, cut)


def _skip_spaces(line: str, start: int) -> int:
    run = _SPACES.match(line, start)
    return run.end() if run else start
