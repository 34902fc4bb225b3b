"""What a person chose about the app, from wherever it was chosen."""

from __future__ import annotations

from msgspec import Struct

__all__ = ["AUTO", "DEFAULT_THEME", "Preferences"]

DEFAULT_THEME = "tooltrace"

AUTO = "auto"
"""Chosen for a theme: whichever of ours belongs on the terminal's ground."""


class Preferences(Struct, frozen=True):
    """How the app looks and what it takes.

    ``theme`` is a name of ``theme_names``; ``ascii`` draws without any glyph beyond ASCII;
    ``mouse`` has the terminal report its mouse; ``bell`` rings when a long run stops;
    ``markdown`` lays it out in the conversation. ``problems`` are lines for the person about what
    could not be read of what was chosen.
    """

    theme: str = DEFAULT_THEME
    ascii: bool = False
    mouse: bool = True
    bell: bool = False
    markdown: bool = True
    problems: tuple[str, ...] = ()
