"""What the tests of the TUI share: hostile strings, a host app, and what is on its screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.app import App, ComposeResult
from textual.strip import Strip
from textual.widget import Widget

from tooltrace.core.text.sanitize import visible
from tooltrace.tui import theme
from tooltrace.tui.input.keys_in_order import KeysInOrder

HOSTILE = {
    "esc": "a\x1b[31mred\x1b[2Jb",
    "osc52": "\x1b]52;c;aGVsbG8=\x07",
    "osc0": "\x1b]0;owned\x1b\\",
    "c1": "\x9b31m\x9d0;x\x9c",
    "click": "[@click=app.quit]press[/]",
    "close": "[/]",
    "open": "[bold red",
    "link": "[link=https://evil.example]x[/link]",
    "bidi": "abc\u202edef\u2066ghi",
    "surrogate": "x\ud800y\udfffz",
    "nul": "a\x00b",
    "separators": "a\u2028b\u2029c\x85d\x0be\x0cf",
    "family": "👩\u200d👩\u200d👧 ❤\ufe0f",
    "marks": "e" + "\u0301" * 500,
    "wide": "漢字かな" * 40,
    "crlf": "a\r\nb\rc",
    "tabs": "\t\t|\tx",
    "one_long_line": "x" * 1_000_000,
    "many_lines": "line\n" * 100_000,
}
_ALONE = ("click", "close", "open", "one_long_line", "many_lines")
BATCHES = {
    "joined": " ".join(text for name, text in HOSTILE.items() if name not in _ALONE),
    **{name: HOSTILE[name] for name in _ALONE},
}
"""All of them in fewer strings, for tests that put each on a screen."""


class Host(KeysInOrder, App[Any]):
    """An app that holds one widget, or nothing."""

    def __init__(self, make: Callable[[], Widget] | None = None, dark: bool = True) -> None:
        super().__init__()
        self.make = make
        self.given: list[Any] = []
        self.quits = 0
        for one in theme.textual_themes():
            self.register_theme(one)
        self.theme = "tooltrace" if dark else "tooltrace-light"

    def compose(self) -> ComposeResult:
        if self.make is not None:
            yield self.make()

    def show(self, screen: Any) -> None:
        self.push_screen(screen, self.given.append)

    async def action_quit(self) -> None:
        self.quits += 1


def screen_lines(app: App[Any]) -> list[str]:
    """The text on the screen, line by line, as it goes to the terminal."""
    return [_text_of(strip) for strip in app.screen._compositor.render_strips()]


def screen_text(app: App[Any]) -> str:
    return "\n".join(screen_lines(app))


def _text_of(strip: Strip) -> str:
    return "".join(segment.text for segment in strip)


def assert_clean(app: App[Any]) -> None:
    """Nothing on the screen is hidden or acts on a terminal, and no text became a link."""
    strips = app.screen._compositor.render_strips()
    for line in map(_text_of, strips):
        assert visible(line) == line
        assert "\t" not in line
    for style in {segment.style for strip in strips for segment in strip}:
        if style is not None:
            assert style.link is None
            assert not any("click" in key for key in (style.meta or {}))
