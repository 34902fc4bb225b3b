"""What the terminal shows, cell by cell, so that only what differs is written to it.

Textual writes every line of a region that was painted anew, whole. A conversation that scrolls by a
few lines has most of its cells as they were, and over a slow line those are what one waits for.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len, get_character_cell_size
from rich.style import Style
from textual.app import App
from textual.geometry import Size
from textual.strip import Strip

if TYPE_CHECKING:
    Base = App[Any]
else:
    Base = object

__all__ = ["PaintedCells", "PaintsWhatDiffers"]

_GAP = 4
"""Equal cells between two that differ that are written too: going past them takes as many bytes."""

Cell = tuple[str, Style | None]


class PaintedCells:
    """The cells that were written last; those that nobody knows are written in any case."""

    def __init__(self) -> None:
        self._lines: dict[int, list[Cell | None]] = {}

    def forget(self) -> None:
        """Nothing is known any more: something else was written."""
        self._lines.clear()

    def changed(self, x: int, y: int, strip: Strip) -> list[tuple[int, Strip]]:
        """The pieces of a strip at a place that differ from what is there, each with its column."""
        width = strip.cell_length
        line = self._lines.setdefault(y, [])
        if len(line) < x + width:
            line += [None] * (x + width - len(line))
        cells = _cells(strip)
        if cells is None or len(cells) != width:
            line[x : x + width] = [None] * width
            return [(x, strip)]
        before = line[x : x + width]
        line[x : x + width] = cells
        return [(x + low, strip.crop(low, high)) for low, high in _runs(before, cells)]

    def sequence(self, update: Any, console: Any) -> str:
        """What to write for an update of the screen or of parts of it, as Textual makes them."""
        strips = _parts(update) if hasattr(update, "chops") else _lines(update)
        # Colours take more bytes than the way to a place: all of one are written in one go.
        told: dict[Style | None, list[str]] = {}
        for x, y, strip in strips:
            for column, piece in self.changed(x, y, strip):
                at = column
                for text, style, _ in piece:
                    told.setdefault(style, []).append(f"\x1b[{y + 1};{at + 1}H{text}")
                    at += cell_len(text)
        colors = console._color_system
        joined = ((style, "".join(texts)) for style, texts in told.items())
        return "".join(
            text if style is None else Strip.render_style(style, text, colors)
            for style, text in joined
        )


def _parts(update: Any) -> Iterator[tuple[int, int, Strip]]:
    """The strips of an update of some regions, with their places."""
    for y, first, last in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or x > last or end <= first:
                continue
            whole = first <= x < last and end <= last
            yield x, y, strip if whole else strip.crop(0, min(end, last) - x)


def _lines(update: Any) -> Iterator[tuple[int, int, Strip]]:
    """The strips of an update of all there is."""
    for y, strips in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in strips:
            yield x, y, strip
            x += strip.cell_length


def _cells(strip: Strip) -> list[Cell | None] | None:
    """The cells of a strip; None where a character takes more than one, or none."""
    cells: list[Cell | None] = []
    for text, style, _ in strip:
        if not text.isascii() and any(get_character_cell_size(char) != 1 for char in text):
            return None
        cells += [(char, style) for char in text]
    return cells


def _runs(old: list[Cell | None], new: list[Cell | None]) -> Iterator[tuple[int, int]]:
    """From where to where two lines differ, with short equal pieces between."""
    low = high = -1
    for at, (before, now) in enumerate(zip(old, new, strict=True)):
        if before == now:
            continue
        if low >= 0 and at - high > _GAP:
            yield low, high
            low = at
        elif low < 0:
            low = at
        high = at + 1
    if low >= 0:
        yield low, high


class PaintsWhatDiffers(Base):
    """Goes before ``App`` among the bases of an app."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._painted = PaintedCells()
        self._painted_at: Size | None = None

    def draw_again(self) -> None:
        """Write the whole screen anew: something else may have written on it."""
        self._painted.forget()
        self.refresh(layout=True)

    def _display(self, screen: Any, renderable: Any) -> None:
        if self.size != self._painted_at:
            self._painted_at = self.size
            self._painted.forget()
        if hasattr(renderable, "chops") or hasattr(renderable, "region"):
            renderable.render_segments = partial(self._painted.sequence, renderable)
        elif renderable is not None:
            self._painted.forget()
        super()._display(screen, renderable)
