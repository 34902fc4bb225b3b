"""The widget of the stage: rows that are drawn again only where they say something else."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tooltrace.tui import safe_text, theme
from tooltrace.tui.rows.lines import Line

__all__ = ["Stage"]


class Stage(Widget):
    """Lines from edge to edge."""

    DEFAULT_CSS = """
    Stage { height: 1fr; width: 1fr; display: none; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.lines: Sequence[Line] = ()

    def show(self, lines: Sequence[Line]) -> None:
        """Say something else; rows that stay the same are left alone."""
        old, self.lines = self.lines, lines
        if len(old) != len(lines):
            self.refresh()
            return
        width = self.size.width
        changed = [row for row, line in enumerate(lines) if line != old[row]]
        if changed:
            self.refresh(*(Region(0, row, width, 1) for row in changed))

    def render_line(self, y: int) -> Strip:
        """One row through the edge, exactly as wide as the screen."""
        line = self.lines[y] if y < len(self.lines) else ()
        looks = safe_text.looks(self)
        base = self.rich_style
        return safe_text.strip(
            line, self.size.width, lambda name: base + theme.style(name, looks), base
        )
