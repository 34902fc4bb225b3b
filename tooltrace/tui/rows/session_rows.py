"""The rows of a session's panes, kept between ticks; of a long one, those around the head first.

View state only. Everything in it could be thrown away and made again from a View.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tooltrace.core.fold.steps import Steps
from tooltrace.debugger.view import View
from tooltrace.tui.rows.calls.calls import TraceRows
from tooltrace.tui.rows.calls.shown_calls import ShownCalls, ShownItem
from tooltrace.tui.rows.conversation.conversation import ConversationRows
from tooltrace.tui.rows.conversation.entry import Entry
from tooltrace.tui.rows.conversation.incremental import LONG, IncrementalRows, around, stands_in
from tooltrace.tui.rows.last_move import LastMoves
from tooltrace.tui.rows.workflow.workflow import WorkflowRows

__all__ = ["SessionRows"]


class SessionRows:
    """Builds the rows of each pane for one view after another."""

    def __init__(self, rendered: bool = True) -> None:
        self.steps = Steps()
        self.followed = (-1, False)
        """The head that the cursors followed last, and whether something ran then."""
        self.rendered = rendered
        """Whether Markdown is laid out."""
        self.conversation = ConversationRows(rendered=rendered)
        self.calls = TraceRows(self.steps)
        self.shown = ShownCalls(self.steps)
        self.workflow = WorkflowRows()
        self.moves = LastMoves()
        self._filling: IncrementalRows | None = None
        self._window = range(0)
        self._any = False

    def begin(self, view: View, widths: Callable[[], tuple[int, int]]) -> None:
        """Before the first rows: of a long way, make those around the head, and the rest later.

        ``widths`` gives the widths of conversation and tool calls in cells, as they are then.
        """
        first = not self._any and len(view.path) > LONG
        # Who goes far away begins anew: rows change with the side of the head that they are on.
        elsewhere = self._filling is not None and not stands_in(view, self._window)
        if first or elsewhere:
            self._filling = IncrementalRows(view, self.steps, widths, self.rendered)
            self._look_through(around(view))
        self._any = True

    def _look_through(self, window: range) -> None:
        self._window = window
        self.conversation = ConversationRows(window, self.rendered)
        self.calls = TraceRows(self.steps, window=window)

    def lay_out(self, rendered: bool) -> tuple[Sequence[Entry], int]:
        """Lay Markdown out, or show it as it was written: what the conversation shows then."""
        self.rendered = rendered
        if self._filling is not None:
            self._filling.conversation.lay_out(rendered)
        return self.conversation.lay_out(rendered)

    @property
    def filling(self) -> bool:
        """Whether there are rows that are still to be made."""
        return self._filling is not None

    def fill(self, seconds: float) -> bool:
        """Go on making the rest for about so long; True when it is there.

        False also when there is nothing left to be made.
        """
        filling = self._filling
        if filling is None or not filling.go_on(seconds):
            return False
        self.conversation, self.calls = filling.conversation, filling.calls
        self._filling = None
        return True

    def index_of_head(self, view: View) -> int | None:
        """The item of the conversation that stands for the head; at the tip what comes next."""
        if view.at_tip:
            return len(self.conversation.items) - 1
        return self.conversation.last_of(view.head)

    def trace(self, view: View) -> tuple[Sequence[ShownItem], int]:
        """What the tool calls pane shows, and how many items at the front are those of before."""
        self.shown.partial = self.filling
        return self.shown.update(view, *self.calls.update(view), self.calls.edited)
