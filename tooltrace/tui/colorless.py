"""What is drawn where colours are not wanted (``NO_COLOR``): no ground is painted, nor any ink.

What only a ground tells, as a match, is drawn in reverse.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter, Monochrome, NoColor

from tooltrace.tui.theme_colors import SEEN, contrast

__all__ = ["Colorless", "colorless"]

_PLAIN = Style.from_color(RichColor.parse("default"), RichColor.parse("default"))


class Colorless(LineFilter):
    """Takes the colours out of a line; what stands on a ground of its own is in reverse."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments in the terminal's own colours."""
        ground = background.hex6
        return [
            Segment(text, None if style is None else _plain(style, ground), control)
            for text, style, control in segments
        ]


def colorless(filters: Iterable[LineFilter]) -> list[LineFilter]:
    """The same filters of an app, with ours for those of Textual that paint in grey."""
    return [Colorless() if isinstance(each, NoColor | Monochrome) else each for each in filters]


@lru_cache(maxsize=1024)
def _plain(style: Style, ground: str) -> Style:
    own = style.bgcolor
    stands_out = own is not None and not own.is_default and _apart(own, ground)
    plain = style + _PLAIN
    return plain + Style(reverse=not style.reverse) if stands_out else plain


def _apart(color: RichColor, ground: str) -> bool:
    return contrast(color.get_truecolor().hex, ground) >= SEEN
