"""Every glyph that is drawn, and what stands for it where only ASCII can be.

All are one cell wide, and DejaVu Sans Mono and Fira Code have them, so that no terminal puts
another font's in their place. What stands for one is as wide as it is: a drawing keeps its form.
"""

from __future__ import annotations

import unicodedata
from functools import cache

__all__ = ["GLYPHS", "in_ascii"]

GLYPHS = {
    # how it went, and what comes
    "✓": "v",
    "×": "x",
    "‖": "|",
    "◐": "~",
    "▲": "!",
    "○": "o",
    "●": "@",
    "◉": "*",
    "□": "u",
    "■": "U",
    "◇": "c",
    "◆": "#",
    # what it is, and who did it
    "ƒ": "f",
    "±": "%",
    "ϟ": "z",
    "⇨": "}",
    "↩": "<",
    "↪": ">",
    "⊣": "]",
    "»": ">",
    "☐": "-",
    "☑": "x",
    # directions
    "→": ">",
    "←": "<",
    "↑": "^",
    "↓": "v",
    "►": ">",
    "›": ">",
    "⌄": "v",
    "⏎": "$",
    # words and numbers
    "…": ".",
    "·": ".",
    "•": "*",
    "–": "-",
    "−": "-",
    "≈": "~",
    "≠": "!",
    "≥": ">",
    "“": '"',
    "”": '"',
    "µ": "u",
    "\ufffd": "?",
    # areas
    "█": "#",
    "▓": "=",
    "░": ".",
    "▌": "|",
    "▀": "#",
}
"""What is drawn beside letters and lines, each with its ASCII."""

_BOXES, _BLOCKS = range(0x2500, 0x2580), range(0x2580, 0x25A0)


def in_ascii(text: str) -> str:
    """The same text with ASCII for what is drawn, cell for cell; letters stay as they are."""
    return text if text.isascii() else text.translate(_table())


@cache
def _table() -> dict[int, str]:
    table = {code: _line(chr(code)) for code in _BOXES}
    table |= dict.fromkeys(_BLOCKS, "#")
    # What Textual draws at the edges of its own widgets, and a picture of two cells.
    table |= {ord(edge): "|" for edge in "▎▏▊▐▕"} | {ord(edge): "-" for edge in "▁▔"}
    table |= {ord("🔎"): "? ", ord("▶"): ">", ord("▼"): "v"}
    return table | {ord(glyph): plain for glyph, plain in GLYPHS.items()}


def _line(char: str) -> str:
    """A stroke along its way, a plus where some meet; heavy ones are other strokes."""
    name = unicodedata.name(char).removeprefix("BOX DRAWINGS ")
    heavy = "HEAVY" in name and "LIGHT" not in name
    if "DIAGONAL" in name:
        return "/" if "LOWER LEFT" in name else "\\" if "UPPER LEFT TO" in name else "X"
    across = any(word in name for word in ("HORIZONTAL", "LEFT", "RIGHT"))
    upright = any(word in name for word in ("VERTICAL", "UP", "DOWN"))
    if across and upright:
        return "#" if heavy else "+"
    if across:
        return "=" if heavy or "DOUBLE" in name else "-"
    return "#" if heavy or "DOUBLE" in name else "|"
