from __future__ import annotations

import pytest
from rich.color import Color, ColorSystem
from textual.theme import BUILTIN_THEMES

from tooltrace.tui import theme, theme_colors
from tooltrace.tui.rows import labels

WANTED = """
    text dim key user assistant tool arg result error warn ok edited recorded live scripted forced
    writes reads idempotent head break state.done state.now state.todo match selected
"""


def hex_of(color: Color) -> str:
    return color.get_truecolor().hex


def grounds(shades: theme_colors.Shades) -> tuple[str, ...]:
    return shades.pane, shades.raised, shades.screen, shades.selected


@pytest.mark.parametrize("name", theme_colors.OURS)
def test_every_style_of_ours_can_be_read_on_every_ground(name: str) -> None:
    shades = theme_colors.OURS[name]
    for kind, style in theme.looks(name, True).items():
        if kind == "selected":
            continue
        assert style.color is not None
        least = 4.5 if style.color.name in (shades.dim, shades.line) else 7.0
        for ground in grounds(shades):
            own = hex_of(style.bgcolor) if style.bgcolor else ground
            wanted = least if own != shades.selected else 4.5
            assert theme_colors.contrast(hex_of(style.color), own) >= wanted, (kind, ground)


@pytest.mark.parametrize("name", theme_colors.theme_names())
def test_what_textual_brings_can_be_read_as_well(name: str) -> None:
    ours = theme.textual_theme(name)
    pane, screen, chosen = ours.surface, ours.background, ours.variables["tt-selected"]
    for kind, style in theme.looks(name, ours.dark).items():
        if kind == "selected":
            continue
        assert style.color is not None and pane and screen
        for ground in (pane, screen, chosen):
            own = hex_of(style.bgcolor) if style.bgcolor else ground
            assert theme_colors.contrast(hex_of(style.color), own) >= 4.5, (kind, ground)


@pytest.mark.parametrize("name", theme_colors.theme_names())
def test_frames_are_seen_and_the_focus_is_no_state(name: str) -> None:
    made = theme.textual_theme(name)
    assert made.surface and made.background
    for frame in ("border", "border-blurred"):
        for ground in (made.surface, made.background):
            assert theme_colors.contrast(made.variables[frame], ground) >= 3.0, frame
    state = theme.looks(name, made.dark)["state.now"].color
    assert state is not None
    if name in theme_colors.OURS:
        assert made.variables["border"] != hex_of(state)


@pytest.mark.parametrize("name", theme_colors.OURS)
def test_in_sixteen_colours_no_text_has_the_colour_of_its_ground(name: str) -> None:
    for kind, style in theme.looks(name, True).items():
        if style.color is not None and style.bgcolor is not None:
            ink, ground = (
                each.downgrade(ColorSystem.STANDARD).number for each in (style.color, style.bgcolor)
            )
            assert ink != ground, kind


def test_what_is_done_failed_pending_and_the_rest_differ_without_any_colour() -> None:
    marks = [
        labels.DONE,
        labels.BAD,
        labels.NEXT,
        labels.RUNS,
        labels.DOUBT,
        labels.AHEAD,
        labels.CHANGED,
        labels.TYPED,
        labels.INJECTED,
        labels.BREAK,
        labels.WATCH,
        labels.PRINTED,
        labels.STAR,
    ]
    assert len(set(marks)) == len(marks)


@pytest.mark.parametrize("dark", [True, False])
def test_every_name_that_contents_use_is_there(dark: bool) -> None:
    assert set(WANTED.split()) <= set(theme.styles(dark))


def test_an_unknown_name_is_plain_text() -> None:
    assert theme.style("no such style") == theme.style("text")


def test_a_name_that_is_no_theme_is_drawn_as_ours() -> None:
    assert theme.looks("no such theme", False) is theme.styles(False)


def test_ours_can_be_registered() -> None:
    told = [(each.name, each.dark) for each in theme.textual_themes()]
    assert told == [("tooltrace", True), ("tooltrace-light", False), ("tooltrace-contrast", True)]


def test_textuals_themes_are_there_by_name_but_for_those_of_the_terminals_colours() -> None:
    assert set(theme_colors.TEXTUAL) <= {n for n, each in BUILTIN_THEMES.items() if not each.ansi}
