"""A text of any length, to read: only what is on the screen is ever laid out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from textual.events import MouseScrollDown, MouseScrollUp, Resize
from textual.strip import Strip
from textual.widget import Widget

from tooltrace.tui import safe_text, theme
from tooltrace.tui.dialog.dialog import Dialog
from tooltrace.tui.dialog.prompt import PromptScreen
from tooltrace.tui.keys.action import Scope
from tooltrace.tui.keys.keymap import textual_bindings
from tooltrace.tui.panes.layout import matcher
from tooltrace.tui.rows.inspector.paged_text import PagedText, Spot
from tooltrace.tui.rows.inspector.rows import size_words
from tooltrace.tui.rows.inspector.text_views import TextWay, ways_of

__all__ = ["PagerScreen", "TextView"]

_WHEEL = 3


class TextView(Widget, can_focus=True):
    """The lines of a text from one of them on."""

    BINDINGS = textual_bindings("pane")
    DEFAULT_CSS = "TextView { height: 1fr; width: 1fr; }"

    def __init__(self, text: str) -> None:
        super().__init__(id="text")
        self._paged = PagedText(text, 1)
        self._top = Spot(0, 0)
        self._lines: list[str] = []
        self.pattern: re.Pattern[str] | None = None
        self.found: int | None = None

    def on_resize(self, event: Resize) -> None:
        """The same place of the text at another width."""
        self._paged = PagedText(self._paged.text, event.size.width)
        self.go(self._paged.spot_at(self._top.begin))

    def show(self, text: str) -> None:
        """Another text in its place, from its begin."""
        self._paged = PagedText(text, self.size.width)
        self.found = None
        self.go(Spot(0, 0))

    def go(self, spot: Spot) -> None:
        """Bring a line to the top; the last page stays full."""
        paged, height = self._paged, self.size.height
        self._top = min(spot, paged.move(paged.last, 1 - height))
        self._lines = list(paged.page(self._top, height))
        self.refresh()
        self.screen.call_later(self._told)

    def _told(self) -> None:
        if isinstance(self.screen, PagerScreen):
            self.screen.show_place(self._top.begin / max(1, len(self._paged.text)))

    def _move(self, lines: int) -> None:
        self.go(self._paged.move(self._top, lines))

    def action_cursor_up(self) -> None:
        """A line up."""
        self._move(-1)

    def action_cursor_down(self) -> None:
        """A line down."""
        self._move(1)

    def action_page_up(self) -> None:
        """A page up, less a line."""
        self._move(1 - self.size.height)

    def action_page_down(self) -> None:
        """A page down, less a line."""
        self._move(self.size.height - 1)

    def action_cursor_first(self) -> None:
        """To the begin."""
        self.go(Spot(0, 0))

    def action_cursor_last(self) -> None:
        """To the end."""
        self.go(self._paged.last)

    def action_choose(self) -> None:
        """A page down: enter goes on reading."""
        self.action_page_down()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """A few lines down."""
        self._move(_WHEEL)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """A few lines up."""
        self._move(-_WHEEL)

    def find(self, query: str, *, on: bool = False, back: bool = False) -> bool:
        """Go to a match, from what is on the screen or with ``on`` from the last match; whether
        there is one."""
        pattern = matcher(query)
        self.pattern = pattern
        if pattern is None:
            self.refresh()
            return True
        at = self._top.begin if self.found is None or not on else self.found
        paged = self._paged
        if back:
            found = paged.find_before(pattern, at) or paged.find_before(pattern, len(paged.text))
        else:
            found = paged.find(pattern, at + (1 if on and self.found is not None else 0))
            found = paged.find(pattern, 0) if found is None else found
        self.found = found
        if found is not None:
            self.go(paged.move(paged.spot_at(found), -(self.size.height // 3)))
        self.refresh()
        return found is not None

    def render_line(self, y: int) -> Strip:
        """A line of what is on the screen, what was sought in it marked."""
        dark = safe_text.is_dark(self)
        line = self._lines[y] if y < len(self._lines) else ""
        marks = None
        if self.pattern is not None:
            marks = [match.span() for match in self.pattern.finditer(line)]
        base = self.rich_style

        return safe_text.strip(
            ((line, "text"),),
            self.size.width,
            lambda name: base + theme.style(name, dark),
            base,
            marks,
            theme.style("match", dark),
        )


class PagerScreen(Dialog[None]):
    """A text over the whole screen; ``/`` finds in it, ``y`` copies all of it."""

    SCOPE: Scope = "pager"
    BINDINGS = textual_bindings("pager")
    DEFAULT_CSS = """
    PagerScreen > #box { width: 100%; max-width: 100%; height: 100%; max-height: 100%; }
    """

    def __init__(self, title: str, text: str) -> None:
        super().__init__(title)
        self._title = title
        self._text = text
        self._sought = ""
        self._ways: list[TextWay] = [("", text)]
        self._way = 0

    def body(self) -> Iterable[Widget]:
        """The text."""
        yield TextView(self._text)

    @property
    def _view(self) -> TextView:
        return self.query_one(TextView)

    def ready(self) -> None:
        """The arrows move at once."""
        self._view.focus()

    def show_place(self, share: float) -> None:
        """How far one has read."""
        way, text = self._ways[self._way]
        place = f"{100 * share:.0f} % of {size_words(text)}{f', {way}' if way else ''}"
        safe_text.border_title(self.query_one("#box"), self._title, place)

    def action_find_text(self) -> None:
        """Find in the text."""

        def typed(text: str | None) -> None:
            self._sought = text or ""
            self._find()

        hint = "enter finds · ] next · [ previous · esc lets go"
        self.app.push_screen(PromptScreen("Find", self._sought, hint), typed)

    def _find(self, *, on: bool = False, back: bool = False) -> None:
        if not self._view.find(self._sought, on=on, back=back):
            safe_text.notify(self, f"{self._sought!r} is not in this text", "warning")

    def action_next_found(self) -> None:
        """The next match."""
        self._find(on=True)

    def action_previous_found(self) -> None:
        """The match before."""
        self._find(on=True, back=True)

    def action_copy_text(self) -> None:
        """Copy all of it, as it is shown."""
        safe_text.copy(self.app, self._ways[self._way][1])

    def action_next_way(self) -> None:
        """Show it in another way, if there is one."""
        if len(self._ways) == 1:
            self._ways = ways_of(self._text)
        if len(self._ways) == 1:
            safe_text.notify(self, "this text is no JSON, and has no escapes", "warning")
            return
        self._way = (self._way + 1) % len(self._ways)
        self._view.show(self._ways[self._way][1])

    def action_leave_pager(self) -> None:
        """Back."""
        self.dismiss(None)
