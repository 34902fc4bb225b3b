"""The key bar of a session: bright is what is possible now, and on what is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tooltrace.debugger.view import View
from tooltrace.tui.keys.key_bar import footer, laid_out
from tooltrace.tui.keys.keymap import available
from tooltrace.tui.widgets.key_lines import KeyLines

if TYPE_CHECKING:
    from tooltrace.tui.panes.session_panes import SessionPanes

__all__ = ["PossibleKeys"]


class PossibleKeys:
    """Draws ``bar``; what is selected is asked of the panes."""

    def __init__(self, panes: SessionPanes) -> None:
        self.bar = KeyLines(id="keys")
        self._panes = panes
        self._shown: frozenset[str] = frozenset()

    def show(self, view: View) -> None:
        """Draw it."""
        self._draw(view, self._now(view))

    def follow(self, view: View) -> None:
        """The cursor is elsewhere: draw it if something else is possible there."""
        if (possible := self._now(view)) != self._shown:
            self._draw(view, possible)

    def _now(self, view: View) -> frozenset[str]:
        return available(view, self._panes.selected().record)

    def _draw(self, view: View, possible: frozenset[str]) -> None:
        self._shown = possible
        width = self.bar.app.size.width - 2
        hidden = [] if self._panes.zoomed else self._panes.hidden()
        rows = footer(width, possible, pane=self._panes.focused(), hidden=hidden)
        self.bar.show_keys(*laid_out(rows, width))
