"""What all dialogs look like: a box in the middle with a title, a body and its keys at the foot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widget import Widget

from tooltrace.tui import safe_text
from tooltrace.tui.input.key_buffer import KeyBuffer
from tooltrace.tui.input.offers_keys import OffersKeys
from tooltrace.tui.input.text_marking import MarksText
from tooltrace.tui.keys.action import Scope
from tooltrace.tui.keys.key_bar import footer, laid_out
from tooltrace.tui.keys.keymap import in_scope, textual_bindings
from tooltrace.tui.rows.lines import Line
from tooltrace.tui.widgets.key_lines import KeyLines
from tooltrace.tui.widgets.lines_label import LinesLabel

__all__ = ["Dialog"]

Result = TypeVar("Result")


class Dialog(OffersKeys, MarksText, KeyBuffer, ModalScreen[Result]):
    """A dialog; a subclass gives its parts in ``body`` and may say something in ``status``."""

    SCOPE: Scope = "dialog"
    # Textual gives a modal screen no key of the app.
    BINDINGS = textual_bindings("anywhere", "app.")
    LABELS: ClassVar[Mapping[str, str]] = {}
    """What an action of the registry is called here, where that is not its label there."""
    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    Dialog > #box {
        width: 76; max-width: 96%; height: auto; max-height: 94%;
        border: heavy $border; background: $panel; padding: 0 1;
    }
    Dialog > #box > #status { height: auto; }
    Dialog > #box > #keys { dock: bottom; height: auto; margin-top: 1; }
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        self._heading = title

    def compose(self) -> ComposeResult:
        """The box, its parts, a line for what is wrong, and the keys."""
        with Vertical(id="box"):
            yield from self.body()
            yield LinesLabel(id="status")
            yield KeyLines(id="keys")

    def on_mount(self) -> None:
        """Title and keys are there from the start."""
        safe_text.border_title(self.query_one("#box"), self._heading)
        self.status()
        self.show_keys()
        self.ready()

    def dismiss(self, result: Result | None = None) -> Any:
        """Leave, once: a second answer that was on its way already means nothing."""
        return super().dismiss(result) if self.is_active else None

    def ready(self) -> None:
        """What a dialog does once its parts are there."""

    def body(self) -> Iterable[Widget]:
        """The parts of the dialog, from top to bottom."""
        return ()

    @property
    def inner_width(self) -> int:
        """How many cells a line in the box has."""
        return max(20, min(76, int(self.app.size.width * 0.96)) - 4)

    def status(self, *lines: Line) -> None:
        """Say this at the foot, or nothing."""
        words = self.query_one("#status", LinesLabel)
        words.display = bool(lines)
        words.show(*lines)

    def show_keys(self, without: Iterable[str] = ()) -> None:
        """The keys of the dialog, without those that mean nothing here."""
        scopes, width = (*self.ALSO, self.SCOPE), self.inner_width
        entries = [entry for scope in scopes for entry in in_scope(scope)]
        possible = [entry.id for entry in entries if self.why_not(entry) is None]
        rows = footer(width, possible, *scopes, labels=self.LABELS, without=set(without))
        self.query_one("#keys", KeyLines).show_keys(*laid_out(rows, width))
