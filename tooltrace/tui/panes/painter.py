"""How a line of a pane looks: the cursor's bar, the selection, what changed, what was found.

What was drawn is kept until the items, the search or the theme change.
"""

from __future__ import annotations

from collections.abc import Callable

from rich.style import Style
from textual.cache import LRUCache
from textual.strip import Strip
from textual.widget import Widget

from tooltrace.tui import safe_text, theme
from tooltrace.tui.panes.layout import Layout
from tooltrace.tui.panes.limited_pattern import Finds
from tooltrace.tui.rows.lines import Item, wrap

__all__ = ["GUTTER", "Painter"]

GUTTER = 1
"""Cells on the left for the cursor's bar, or the sign of what changed."""

_STRIPS_KEPT = 2048


def _unsigned(item: Item) -> str:
    return ""


class Painter:
    """Draws lines of a layout in the colours of a widget."""

    __slots__ = ("_layout", "_looks", "_strips", "_widget", "pattern", "sign")

    def __init__(self, widget: Widget, layout: Layout) -> None:
        self.pattern: Finds | None = None
        self.sign: Callable[[Item], str] = _unsigned
        self._widget = widget
        self._layout = layout
        self._looks: dict[tuple[str, bool], Style] = {}
        self._strips: LRUCache[tuple[int, int, bool, bool], Strip] = LRUCache(_STRIPS_KEPT)

    def forget(self, *, looks: bool = False) -> None:
        """Draw everything afresh: the items have changed, or with ``looks`` the theme has."""
        self._strips.clear()
        if looks:
            self._looks.clear()

    def seek(self, pattern: Finds | None) -> bool:
        """Mark this from now on; whether it is another one than before."""
        changed = pattern != self.pattern
        if changed:
            self.pattern = pattern
            self.forget()
        return changed

    def line(self, index: int, number: int, selected: bool, focused: bool) -> Strip:
        """Line ``number`` of the item at ``index``."""
        key = (index, number, selected, focused)
        drawn = self._strips.get(key)
        if drawn is None:
            drawn = self._strips[key] = self._draw(*key)
        return drawn

    def _draw(self, index: int, number: int, selected: bool, focused: bool) -> Strip:
        bar = ("▌", "cursor" if focused else "dim")
        if not selected:
            sign = "" if number else self.sign(self._layout.items[index])
            bar = (sign, "new") if sign else (" ", "text")
        marks = None
        if self.pattern is not None:
            found = self._layout.marks(self.pattern, index, number)
            marks = [(low + GUTTER, high + GUTTER) for low, high in found]
        return safe_text.strip(
            (bar, *self._layout.line(index, number)),
            self._layout.width + GUTTER,
            lambda name: self._look(name, selected),
            self._look("text", selected),
            marks,
            theme.style("match", safe_text.looks(self._widget)),
        )

    def dragged(self, line: Strip, span: tuple[int, int]) -> Strip:
        """A line with the characters of its text that are marked with the mouse."""
        marks = [(span[0] + GUTTER, span[1] + GUTTER)]
        return safe_text.marked(line, marks, theme.style("dragged", safe_text.looks(self._widget)))

    def blank(self, text: str, y: int) -> Strip:
        """Line ``y`` of a pane that holds only this text, or nothing."""
        width = self._layout.width + GUTTER
        lines = wrap(text, max(1, width - 2)) if text else []
        shown = f" {lines[y - 1]}" if 0 < y <= len(lines) else ""
        base = self._widget.rich_style
        return safe_text.strip(((shown, "dim"),), width, lambda name: self._look(name, False), base)

    def _look(self, name: str, selected: bool) -> Style:
        look = self._looks.get((name, selected))
        if look is None:
            of = safe_text.looks(self._widget)
            look = self._widget.rich_style
            if selected:
                look += theme.style("selected", of)
            look = self._looks[name, selected] = look + theme.style(name, of)
        return look
