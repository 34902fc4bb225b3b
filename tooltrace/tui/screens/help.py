"""The help: every key that acts in a pane, read from the registry, and what our words mean."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from tooltrace.tui.dialog.dialog import Dialog
from tooltrace.tui.keys.keymap import Scope, help_for, key_label, textual_bindings
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.rows.lines import Line, Row, wrap

__all__ = ["WORDS", "HelpScreen", "help_lines"]

WORDS: tuple[tuple[str, str], ...] = (
    ("session", "one file: everything that happened, and every what-if"),
    ("record", "one fact in it, with a number: #17"),
    ("head", "the record you stand on"),
    ("step", "performing one action, or one tool call of it"),
    ("turn", "a reply of the model and the tool calls in it"),
    ("branch", "the way from the beginning to a tip"),
    ("fork", "a new branch; what was there stays as it was"),
    ("edit", "another value in place of a record's, on a branch of its own"),
    ("stub", "a tool result that you type; the tool does not run"),
    ("replay", "the same again from the recording; nothing runs"),
    ("divergence", "where a replay met something else than was recorded"),
    ("breakpoint", "a condition that pauses the run"),
    ("logpoint", "a breakpoint that prints instead of pausing"),
    ("watch", "an expression whose value is shown beside the context"),
    ("world", "what the tools change; it goes back with you at a fork"),
    ("live", "it really happened just now"),
    ("recorded", "it comes from the recording; nothing was run"),
    ("edited", "a person changed it"),
    ("injected", "a fault that a person asked for; nothing ran"),
    ("forced", "a person made the workflow change state"),
    ("scripted", "the offline stand-in for the model said it"),
    ("reads", "the tool changes nothing"),
    ("idempotent", "running the tool twice is the same as once"),
    ("WRITES", "the tool changes something out there; never run again unasked"),
)
"""The words of the app, each with what it means."""

_KEYS, _NAME = 14, 14


def help_lines(pane: str | None, width: int) -> list[Line]:
    """The keys by group, then the words, each at most ``width`` cells."""
    lines: list[Line] = []
    for group, actions in help_for(pane):
        lines += [((group, "title"),)]
        for entry in actions:
            keys = "  ".join(key_label(key) for key in entry.keys)
            lines += _entry(keys, "key", entry.help, width, _KEYS)
        lines += [()]
    lines += [(("Words", "title"),)]
    for word, meaning in WORDS:
        lines += _entry(word, "strong", meaning, width, _NAME)
    return lines


def _entry(name: str, style: str, meaning: str, width: int, column: int) -> list[Line]:
    first, *rest = wrap(meaning, max(10, width - column - 2))
    head: Line = (("  ", "text"), (name.ljust(column), style), (first, "text"))
    return [head, *(((" " * (column + 2), "text"), (more, "text")) for more in rest)]


class HelpScreen(Dialog[None]):
    """Help for a pane (or for everything); esc, ``?``, F1 or q leaves it."""

    SCOPE: Scope = "help"
    BINDINGS = textual_bindings("help")
    DEFAULT_CSS = """
    HelpScreen > #box { height: 94%; }
    HelpScreen RowsPane { height: 1fr; }
    """

    def __init__(self, pane: str | None = None) -> None:
        super().__init__("Help" if pane is None else f"Help · {pane}")
        self._pane = pane

    def body(self) -> Iterable[Widget]:
        """One list to scroll."""
        lines = help_lines(self._pane, self.inner_width - 2)
        rows = [Row(index, line, selectable=False) for index, line in enumerate(lines)]
        pane = RowsPane(classes="bare", id="help")
        pane.follow = False
        pane.set_items(rows)
        yield pane

    def ready(self) -> None:
        """The arrows scroll at once."""
        self.query_one(RowsPane).focus()

    def action_leave_help(self) -> None:
        """Back to where you were."""
        self.dismiss(None)
