"""The colours of each theme: of ours as they are, of Textual's as far as they can be read."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

__all__ = [
    "CONTRAST",
    "DARK",
    "LIGHT",
    "OURS",
    "SEEN",
    "TEXTUAL",
    "Shades",
    "contrast",
    "shades_of",
    "theme_names",
]

READABLE, SEEN = 4.5, 3.0
"""The least contrast of text, and of a frame that means something."""


class Shades(NamedTuple):
    """The colours that a theme is made of, each ``#rrggbb``."""

    screen: str
    pane: str
    raised: str
    selected: str
    line: str
    text: str
    dim: str
    blue: str
    cyan: str
    green: str
    yellow: str
    orange: str
    red: str
    violet: str
    match: str
    on_match: str


DARK = Shades(
    screen="#0e1116",
    pane="#12161d",
    raised="#1a2029",
    selected="#26354a",
    line="#66758f",
    text="#e8ecf2",
    dim="#98a4b5",
    blue="#8fbcff",
    cyan="#74d7dd",
    green="#93dc97",
    yellow="#f2d479",
    orange="#ffb37a",
    red="#ff9d9d",
    violet="#d3b2ff",
    match="#f2d479",
    on_match="#12161d",
)
LIGHT = Shades(
    screen="#eef0f3",
    pane="#fbfbfa",
    raised="#ffffff",
    selected="#dbe8fb",
    line="#7a8494",
    text="#14181f",
    dim="#556070",
    blue="#0b3f96",
    cyan="#06484f",
    green="#124f1c",
    yellow="#5b4000",
    orange="#773000",
    red="#8c0f1c",
    violet="#5a1f96",
    match="#ffe08a",
    on_match="#14181f",
)
CONTRAST = Shades(
    screen="#000000",
    pane="#000000",
    raised="#101010",
    selected="#00337a",
    line="#b0b0b0",
    text="#ffffff",
    dim="#d0d0d0",
    blue="#9fd0ff",
    cyan="#66f0ff",
    green="#6dff6d",
    yellow="#ffff3f",
    orange="#ffc266",
    red="#ffa8a8",
    violet="#e6c7ff",
    match="#ffff3f",
    on_match="#000000",
)
OURS: Mapping[str, Shades] = MappingProxyType(
    {"tooltrace": DARK, "tooltrace-light": LIGHT, "tooltrace-contrast": CONTRAST}
)
"""Our own themes, the one that is there at first before the others."""

TEXTUAL = (
    *("atom-one-dark", "atom-one-light", "catppuccin-frappe", "catppuccin-latte"),
    *("catppuccin-macchiato", "catppuccin-mocha", "dracula", "flexoki", "gruvbox", "monokai"),
    *("nord", "rose-pine", "rose-pine-dawn", "rose-pine-moon", "solarized-dark"),
    *("solarized-light", "textual-dark", "textual-light", "tokyo-night"),
)
"""Textual's own; named here, as what only looks does not import it."""


def theme_names() -> tuple[str, ...]:
    """Every theme that can be chosen: ours first, then those of Textual.

    The two of Textual that draw in whatever colours the terminal has are none: nobody could say
    what can be read in them.
    """
    return (*OURS, *TEXTUAL)


def contrast(one: str, other: str) -> float:
    """How well two colours, each ``#rrggbb``, can be told apart: 1 not at all, 21 at most."""
    low, high = sorted((_light(one), _light(other)))
    return (high + 0.05) / (low + 0.05)


def _light(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def shades_of(name: str) -> Shades:
    """The colours of a theme of ``theme_names``. Raises KeyError for another."""
    return OURS[name] if name in OURS else _of_textual(name)


def _of_textual(name: str) -> Shades:
    """The colours of one of Textual's themes, each moved as far as it must be to be read."""
    from textual.theme import BUILTIN_THEMES

    theme = BUILTIN_THEMES[name]
    colors = theme.to_color_system().generate()
    screen, pane, raised, text = (
        colors[each][:7] for each in ("background", "surface", "panel", "foreground")
    )
    end = "#ffffff" if theme.dark else "#000000"
    text = _moved(text, end, (screen, pane, raised), READABLE)
    primary = colors["primary"][:7]
    shares = (0.35, 0.25, 0.15, 0.1, 0.05)
    tried = [_mixed(pane, primary, share) for share in shares]
    selected = next((ground for ground in tried if contrast(text, ground) >= READABLE), pane)
    grounds = (screen, pane, raised, selected)

    def ink(color: str, least: float = READABLE) -> str:
        return _moved(color[:7], end, grounds, least)

    yellow = ink(colors["accent"])
    return Shades(
        screen=screen,
        pane=pane,
        raised=raised,
        selected=selected,
        line=ink(_mixed(pane, text, 0.4), SEEN),
        text=ink(text),
        dim=ink(_mixed(text, pane, 0.3)),
        blue=ink(primary),
        cyan=ink(colors["secondary"]),
        green=ink(colors["success"]),
        yellow=yellow,
        orange=ink(colors["warning"]),
        red=ink(colors["error"]),
        violet=ink(_mixed(primary, colors["error"][:7], 0.4)),
        match=yellow,
        on_match=max("#000000", "#ffffff", key=lambda each: contrast(each, yellow)),
    )


def _moved(color: str, end: str, grounds: tuple[str, ...], least: float) -> str:
    """A colour moved towards white or black until it can be told from each of these grounds."""
    for step in range(21):
        moved = _mixed(color, end, step / 20)
        if all(contrast(moved, ground) >= least for ground in grounds):
            return moved
    return end


def _mixed(one: str, other: str, share: float) -> str:
    pairs = ((int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(low + (high - low) * share):02x}" for low, high in pairs)
