"""Textual's own widgets, made safe: the only ones of them that the app uses to show or take text.

What a person types or pastes may hold anything; it is kept as it is, but drawn through the edge.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.content import Content
from textual.events import Key, Paste
from textual.geometry import Offset
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, OptionList, TextArea
from textual.widgets.option_list import Option

from tooltrace.core.text.sanitize import visible
from tooltrace.tui import safe_text
from tooltrace.tui.rows.json_spans import json_spans
from tooltrace.tui.rows.lines import Line
from tooltrace.tui.theme import style

__all__ = ["Choices", "LineInput", "SayArea", "ValueArea"]


_EDITING = frozenset({"backspace", "delete", "left", "right", "home", "end"})
_LINE_FEED = "ctrl+j"
"""A line break of a text that is pasted as if it were typed."""
_LONGEST_COLOURED = 4_000
"""Characters of a line up to which it is coloured by kind: a key must not wait for it."""
_LINES = frozenset({"up", "down", "pageup", "pagedown"})


async def _at_once(widget: Widget, event: Key, keys: frozenset[str]) -> None:
    """Do what a key is bound to in the widget itself, before the next key is looked at.

    Textual does that only when the key has gone up through all the widgets around, and puts letters
    in at once: a backspace typed quickly before a letter would take the letter away.
    """
    bound = widget._bindings.key_to_bindings.get(event.key) if event.key in keys else None
    if bound:
        event.stop()
        event.prevent_default()
        await widget.run_action(bound[0].action)


class LineInput(Input):
    """One line of input; a paste is taken whole, its line breaks as spaces."""

    ALLOW_SELECT: ClassVar[bool] = False  # It marks its text itself.

    def __init__(self, value: str = "", hint: str = "", *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(value, placeholder=safe_text.mask(hint), id=id, compact=True)

    def hint(self, text: str) -> None:
        """What stands there while nothing is typed."""
        self.placeholder = safe_text.mask(text)

    def render_line(self, y: int) -> Strip:
        """The line, with whatever is hidden in it made visible."""
        return safe_text.masked(super().render_line(y))

    async def _on_key(self, event: Key) -> None:
        if event.key == _LINE_FEED:
            event.prevent_default()
            self.replace(" ", *self.selection)
        await _at_once(self, event, _EDITING)

    def _on_paste(self, event: Paste) -> None:
        event.text = " ".join(event.text.splitlines())


class ValueArea(TextArea):
    """A value as text to edit. ``as_json`` turns what a paste hides into JSON escapes.

    Otherwise hidden characters are left out of a paste, because plain text has no way to write
    them; ``left_out`` is called with how many.
    """

    ALLOW_SELECT: ClassVar[bool] = False  # It marks its text itself.

    def __init__(self, text: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(
            text,
            id=id,
            soft_wrap=True,
            show_line_numbers=True,
            tab_behavior="focus",
            theme="css",
            highlight_cursor_line=True,
        )
        self.as_json = True
        self.left_out: Callable[[int], None] | None = None
        self._wrong: tuple[int, int] | None = None
        self._new: set[int] = set()

    def get_line(self, line_index: int) -> Text:
        """A line of the document as it is drawn: JSON by kind, and what is wrong at its place."""
        shown = safe_text.mask(self.document.get_line(line_index))
        line = Text(shown, end="", no_wrap=True)
        dark = safe_text.is_dark(self)
        if self.as_json and len(shown) <= _LONGEST_COLOURED:
            begin = 0
            for text, name in json_spans(shown):
                line.stylize(style(name, dark), begin, begin + len(text))
                begin += len(text)
        if self._wrong is not None and self._wrong[0] == line_index:
            at = min(self._wrong[1], max(0, len(shown) - 1))
            line.stylize(style("error", dark) + Style(reverse=True, underline=True), at, at + 1)
        return line

    def mark_wrong(self, place: tuple[int, int] | None) -> None:
        """Mark the character at a line and column, from 0, as the one that is wrong, or none."""
        if place != self._wrong:
            self._wrong = place
            self._line_cache.clear()
            self.refresh()

    def mark_new(self, lines: set[int]) -> None:
        """Put a sign beside these lines, from 0, beside their numbers."""
        if lines != self._new:
            self._new = lines
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """A line as it is drawn, with the sign of one that is new in the gutter."""
        strip = super().render_line(y)
        gutter = self.gutter_width
        if not self._new or gutter < 2:
            return strip
        wrapped, at = self.wrapped_document, y + self.scroll_offset.y
        if at >= wrapped.height or wrapped.offset_to_location(Offset(0, at))[0] not in self._new:
            return strip
        sign = Segment("+", self.rich_style + style("new", safe_text.looks(self)))
        return Strip.join([strip.crop(0, gutter - 1), Strip([sign], 1), strip.crop(gutter)])

    async def _on_key(self, event: Key) -> None:
        if event.key == _LINE_FEED:
            event.prevent_default()
            self.replace("\n", *self.selection, maintain_selection_offset=False)
        await _at_once(self, event, _EDITING | _LINES)

    def take_marked(self) -> str:
        """The text that is marked, which it is no longer then."""
        text = self.selected_text
        self.move_cursor(self.cursor_location)
        return text

    async def _on_paste(self, event: Paste) -> None:
        text = event.text.replace("\r\n", "\n").replace("\r", "\n")
        hidden = {char for char in text if visible(char) != char}
        if self.as_json:
            table = {ord(char): json.dumps(char)[1:-1] for char in hidden}
            event.text = text.translate(table)
            return
        event.text = text.translate(dict.fromkeys(map(ord, hidden)))
        lost = len(text) - len(event.text)
        if lost and self.left_out is not None:
            self.left_out(lost)


class SayArea(ValueArea):
    """Text to be said: enter is for the screen, ctrl+j begins a line.

    ``take`` is asked whether a paste is something else than text, and then has it.
    """

    def __init__(self, text: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(text, id=id)
        self.as_json = False
        self.show_line_numbers = False
        self.take: Callable[[str], bool] | None = None

    async def _on_key(self, event: Key) -> None:
        if event.key == "enter":
            event.prevent_default()
        elif event.key == _LINE_FEED:
            event.stop()

    async def _on_paste(self, event: Paste) -> None:
        if self.take is not None and self.take(event.text):
            event.stop()
            event.prevent_default()


class Choices(OptionList):
    """A list to pick from, with a bar on the line that is marked.

    ``offer`` gives its lines, and which of them can be marked.
    """

    ALLOW_SELECT: ClassVar[bool] = False

    DEFAULT_CSS = """
    Choices {
        background: $panel; border: none; padding: 0;
        scrollbar-gutter: stable; scrollbar-size-vertical: 1;
    }
    Choices:focus { border: none; background-tint: $foreground 0%; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False, compact=True)
        self._offered: list[Line] = []
        self._prompt_width: int | None = None
        self._barred: int | None = None

    def offer(self, lines: Iterable[tuple[Line, bool]], width: int | None = None) -> None:
        """Replace the lines; each is cut to ``width`` cells. The first that can be is marked."""
        offered = list(lines)
        self._offered, self._prompt_width, self._barred = [line for line, _ in offered], width, None
        self.clear_options()
        self.add_options(
            Option(self._prompt(index), disabled=not can) for index, (_, can) in enumerate(offered)
        )
        self.action_first()

    def on_option_list_option_highlighted(self) -> None:
        """Move the bar, so that what is marked is not told by colour alone."""
        before, self._barred = self._barred, self.highlighted
        for index in {before, self._barred}:
            if index is not None and index < self.option_count:
                self.replace_option_prompt_at_index(index, self._prompt(index))

    def _prompt(self, index: int) -> Content:
        bar = ("▌ ", "cursor") if index == self._barred else ("  ", "text")
        return safe_text.content(
            [(bar, *self._offered[index])], safe_text.looks(self), self._prompt_width
        )
