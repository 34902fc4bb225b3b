"""Themes chosen while the app runs: everything is drawn anew, and can be read."""

from __future__ import annotations

import pytest

from tests.tui.app.driven import Driven, until
from tooltrace.debugger.debugger import Debugger
from tooltrace.tui import theme_colors
from tooltrace.tui.app import ToolTraceApp


def unreadable(app: ToolTraceApp) -> list[tuple[str, str, str]]:
    """Each text on the screen with ink and ground that cannot be told apart well enough."""
    found = []
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            style = segment.style
            text = segment.text.strip(" ─━│┃┌┐└┘┏┓┗┛▌▁▂▃▄▅▆▇█▔▊▎")
            if not text or style is None or style.color is None or style.bgcolor is None:
                continue
            ink, ground = (each.get_truecolor().hex for each in (style.color, style.bgcolor))
            if theme_colors.contrast(ink, ground) < 4.5:
                found.append((text, ink, ground))
    return found


@pytest.mark.parametrize("name", [*theme_colors.OURS, "nord", "solarized-light"])
async def test_a_theme_that_is_changed_to_is_drawn_everywhere(
    at_credit: Debugger, name: str
) -> None:
    async with Driven(at_credit, (120, 36)) as d:
        assert unreadable(d.app) == []
        d.app.dress(name)
        await d.pilot.pause()
        assert unreadable(d.app) == []
        assert "1 Conversation" in d.text and "3 Tool calls" in d.text


async def test_the_palette_has_the_themes(at_credit: Debugger) -> None:
    async with Driven(at_credit, (120, 36)) as d:
        await d.press("ctrl+p")
        await d.type("theme dracula")
        await until(lambda: "Theme: dracula" in d.text, d.text)
        await d.press("down", "enter")
        await until(lambda: d.app.theme == "dracula", d.app.theme)
