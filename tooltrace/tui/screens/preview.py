"""What going on would do to the world, before it does: each call ahead, a yes for what writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.widget import Widget

from tooltrace.debugger.edit.preview import CallAhead
from tooltrace.tui.dialog.dialog import Dialog
from tooltrace.tui.keys.keymap import Scope, textual_bindings
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.rows.calls.preview import effect_rows, told
from tooltrace.tui.widgets.lines_label import LinesLabel

__all__ = ["PreviewScreen"]


class PreviewScreen(Dialog[tuple[str, ...] | None]):
    """Gives the names of the blocked calls that may run, or None when it was left.

    ``unasked`` says what becomes of a blocked call that is not allowed here.
    """

    SCOPE: Scope = "effects"
    BINDINGS = textual_bindings("effects")
    DEFAULT_CSS = """
    PreviewScreen > #box { width: 110; }
    PreviewScreen RowsPane { height: auto; max-height: 16; }
    PreviewScreen #said { height: auto; margin-top: 1; }
    """

    def __init__(self, title: str, ahead: Sequence[CallAhead], unasked: str) -> None:
        super().__init__(title)
        self._ahead = ahead
        self._unasked = unasked
        self._allowed: set[int] = set()

    @property
    def inner_width(self) -> int:
        """As wide as the screen lets it."""
        return max(20, min(110, int(self.app.size.width * 0.96)) - 4)

    def body(self) -> Iterable[Widget]:
        """The table, and what it comes to."""
        pane = RowsPane(classes="bare", id="ahead")
        pane.follow = False
        yield pane
        yield LinesLabel(id="said")

    def ready(self) -> None:
        """Nothing is allowed at first."""
        pane = self.query_one("#ahead", RowsPane)
        pane.styles.height = max(1, min(len(self._ahead), self.app.size.height - 12, 16))
        self._show()
        pane.focus()
        pane.cursor_to(0)

    def _show(self) -> None:
        rows = effect_rows(self._ahead, self._allowed, self.inner_width - 3)
        self.query_one("#ahead", RowsPane).set_items(rows)
        words = told(self._ahead, self._allowed)
        self.query_one("#said", LinesLabel).show(((words, "strong"),), ((self._unasked, "dim"),))

    @property
    def _blocked(self) -> set[int]:
        return {call.record for call in self._ahead if call.plan == "blocked"}

    def action_allow_one(self) -> None:
        """Let the marked call run, or not after all."""
        item = self.query_one("#ahead", RowsPane).selected
        if item is None or item.key not in self._blocked:
            self.app.bell()
            return
        self._allowed ^= {item.key}
        self._show()

    def action_allow_all(self) -> None:
        """Let every blocked call run, or none."""
        self._allowed = set() if self._allowed == self._blocked else self._blocked
        self._show()

    def action_go_on(self) -> None:
        """Go on with what is allowed."""
        names = tuple(call.name for call in self._ahead if call.record in self._allowed)
        self.dismiss(names)

    def on_rows_pane_chosen(self) -> None:
        """Enter goes on."""
        self.action_go_on()

    def action_leave_effects(self) -> None:
        """Stay here; nothing has happened."""
        self.dismiss(None)
