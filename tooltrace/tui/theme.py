"""The names of styles and what they look like, on a dark and on a light screen.

A style never carries meaning alone: whatever it marks also has a glyph or a word, so the app reads
the same without colour. Every foreground keeps a contrast of 4.5 or more to its background (7 for
anything that is not dim), so that it can be read from the back of a room.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from rich.style import Style

if TYPE_CHECKING:
    from textual.theme import Theme

__all__ = ["DARK", "LIGHT", "NAMES", "Shades", "style", "styles", "textual_themes"]


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
    line="#46536a",
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
    line="#8a94a3",
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


def _build(shades: Shades) -> dict[str, Style]:
    def ink(color: str, *, bold: bool = False, italic: bool = False) -> Style:
        return Style(color=color, bold=bold or None, italic=italic or None)

    text, dim = ink(shades.text), ink(shades.dim)
    return {
        "": text,
        "text": text,
        "dim": dim,
        "strong": ink(shades.text, bold=True),
        "key": ink(shades.yellow, bold=True),
        "title": ink(shades.blue, bold=True),
        # who speaks
        "user": ink(shades.blue, bold=True),
        "assistant": ink(shades.green, bold=True),
        "tool": ink(shades.violet, bold=True),
        "arg": ink(shades.cyan),
        "result": ink(shades.text),
        "block": ink(shades.cyan, bold=True),
        "rule": ink(shades.dim, bold=True),
        # a value by kind
        "json.key": ink(shades.cyan),
        "json.string": ink(shades.green),
        "json.number": ink(shades.orange),
        "json.word": ink(shades.violet, italic=True),
        # how it went
        "error": ink(shades.red, bold=True),
        "warn": ink(shades.orange, bold=True),
        "ok": ink(shades.green),
        # where it came from
        "live": ink(shades.green, bold=True),
        "recorded": ink(shades.blue),
        "edited": ink(shades.yellow, bold=True),
        "forced": ink(shades.orange, bold=True),
        "imported": dim,
        "injected": ink(shades.red, bold=True),
        "scripted": ink(shades.cyan),
        # what it does to the world
        "writes": ink(shades.orange, bold=True),
        "reads": dim,
        "idempotent": ink(shades.cyan),
        # where you stand
        "head": Style(color=shades.on_match, bgcolor=shades.match, bold=True),
        "break": ink(shades.red, bold=True),
        "branch": ink(shades.violet),
        "state.done": ink(shades.green),
        "state.now": Style(color=shades.yellow, bold=True, reverse=True),
        "state.todo": dim,
        "edge.now": ink(shades.yellow, bold=True),
        # a change
        "old": Style(color=shades.red, strike=True),
        "new": ink(shades.green, bold=True),
        # what the pane lays over all of these
        "match": Style(color=shades.on_match, bgcolor=shades.match, bold=True),
        "dragged": Style(color=shades.pane, bgcolor=shades.text, reverse=False),
        "selected": Style(bgcolor=shades.selected),
        "cursor": ink(shades.yellow, bold=True),
    }


_DARK: Mapping[str, Style] = MappingProxyType(_build(DARK))
_LIGHT: Mapping[str, Style] = MappingProxyType(_build(LIGHT))

NAMES = frozenset(_DARK)
"""Every name that a span may carry. An unknown one is drawn as plain text."""


def styles(dark: bool = True) -> Mapping[str, Style]:
    """All styles of a theme by name."""
    return _DARK if dark else _LIGHT


def style(name: str, dark: bool = True) -> Style:
    """The style of that name, or plain text's."""
    table = styles(dark)
    return table.get(name, table["text"])


def textual_themes() -> tuple[Theme, Theme]:
    """For ``App.register_theme``: the dark ``tooltrace`` and the light ``tooltrace-light``."""
    return _theme("tooltrace", DARK, dark=True), _theme("tooltrace-light", LIGHT, dark=False)


def _theme(name: str, shades: Shades, dark: bool) -> Theme:
    from textual.theme import Theme

    return Theme(
        name=name,
        dark=dark,
        primary=shades.blue,
        secondary=shades.cyan,
        accent=shades.yellow,
        warning=shades.orange,
        error=shades.red,
        success=shades.green,
        foreground=shades.text,
        background=shades.screen,
        surface=shades.pane,
        panel=shades.raised,
        text_alpha=1.0,
        variables={
            "tt-line": shades.line,
            "tt-dim": shades.dim,
            "tt-raised": shades.raised,
            "tt-selected": shades.selected,
            "block-cursor-background": shades.selected,
            "block-cursor-foreground": shades.text,
            "block-cursor-text-style": "none",
            "block-cursor-blurred-background": shades.selected,
            "block-cursor-blurred-foreground": shades.text,
            "input-selection-background": shades.selected,
            "input-cursor-background": shades.text,
            "input-cursor-foreground": shades.pane,
            "border": shades.yellow,
            "border-blurred": shades.line,
            "scrollbar": shades.line,
            "scrollbar-hover": shades.dim,
            "scrollbar-active": shades.yellow,
            "scrollbar-background": shades.pane,
            "scrollbar-background-hover": shades.pane,
            "scrollbar-background-active": shades.pane,
            "scrollbar-corner-color": shades.pane,
            "screen-selection-background": shades.text,
            "screen-selection-foreground": shades.pane,
            "footer-key-foreground": shades.yellow,
        },
    )
