"""Which theme suits the ground of a terminal: by what it answers, or by its environment. Pure.

The question ends with one that every terminal answers, so that nobody waits for those that do not
know the first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tooltrace.tui.preferences import DEFAULT_THEME
from tooltrace.tui.theme_colors import contrast

__all__ = ["QUESTION", "answered", "ground_in", "is_asked", "theme_by_environment", "theme_on"]

QUESTION = b"\x1b]11;?\x1b\\\x1b[c"
"""Which colour is your ground? What are you?"""

LIGHT_THEME = "tooltrace-light"

_WHAT_IT_IS = re.compile(rb"\x1b\[\?[\d;]*c")
_PART = rb"([0-9a-fA-F]{1,4})"
_GROUND = re.compile(
    rb"\x1b\]11;(?:rgba?:%b/%b/%b(?:/[0-9a-fA-F]{1,4})?|#([0-9a-fA-F]{6}))(?:\x07|\x1b\\|\x9c)"
    % (_PART, _PART, _PART)
)
_KNOWS_NOTHING = ("dumb", "linux", "unknown", "eterm", "")
"""Terminals that would show the question, or are known to have a dark ground."""

_LIGHT_NUMBERS = frozenset((7, *range(9, 16)))


def is_asked(environ: Mapping[str, str]) -> bool:
    """Whether a terminal of this environment takes the question, and a colour matters there."""
    name = environ.get("TERM", "").split("-", 1)[0]
    return "NO_COLOR" not in environ and name not in _KNOWS_NOTHING


def answered(data: bytes) -> bool:
    """Whether all that the terminal will say is in what has come."""
    return _WHAT_IT_IS.search(data) is not None


def ground_in(data: bytes) -> str | None:
    """The ground as ``#rrggbb``, if the terminal has told it in what has come."""
    found = _GROUND.search(data)
    if found is None:
        return None
    *parts, whole = (each.decode() if each else "" for each in found.groups())
    if whole:
        return f"#{whole.lower()}"
    levels = (round(int(part, 16) * 255 / (16 ** len(part) - 1)) for part in parts)
    return "#" + "".join(f"{level:02x}" for level in levels)


def theme_on(ground: str) -> str:
    """The theme of ours that belongs on this ground, given as ``#rrggbb``."""
    light = contrast(ground, "#000000") > contrast(ground, "#ffffff")
    return LIGHT_THEME if light else DEFAULT_THEME


def theme_by_environment(environ: Mapping[str, str]) -> str:
    """By ``COLORFGBG``, which some terminals set; dark where it says nothing."""
    number = environ.get("COLORFGBG", "").rpartition(";")[2]
    light = number.isascii() and number.isdecimal() and int(number[:3]) in _LIGHT_NUMBERS
    return LIGHT_THEME if light else DEFAULT_THEME
