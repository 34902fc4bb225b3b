"""What the session's screen shows, kept between ticks: the builders of rows, and what was sought.

View state only. Everything in it could be thrown away and made again from a View.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tooltrace.core.fold.steps import Steps
from tooltrace.debugger.run.partial_reply import PartialBlock
from tooltrace.debugger.view import View
from tooltrace.tui.actions.edit_targets import Selected
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.rows.branches import BranchFacts
from tooltrace.tui.rows.calls import CallRow, TraceRows
from tooltrace.tui.rows.conversation import ConversationRows
from tooltrace.tui.rows.entry import Entry
from tooltrace.tui.rows.incremental import LONG, IncrementalRows, around, stands_in
from tooltrace.tui.rows.lines import Item, Line
from tooltrace.tui.rows.status import status_line
from tooltrace.tui.rows.timeline import timeline
from tooltrace.tui.rows.workflow import ContextRow, WorkflowRows, one_line_state

__all__ = ["Shown"]


class Shown:
    """The rows of the panes and the lines of the bars, for one view after another."""

    def __init__(self) -> None:
        self.steps = Steps()
        self.followed = (-1, False)
        """The head that the cursors followed last, and whether something ran then."""
        self.sought = ""
        """What was looked for last."""
        self.branches = BranchFacts()
        """What each branch came to, for the list of them."""
        self._conversation = ConversationRows()
        self._calls = TraceRows(self.steps)
        self._filling: IncrementalRows | None = None
        self._window = range(0)
        self._any = False
        self._workflow = WorkflowRows()

    def begin(self, view: View, widths: Callable[[], tuple[int, int]]) -> None:
        """Before the first rows: of a long way, make those around the head, and the rest later.

        ``widths`` gives the widths of conversation and tool calls in cells, as they are then.
        """
        first = not self._any and len(view.path) > LONG
        # Who goes far away begins anew: rows change with the side of the head that they are on.
        elsewhere = self._filling is not None and not stands_in(view, self._window)
        if first or elsewhere:
            self._filling = IncrementalRows(view, self.steps, widths)
            self._look_through(around(view))
        self._any = True

    def _look_through(self, window: range) -> None:
        self._window = window
        self._conversation = ConversationRows(window)
        self._calls = TraceRows(self.steps, window=window)

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
        self._conversation, self._calls = filling.conversation, filling.calls
        self._filling = None
        return True

    def conversation(self, view: View) -> tuple[Sequence[Item], int]:
        """The items of the conversation, and how many at the front are as before."""
        return self._conversation.update(view)

    def arriving(self, view: View, blocks: Sequence[PartialBlock]) -> tuple[Sequence[Item], int]:
        """The items of the conversation, with the reply that is arriving below it."""
        return self._conversation.arriving(view, blocks)

    def calls(self, view: View) -> tuple[Sequence[Item], int]:
        """The rows of the tool calls, and how many at the front are as before."""
        return self._calls.update(view)

    def workflow(self, view: View) -> Sequence[Item]:
        """The rows of the workflow pane."""
        return self._workflow.update(view)

    def state_line(self, view: View, width: int) -> Line:
        """The workflow's state on one line."""
        return one_line_state(view, width)

    def timeline(self, view: View, width: int) -> Sequence[Line]:
        """Two lines: where you are on which branch, and what it cost."""
        return timeline(view, self.steps, width)

    def status(
        self, view: View, file: str, width: int, elapsed: float | None, wait: float | None
    ) -> Line:
        """The line at the top; ``elapsed`` is how long something has been running, in seconds.

        ``wait`` is how long until the model is asked again.
        """
        return status_line(view, self.steps, width, file, elapsed, wait)

    def toggle(self, key: int) -> tuple[Sequence[Item], int]:
        """Open or close an item of the conversation."""
        return self._conversation.toggle(key)

    def index_of_head(self, view: View) -> int | None:
        """The item of the conversation that stands for the head; at the tip what comes next."""
        if view.at_tip:
            return len(self._conversation.items) - 1
        return self._conversation.last_of(view.head)

    def call_of_head(self, view: View) -> int | None:
        """The row of the last call at or before the head, or of the one that comes next."""
        rows = self._calls.items
        found = None
        for index in range(len(rows) - 1, -1, -1):
            row = rows[index]
            if not isinstance(row, CallRow) or row.look == "ahead":
                continue
            if row.look in ("next", "runs", "warning"):
                found = index
                continue
            return index if found is None else found
        return found

    def selected(self, name: str, pane: RowsPane) -> Selected:
        """What the cursor of a pane is on."""
        match pane.selected:
            case Entry() as entry:
                return Selected(entry.record, entry.ref)
            case CallRow() as row:
                return Selected(row.record, row.ref)
            case ContextRow() as row:
                return Selected(context=row.name)
            case _:
                return Selected()
