"""A picture drawn in half blocks, as large as there is room for; decoded beside the screen."""

from __future__ import annotations

import asyncio
from functools import partial
from threading import Lock, Thread

from rich.style import Style
from textual.events import Resize
from textual.strip import Strip
from textual.widget import Widget

from tooltrace.tui import safe_text
from tooltrace.tui.pictures import Cells, Color, NotDrawn, half_blocks
from tooltrace.tui.rows.lines import Line, wrap

__all__ = ["PictureView"]

_GROUNDS = {True: (24, 27, 33), False: (251, 251, 250)}
"""Under what is transparent, in a dark theme and in a light one."""


class PictureView(Widget):
    """Draws the bytes of a picture, or says in a line why it does not."""

    DEFAULT_CSS = """
    PictureView { height: 1fr; width: 1fr; }
    """

    def __init__(self, data: bytes, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._data = data
        self._lines: list[Strip] = []
        self._asked = 0
        self._decoding = Lock()
        self.said = "decoding"
        """What stands there in place of the picture; empty once it is drawn."""

    def on_resize(self, event: Resize) -> None:
        """Draw it anew for another size."""
        self._asked += 1
        loop = asyncio.get_running_loop()
        ground = _GROUNDS[safe_text.is_dark(self)]
        wide, high, asked = event.size.width, event.size.height, self._asked

        def work() -> None:
            lines, said = list[Cells](), ""
            # One at a time, and only for the last size: a large picture takes much memory.
            with self._decoding:
                if asked != self._asked:
                    return
                try:
                    lines = half_blocks(self._data, max(1, wide), max(1, high), ground)
                except NotDrawn as error:
                    said = str(error)
            try:
                loop.call_soon_threadsafe(partial(self._decoded, asked, lines, said))
            except RuntimeError:
                pass  # The app has ended meanwhile.

        Thread(target=work, name="picture", daemon=True).start()

    def _decoded(self, asked: int, lines: list[Cells], said: str) -> None:
        if asked != self._asked or not self.is_attached:
            return
        self.said = said
        wide, base = self.size.width, self.rich_style
        self._lines = [safe_text.strip(_line(cells), wide, Style.parse, base) for cells in lines]
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """A line of the picture, or of why there is none."""
        base = self.rich_style
        if self.said:
            lines = wrap(self.said, max(1, self.size.width))
            text = lines[y] if y < len(lines) else ""
            return safe_text.strip(((text, "dim"),), self.size.width, lambda name: base, base)
        line = self._lines[y] if y < len(self._lines) else Strip.blank(self.size.width, base)
        return line.adjust_cell_length(self.size.width, base)


def _line(cells: Cells) -> Line:
    return tuple(("▀" * count, f"{_hex(over)} on {_hex(under)}") for count, over, under in cells)


def _hex(color: Color) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)
