"""Styled text that only stands there: it takes no key, and goes through the edge."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.selection import Selection
from textual.widget import Widget

from tooltrace.tui import safe_text
from tooltrace.tui.rows.lines import Line

__all__ = ["LinesLabel"]


class LinesLabel(Widget):
    """Lines of styled text that only stand there."""

    DEFAULT_CSS = """
    LinesLabel { height: auto; width: 1fr; }
    """

    def __init__(self, lines: Iterable[Line] = (), *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._lines: tuple[Line, ...] = tuple(lines)

    @property
    def text(self) -> str:
        """What it says, as plain text."""
        return "\n".join("".join(text for text, _ in line) for line in self._lines)

    def show(self, *lines: Line) -> None:
        """Say something else."""
        if lines != self._lines:
            resized = len(lines) != len(self._lines)
            self._lines = lines
            self.refresh(layout=resized)

    def render(self) -> Content:
        """The lines through the edge, each cut to the width there is."""
        return safe_text.content(self._lines, safe_text.looks(self), self.size.width or None)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text that is marked with the mouse; None when it no longer has so many lines."""
        if selection.start is not None and selection.start.y >= len(self._lines):
            return None
        return super().get_selection(selection)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """One row per line: lines are cut, never wrapped."""
        return max(1, len(self._lines))
