from __future__ import annotations

import pytest
from rich.color import Color

from tooltrace.tui import theme

WANTED = """
    text dim key user assistant tool arg result error warn ok edited recorded live scripted forced
    writes reads idempotent head break state.done state.now state.todo match selected
"""


def luminance(color: Color | str) -> float:
    parsed = Color.parse(color) if isinstance(color, str) else color
    red, green, blue = (part / 255 for part in parsed.get_truecolor())
    parts = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: Color | str, other: Color | str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("name", sorted(theme.NAMES - {"selected"}))
def test_every_style_can_be_read_on_every_background(name: str, dark: bool) -> None:
    shades = theme.DARK if dark else theme.LIGHT
    style = theme.style(name, dark)
    assert style.color is not None
    least = 4.5 if style.color.name == shades.dim else 7.0
    for background in (shades.pane, shades.raised, shades.screen, shades.selected):
        ground = style.bgcolor or background
        wanted = least if ground != shades.selected else 4.5
        assert contrast(style.color, ground) >= wanted, (name, background)


@pytest.mark.parametrize("dark", [True, False])
def test_every_name_that_contents_use_is_there(dark: bool) -> None:
    assert set(WANTED.split()) <= set(theme.styles(dark))


def test_an_unknown_name_is_plain_text() -> None:
    assert theme.style("no such style") == theme.style("text")


def test_both_themes_can_be_registered() -> None:
    dark, light = theme.textual_themes()
    assert (dark.name, dark.dark) == ("tooltrace", True)
    assert (light.name, light.dark) == ("tooltrace-light", False)
