"""A question with a few answers: the safe one is marked, what is dangerous says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from textual.events import Key
from textual.widget import Widget

from tooltrace.tui.dialog.dialog import Dialog
from tooltrace.tui.keys.keymap import textual_bindings
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.rows.lines import Line, Row, wrap
from tooltrace.tui.widgets.inputs import Choices

__all__ = ["Answer", "ConfirmScreen"]


class Answer(Struct, frozen=True):
    """An answer: the key that gives it, what it says, what the screen returns, and its danger."""

    key: str
    label: str
    value: str
    danger: bool = False


class ConfirmScreen(Dialog[str | None]):
    """Ask; gives the ``value`` of an answer, or None when the question was left.

    ``default`` is the value marked at first; without one, the first answer that is not dangerous.
    """

    BINDINGS = textual_bindings("dialog")
    DEFAULT_CSS = """
    ConfirmScreen RowsPane { height: auto; }
    ConfirmScreen Choices {
        height: auto; margin-top: 1;
    }
    """

    def __init__(
        self,
        title: str,
        lines: Sequence[str],
        answers: Sequence[Answer],
        *,
        default: str | None = None,
    ) -> None:
        super().__init__(title)
        self._said = lines
        self._answers = answers
        safe = next((a.value for a in answers if not a.danger), None)
        self._default = safe if default is None else default

    def body(self) -> Iterable[Widget]:
        """What it is about, scrolled if it is long, and the answers."""
        width = self.inner_width - 2
        rows = [
            Row(index, ((text, "text"),), selectable=False)
            for index, text in enumerate(
                part for line in self._said for part in _wrapped(line, width)
            )
        ]
        said = RowsPane(classes="bare", id="said")
        said.follow = False
        said.set_items(rows)
        room = max(3, self.app.size.height - len(self._answers) - 9)
        said.styles.height = max(1, min(len(rows), room))
        said.can_focus = False
        yield said
        yield Choices(id="answers")

    def ready(self) -> None:
        """The default answer is marked."""
        choices = self.query_one("#answers", Choices)
        choices.offer([(_line(answer), True) for answer in self._answers], self.inner_width - 1)
        choices.highlighted = next(
            (i for i, a in enumerate(self._answers) if a.value == self._default), None
        )
        choices.focus()

    def on_key(self, event: Key) -> None:
        """An answer's own key gives it; page up and down scroll what it is about."""
        said = self.query_one("#said", RowsPane)
        if event.key == "pagedown":
            said.action_page_down()
        elif event.key == "pageup":
            said.action_page_up()
        else:
            given = next((a for a in self._answers if a.key in (event.key, event.character)), None)
            if given is None:
                return
            self.dismiss(given.value)
        event.stop()
        event.prevent_default()

    def on_option_list_option_selected(self) -> None:
        """Enter or a click gives the answer it is on."""
        self.action_pick()

    def action_pick(self) -> None:
        """Give the marked answer."""
        index = self.query_one("#answers", Choices).highlighted
        if index is not None:
            self.dismiss(self._answers[index].value)

    def action_close(self) -> None:
        """Leave the question unanswered."""
        self.dismiss(None)


def _wrapped(line: str, width: int) -> list[str]:
    """The line's parts, each as far from the edge as its first."""
    indent = min(len(line) - len(line.lstrip(" ")), width // 2)
    return [" " * indent + part for part in wrap(line[indent:], width - indent)]


def _line(answer: Answer) -> Line:
    label = (f"▲ {answer.label}", "warn") if answer.danger else (answer.label, "strong")
    return ((answer.key, "key"), ("  ", "text"), label)
