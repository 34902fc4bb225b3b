"""How many cells text takes, and placing what terminals do not agree about.

Of a spacing mark (most vowel signs of India) and of a skin tone some terminals say that it takes no
cell, some that it takes its own. Measured is the most: then nothing is ever drawn over, and what a
terminal needs less stays blank. What comes after such text is put where it was measured, so that a
border stands where it belongs whatever the terminal thinks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from rich import cells as _rich
from rich.cells import cell_len, get_character_cell_size, set_cell_size

from tooltrace.core.text.clusters import cluster_end, compiled
from tooltrace.core.text.glyphs import in_ascii
from tooltrace.tui.lost_terminal import TerminalFile

if TYPE_CHECKING:
    from textual.driver import Driver

__all__ = ["cell_len", "cut", "driver_that_places", "placed", "step_in"]

_TONES = range(0x1F3FB, 0x1F400)
_TAGS = 0xE0000
# What all terminals measure alike stays out of this, as does what Textual itself draws.
_AGREED = (
    "\x00-\u0482\u048a-\u052f\u1e00-\u1fff\u2010-\u20cf\u2100-\u262f\u2638-\u2689\u2690-\u2bff"
    "\u3001-\u3029\u3030-\u30ff\u3105-\u3163\u3165-\u318f\u3200-\u3247\u3250-\ua4cf"
    "\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60"
)
_DOUBTED = f"[^{_AGREED}]"
# No cluster of two or more is made of these alone.
_CLUSTERED = f"[^{_AGREED}]|[\u0300-\u036f\u3099\u309a]"
# The base before it counts, since it may be drawn wider for what follows.
_RUN = f"(?:[^\x00-\x9f]|[0-9#*])?[^{_AGREED}]+"
_SAVE, _BACK = "\x1b7", "\x1b8"


def _measure_the_most() -> None:
    """Give Rich's table, which Textual measures by, a cell for spacing marks and two for tones."""
    try:
        from rich._unicode_data import load
    except ImportError:
        # Borders stand straight without it; a sign may then be drawn over by what comes next.
        return
    table = load("auto").widths
    if not isinstance(table, list):
        return
    wider: list[tuple[int, int, int]] = []
    for low, high, width in table:
        if width or low >= _TAGS:
            wider.append((low, high, width))
            continue
        for code in range(low, high + 1):
            cells = _cells(code)
            if wider and wider[-1][1:] == (code - 1, cells):
                wider[-1] = (wider[-1][0], code, cells)
            else:
                wider.append((code, code, cells))
    table[:] = wider
    _rich.get_character_cell_size.cache_clear()
    _rich.cached_cell_len.cache_clear()


def _cells(code: int) -> int:
    if code in _TONES:
        return 2
    return int(unicodedata.category(chr(code)) == "Mc")


_measure_the_most()


def cut(text: str, width: int) -> str:
    """What of a wider text fits in so many cells, never a part of a cluster."""
    # With the character after it, which might belong to the last one that fits.
    head = text[: width + 1]
    if head.isascii() and head.isprintable():
        return text[:width]
    if not compiled(_CLUSTERED).search(text):
        return set_cell_size(text, width)
    cells = position = 0
    while position < len(text):
        after, size = _cluster(text, position)
        if cells + size > width:
            break
        cells, position = cells + size, after
    return text[:position]


def step_in(text: str) -> Callable[[str, int], tuple[int, int]]:
    """What tells where the cluster at a position of this text ends, and how many cells it takes."""
    return _cluster if compiled(_CLUSTERED).search(text) else _character


def _character(text: str, start: int) -> tuple[int, int]:
    char = text[start]
    return start + 1, 1 if char.isascii() else get_character_cell_size(char)


def _cluster(text: str, start: int) -> tuple[int, int]:
    after = start + 1
    if text[start].isascii() and text[after : after + 1].isascii():
        return after, 1
    after = cluster_end(text, start)
    return after, cell_len(text[start:after])


def placed(data: str) -> str:
    """What is written to a terminal, with the cursor put after doubtful text where it belongs.

    Only what every terminal knows: save the cursor, put it back, move it right.
    """
    if data.isascii() or not compiled(_DOUBTED).search(data):
        return data
    return compiled(_RUN).sub(_place, data)


def _place(found: re.Match[str]) -> str:
    run = found[0]
    cells = cell_len(run)
    if not cells:
        return f"{_SAVE}{run}{_BACK}"
    # Blank first: a cell that the terminal does not draw on would keep what stood there.
    return f"{_SAVE}{' ' * cells}{_BACK}{_SAVE}{run}{_BACK}\x1b[{cells}C"


@cache
def driver_that_places(driver: type[Driver], ascii_only: bool = False) -> type[Driver]:
    """The same driver of a terminal, which writes what is ``placed``, as long as it is there.

    With ``ascii_only`` nothing is drawn with a glyph beyond ASCII.
    """

    class Placing(driver):  # type: ignore[valid-type, misc]
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            file: Any = getattr(self, "_file", None)
            if file is not None:  # One without a terminal has none.
                self._file = TerminalFile(file)

        def write(self, data: str) -> None:
            super().write(placed(in_ascii(data) if ascii_only else data))

    return Placing
