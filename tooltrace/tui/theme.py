"""The names of styles and what they look like in each theme: three of ours, and Textual's own.

A style never carries meaning alone: whatever it marks also has a glyph or a word, so the app reads
the same without colour. Every foreground of ours keeps a contrast of 4.5 or more to its background
(7 for anything that is not dim), so that it can be read from the back of a room. The colours of
other themes are moved towards black or white until they can be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from rich.style import Style

from tooltrace.tui.theme_colors import DARK, OURS, Shades, shades_of, theme_names

if TYPE_CHECKING:
    from textual.theme import Theme

__all__ = ["NAMES", "looks", "style", "styles", "textual_theme", "textual_themes"]


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
        # a text with Markdown, and a difference, in their own marks
        "em": ink(shades.text, italic=True),
        "strong.em": ink(shades.text, bold=True, italic=True),
        "struck": Style(color=shades.dim, strike=True),
        "code": ink(shades.cyan),
        "link": Style(color=shades.cyan, underline=True),
        "added": ink(shades.green),
        "removed": ink(shades.red),
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
        "client": ink(shades.cyan),
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
        "changed": Style(color=shades.green, bold=True, reverse=True),
        # what the pane lays over all of these
        "match": Style(color=shades.on_match, bgcolor=shades.match, bold=True),
        "dragged": Style(color=shades.pane, bgcolor=shades.text, reverse=False),
        "selected": Style(bgcolor=shades.selected),
        "cursor": ink(shades.blue, bold=True),
    }


@cache
def _table(name: str) -> Mapping[str, Style]:
    return MappingProxyType(_build(shades_of(name)))


NAMES = frozenset(_build(DARK))
"""Every name that a span may carry. An unknown one is drawn as plain text."""


def styles(dark: bool = True) -> Mapping[str, Style]:
    """All styles by name of our dark theme, or of the light one."""
    return _table("tooltrace" if dark else "tooltrace-light")


def looks(name: str, dark: bool) -> Mapping[str, Style]:
    """All styles by name of the theme of that name; of one that is unknown, those of ours."""
    return _table(name) if name in theme_names() else styles(dark)


def style(name: str, of: bool | Mapping[str, Style] = True) -> Style:
    """The style of that name, or plain text's; ``of`` are a theme's, or whether it is dark."""
    table = styles(of) if isinstance(of, bool) else of
    return table.get(name, table["text"])


def textual_themes() -> tuple[Theme, ...]:
    """For ``App.register_theme``: ours, the dark ``tooltrace`` first."""
    return tuple(textual_theme(name) for name in OURS)


def textual_theme(name: str) -> Theme:
    """A theme for Textual by its name, of ``theme_names``. Raises KeyError for another."""
    from textual.theme import BUILTIN_THEMES

    dark = name != "tooltrace-light" if name in OURS else BUILTIN_THEMES[name].dark
    return _theme(name, shades_of(name), dark=dark)


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
            "border": shades.blue,
            "border-blurred": shades.line,
            "scrollbar": shades.line,
            "scrollbar-hover": shades.dim,
            "scrollbar-active": shades.blue,
            "scrollbar-background": shades.pane,
            "scrollbar-background-hover": shades.pane,
            "scrollbar-background-active": shades.pane,
            "scrollbar-corner-color": shades.pane,
            "screen-selection-background": shades.text,
            "screen-selection-foreground": shades.pane,
            "footer-key-foreground": shades.yellow,
        },
    )
