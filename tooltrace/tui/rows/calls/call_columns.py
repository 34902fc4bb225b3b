"""Which columns a call's row has at a width, and how wide they are: pure arithmetic."""

from __future__ import annotations

from functools import lru_cache
from math import log10

from msgspec import Struct

from tooltrace.tui.rows import labels

__all__ = [
    "BAR",
    "CallColumns",
    "columns_at",
    "columns_of_tall",
    "is_tall",
    "short_time",
    "time_bar",
]

BAR = 5
"""Cells of a time bar: one for each power of ten from 1 ms to 100 s."""

_SIGN = 3
_NARROW = 34
_ROOMY = 100
_WANTED = (
    ("time", 8, 24),
    ("effect", 5, 30),
    ("state", 12, 34),
    ("source", 5, 36),
    ("bar", BAR + 1, 36),
    ("cost", 8, 36),
    ("source", 4, 44),
    ("state", 6, 48),
)
"""What is added as there is room: a column, so many cells of it, the least that values keep."""
_WANTED_TALL = (
    ("effect", 7, 14),
    ("time", 8, 14),
    ("state", 12, 14),
    ("source", 5, 20),
    ("bar", BAR + 1, 20),
    ("cost", 8, 20),
)
_EIGHTHS = " ▏▎▍▌▋▊▉█"


class CallColumns(Struct, frozen=True):
    """The cells of each column, 0 for one that is not there; all but the values end in a space."""

    number: int
    tool: int
    values: int
    effect: int = 2
    time: int = 0
    state: int = 0
    source: int = 0
    bar: int = 0
    cost: int = 0


@lru_cache(maxsize=64)
def columns_at(width: int, digits: int) -> CallColumns:
    """The columns of a row of so many cells, where record numbers have so many digits."""
    rest = width - 1 - (digits + 1) - _SIGN
    if width < _NARROW:
        return CallColumns(digits + 1, max(0, rest - 1), 0, 1)
    tool = max(12, min(20, rest * 3 // 10))
    left = rest - tool - 2
    found = {"effect": 2, "time": 0, "state": 0, "source": 0, "bar": 0, "cost": 0}
    for name, cells, least in _WANTED:
        if left - cells < least:
            continue
        found[name] += cells
        left -= cells
    return CallColumns(digits + 1, tool, max(0, left), **found)


@lru_cache(maxsize=64)
def columns_of_tall(width: int, digits: int) -> CallColumns:
    """The columns of the first line of a row of two, whose second line has the values."""
    left = width - 1 - (digits + 1) - _SIGN
    found = {"effect": 0, "time": 0, "state": 0, "source": 0, "bar": 0, "cost": 0}
    for name, cells, least in _WANTED_TALL:
        if left - cells >= least:
            found[name] += cells
            left -= cells
    return CallColumns(digits + 1, left, 0, **found)


def is_tall(width: int) -> bool:
    """Whether a row of two lines says more than one of one line at this width."""
    return _NARROW <= width < _ROOMY


def short_time(ms: float) -> str:
    """A duration in at most seven cells."""
    text = labels.duration(ms)
    if len(text) <= 7:
        return text
    minutes, seconds = divmod(round(ms / 1000), 60)
    if minutes < 60:
        return f"{minutes}m{seconds:02}s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02}m" if hours < 1000 else f"{hours // 24:,}d"[:7]


def time_bar(ms: float) -> str:
    """How long something took, on one scale for all: a cell for each power of ten.

    1 ms is nothing, 10 ms one cell, 1 s three, 100 s and more all five.
    """
    if not 1 < ms < 1e15:
        return ""
    eighths = min(8 * BAR, max(1, round(8 * log10(ms))))
    whole, part = divmod(eighths, 8)
    return "█" * whole + (_EIGHTHS[part] if part else "")
