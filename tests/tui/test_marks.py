"""No two kinds share mark and colour: in full colour, in sixteen colours, in ASCII, and in none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

import pytest
from rich.color import ColorSystem

from tooltrace.core.text.glyphs import in_ascii
from tooltrace.tui import theme, theme_colors
from tooltrace.tui.rows.branches.step_marks import STEP_SIGNS
from tooltrace.tui.rows.calls.call_row import Look, call_sign
from tooltrace.tui.rows.home.session_row import OUTCOME_SIGNS
from tooltrace.tui.rows.lines import Span
from tooltrace.tui.rows.workflow.state_labels import STATE_SIGNS

CALLS = {look: call_sign(look, "live") for look in get_args(Look)}
CALLS |= {source: call_sign("done", source) for source in ("edited", "injected")}
# What stopped before its end has one mark, and says in a word at what.
OUTCOMES = {kind: sign for kind, sign in OUTCOME_SIGNS.items() if kind != "limit"}
STATES: dict[str, Span] = {
    f"{end or ' under way'}, {when}": (mark, f"state.{when}")
    for end, marks in STATE_SIGNS.items()
    for mark, when in zip(marks, ("todo", "done", "now"), strict=True)
}
PLACES: dict[str, Mapping[str, Span]] = {
    "calls": CALLS,
    "timeline": dict(STEP_SIGNS.items()),
    "home": OUTCOMES,
    "graph": STATES,
}


def seen(span: Span, name: str, ascii_alone: bool) -> tuple[object, ...]:
    """A mark as a terminal of sixteen colours shows it in a theme."""
    mark, kind = span
    style = theme.looks(name, True)[kind]
    colors = (
        each and each.downgrade(ColorSystem.STANDARD).number
        for each in (style.color, style.bgcolor)
    )
    look = (*colors, style.bold, style.italic, style.reverse, style.strike)
    return in_ascii(mark) if ascii_alone else mark, look


@pytest.mark.parametrize("ascii_alone", [False, True])
@pytest.mark.parametrize("name", theme_colors.OURS)
@pytest.mark.parametrize("place", PLACES)
def test_no_two_kinds_share_mark_and_colour_in_sixteen_colours(
    place: str, name: str, ascii_alone: bool
) -> None:
    kinds = PLACES[place]
    looks = {kind: seen(span, name, ascii_alone) for kind, span in kinds.items()}
    by_look: dict[tuple[object, ...], list[str]] = {}
    for kind, look in looks.items():
        by_look.setdefault(look, []).append(kind)
    assert [kinds for kinds in by_look.values() if len(kinds) > 1] == []


@pytest.mark.parametrize("ascii_alone", [False, True])
@pytest.mark.parametrize("place", ["calls", "timeline", "home"])
def test_without_any_colour_the_marks_alone_differ(place: str, ascii_alone: bool) -> None:
    marks = [in_ascii(mark) if ascii_alone else mark for mark, _ in PLACES[place].values()]
    assert len(set(marks)) == len(marks), marks
