"""Pictures as coloured half blocks: two pixels in each cell, in any terminal that has colours.

Pillow decodes them; it is asked for only when a picture is opened, and nothing else needs it. What
a picture says of itself is not believed: its format is one of four, its pixels are counted before
they are decoded, and whatever goes wrong in decoding is a sentence.
"""

from __future__ import annotations

import io
import warnings
from itertools import groupby
from typing import Any

__all__ = ["EXTRA", "MOST_PIXELS", "Cells", "Color", "NotDrawn", "half_blocks"]

MOST_PIXELS = 40_000_000
"""Pixels that are decoded: what a large photo has, and 160 MB while it is made smaller."""

EXTRA = "tooltrace-debugger[images]"
"""What has to be installed for pictures to be drawn."""

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")

Color = tuple[int, int, int]
Cells = list[tuple[int, Color, Color]]
"""A line: how many cells, and the colours of their upper and of their lower half."""


class NotDrawn(Exception):
    """Why a picture is not drawn, in a sentence."""


def half_blocks(data: bytes, columns: int, rows: int, ground: Color) -> list[Cells]:
    """A picture in at most so many cells, on a ground where it is transparent; of a GIF the first.

    Raises NotDrawn where Pillow is not installed, or the bytes are no sound picture.
    """
    try:
        from PIL import Image
    except ImportError as error:
        raise NotDrawn(f"pip install '{EXTRA}' draws it here") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _drawn(Image, data, columns, rows, ground)
    except NotDrawn:
        raise
    except Image.DecompressionBombError as error:
        raise NotDrawn(f"not drawn: it is more than {MOST_PIXELS:,} pixels") from error
    except Exception as error:
        raise NotDrawn(f"not drawn, it is broken: {str(error) or type(error).__name__}") from error


def _drawn(image: Any, data: bytes, columns: int, rows: int, ground: Color) -> list[Cells]:
    with image.open(io.BytesIO(data), formats=_FORMATS) as picture:
        wide, high = picture.size
        if wide * high > MOST_PIXELS:
            raise NotDrawn(f"not drawn: {wide}×{high} is more than {MOST_PIXELS:,} pixels")
        if wide < 1 or high < 1:
            raise NotDrawn("not drawn: it has no pixels")
        scale = min(columns / wide, 2 * rows / high, 1.0)
        size = max(1, round(wide * scale)), max(1, round(high * scale))
        picture.draft("RGB", (2 * size[0], 2 * size[1]))
        seen = picture.convert("RGBA").resize(size, image.Resampling.BOX)
    under = image.new("RGBA", size, (*ground, 255))
    flat = image.alpha_composite(under, seen).convert("RGB")
    pixels = flat.tobytes()
    lines = [_line(pixels, at, size[0]) for at in range(0, size[1], 2)]
    return [_joined(upper, lower or [ground] * size[0]) for upper, lower in lines]


def _line(pixels: bytes, at: int, wide: int) -> tuple[list[Color], list[Color]]:
    rows = [pixels[row * wide * 3 : (row + 1) * wide * 3] for row in (at, at + 1)]
    upper, lower = ([(r[i], r[i + 1], r[i + 2]) for i in range(0, len(r), 3)] for r in rows)
    return upper, lower


def _joined(upper: list[Color], lower: list[Color]) -> Cells:
    pairs = groupby(zip(upper, lower, strict=True))
    return [(sum(1 for _ in same), over, under) for (over, under), same in pairs]
