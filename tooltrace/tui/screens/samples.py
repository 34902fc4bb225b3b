"""The answers to one request asked several times: counted, to read, and to go on from."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from tooltrace.debugger.sampling.samples import Sample, Samples
from tooltrace.tui import safe_text
from tooltrace.tui.dialog.dialog import Dialog
from tooltrace.tui.keys.keymap import Scope, textual_bindings
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.rows.branches.samples import (
    GroupRow,
    SampleRow,
    about,
    answer_detail,
    samples_rows,
)
from tooltrace.tui.rows.lines import wrap
from tooltrace.tui.screens.detail import DetailScreen
from tooltrace.tui.widgets.lines_label import LinesLabel

__all__ = ["AGAIN", "SamplesScreen"]

AGAIN = 0
"""What the screen gives when the model is to be asked again; samples count from 1."""

_MOST_ABOUT = 8
_WIDTH = 110


class SamplesScreen(Dialog[int | None]):
    """The table; gives the number of the sample to take as a branch, ``AGAIN``, or None."""

    SCOPE: Scope = "samples"
    BINDINGS = textual_bindings("samples")
    DEFAULT_CSS = f"""
    SamplesScreen > #box {{ width: {_WIDTH}; height: 94%; }}
    SamplesScreen #about {{ height: auto; margin-bottom: 1; }}
    SamplesScreen RowsPane {{ height: 1fr; }}
    """

    def __init__(self, found: Samples) -> None:
        super().__init__(f"What the model would do next, asked {found.k}×")
        self._found = found
        self._open: frozenset[int] = frozenset()

    def body(self) -> Iterable[Widget]:
        """What was asked, and the table."""
        lines = [part for line in about(self._found) for part in wrap(line, self.inner_width)]
        yield LinesLabel([((line, "text"),) for line in lines[:_MOST_ABOUT]], id="about")
        pane = RowsPane(classes="bare", id="samples")
        pane.follow = False
        pane.set_items(samples_rows(self._found))
        yield pane

    def ready(self) -> None:
        """On the most frequent action."""
        self._pane.focus()
        self._pane.cursor_to(1)

    @property
    def inner_width(self) -> int:
        """How many cells a line in this wider box has."""
        return max(20, min(_WIDTH, int(self.app.size.width * 0.96)) - 4)

    @property
    def _pane(self) -> RowsPane:
        return self.query_one("#samples", RowsPane)

    def on_rows_pane_chosen(self, event: RowsPane.Chosen) -> None:
        """Open or close a next action; read a sample."""
        match event.item:
            case GroupRow(key=key):
                self._open ^= {key}
                event.pane.set_items(samples_rows(self._found, self._open))
            case SampleRow(sample=sample):
                self.app.push_screen(DetailScreen(sample.name, answer_detail(sample)))
            case _:
                pass

    def action_open_sample(self) -> None:
        """Enter belongs to the list."""
        self._pane.action_choose()

    def action_take_sample(self) -> None:
        """Go on from the sample under the cursor, or from the first one of its next action."""
        sample = self._marked()
        if sample is None:
            self.app.bell()
        elif sample.record is None:
            self.status(((f"× {sample.name} could not be saved: a asks again", "warn"),))
        else:
            self.dismiss(sample.number)

    def _marked(self) -> Sample | None:
        match self._pane.selected:
            case GroupRow(group=group):
                return group.samples[0]
            case SampleRow(sample=sample):
                return sample
            case _:
                return None

    def action_ask_again(self) -> None:
        """Ask for more answers."""
        self.dismiss(AGAIN)

    def action_leave_samples(self) -> None:
        """Back; the answers stay in the session."""
        safe_text.notify(self, "the answers are kept as branches out of view; M shows them again")
        self.dismiss(None)
