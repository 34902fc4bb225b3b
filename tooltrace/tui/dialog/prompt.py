"""One line of text, checked while it is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar

from textual.widget import Widget

from tooltrace.tui.dialog.dialog import Dialog
from tooltrace.tui.keys.keymap import textual_bindings
from tooltrace.tui.rows.lines import wrap
from tooltrace.tui.widgets.inputs import LineInput
from tooltrace.tui.widgets.lines_label import LinesLabel

__all__ = ["PromptScreen"]


class PromptScreen(Dialog[str | None]):
    """Ask for a line; gives it, or None when it was left. ``check`` says what is wrong with one."""

    BINDINGS = textual_bindings("dialog")
    LABELS: ClassVar[Mapping[str, str]] = {"pick": "accept"}
    DEFAULT_CSS = """
    PromptScreen LineInput { background: $surface; margin: 1 0; }
    PromptScreen #hint { height: auto; }
    """

    def __init__(
        self,
        title: str,
        text: str = "",
        hint: str = "",
        check: Callable[[str], str | None] | None = None,
    ) -> None:
        super().__init__(title)
        self._text = text
        self._hint = hint
        self._check = check

    def body(self) -> Iterable[Widget]:
        """A hint and the line."""
        yield LinesLabel(
            [((line, "dim"),) for line in wrap(self._hint, self.inner_width)], id="hint"
        )
        yield LineInput(self._text, id="line")

    def ready(self) -> None:
        """Type at once, after what is there."""
        field = self.query_one(LineInput)
        field.focus()
        field.cursor_position = len(field.value)

    def on_input_changed(self) -> None:
        """What was wrong may be right now."""
        self.status()

    def on_input_submitted(self) -> None:
        """Enter takes the line."""
        self.action_pick()

    def action_pick(self) -> None:
        """Take the line, unless something is wrong with it."""
        text = self.query_one(LineInput).value
        problem = self._check(text) if self._check else None
        if problem is None:
            self.dismiss(text)
        else:
            self.status(*(((line, "error"),) for line in wrap(f"× {problem}", self.inner_width)))

    def action_close(self) -> None:
        """Leave it."""
        self.dismiss(None)
