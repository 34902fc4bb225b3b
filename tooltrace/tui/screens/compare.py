"""Two branches side by side: what both did, what differs, and the way to any of it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.events import Resize
from textual.screen import Screen

from tooltrace.core.compare.branch_diff import ComparedStep, Comparison, Is
from tooltrace.tui import safe_text
from tooltrace.tui.input.key_buffer import KeyBuffer
from tooltrace.tui.input.offers_keys import OffersKeys
from tooltrace.tui.input.text_marking import MarksText
from tooltrace.tui.keys.action import Scope
from tooltrace.tui.keys.key_bar import footer, laid_out
from tooltrace.tui.keys.keymap import in_scope, textual_bindings
from tooltrace.tui.panes.layout import Way
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.rows.branches.compare import (
    FoldRow,
    StepRow,
    compare_rows,
    sides_line,
    totals_rows,
    whole_sides,
)
from tooltrace.tui.rows.branches.step_words import said_of
from tooltrace.tui.rows.columns import cell
from tooltrace.tui.rows.lines import Line
from tooltrace.tui.screens.detail import DetailScreen
from tooltrace.tui.widgets.key_lines import KeyLines
from tooltrace.tui.widgets.lines_label import LinesLabel

__all__ = ["CompareScreen", "There"]

There = tuple[int, bool]
"""A record to go to, and whether it is one of the right side."""

_WORDS: dict[Is, str] = {
    "changed": "changed ≠",
    "left": "only left <",
    "right": "only right >",
    "same": "the same =",
}
_NAMES = {True: 22, False: 14}
"""Cells for what a total is called, on a wide terminal and on a narrow one."""
_TALL = 36
"""Lines of a terminal from which on all of the totals are shown, not only the first."""


class CompareScreen(OffersKeys, MarksText, KeyBuffer, Screen[There | None]):
    """A comparison; gives the record that was chosen, or None when it was left."""

    SCOPE: Scope = "compare"
    BINDINGS = textual_bindings("compare")
    DEFAULT_CSS = """
    CompareScreen #totals { padding: 0 1; }
    CompareScreen #sides { height: 1; padding: 0 2; }
    CompareScreen RowsPane { height: 1fr; }
    CompareScreen #keys { padding: 0 1; }
    """

    def __init__(self, found: Comparison, left: str, right: str) -> None:
        super().__init__()
        self._found = found
        self._names = (left, right)
        self._right = False
        self._everything = False

    def compose(self) -> ComposeResult:
        """Both sides as a whole, their names, the steps, the keys."""
        yield LinesLabel(id="totals")
        yield LinesLabel(id="sides")
        yield RowsPane(id="steps")
        yield KeyLines(id="keys")

    def on_mount(self) -> None:
        """Begin at the first difference."""
        counts = self._found.counts
        told = " · ".join(f"{counts[verdict]:,} {words}" for verdict, words in _WORDS.items())
        self._pane.heading(None, "Compare", "no difference" if self._found.equal else told)
        self._pane.follow = False
        self._pane.focus()
        self._show(0)
        if (first := self._difference(-1, 1)) is not None:
            self._pane.cursor_to(first)

    @property
    def _pane(self) -> RowsPane:
        return self.query_one("#steps", RowsPane)

    def on_resize(self, event: Resize) -> None:
        """As much of the totals as there is room for."""
        width = event.size.width - 2
        most = 12 if event.size.height >= _TALL else 3
        rows = totals_rows(self._found)[:most]
        name_room = _NAMES[width >= 100]
        room = max(8, (width - name_room) // 2)
        self.query_one("#totals", LinesLabel).show(
            *(
                (cell(name, name_room, "dim"), cell(a, room, "text"), cell(b, room, "text"))
                for name, a, b in rows
            )
        )
        ids = [entry.id for entry in in_scope("compare")]
        self.query_one("#keys", KeyLines).show_keys(*laid_out(footer(width, ids, "compare"), width))
        self._sides(event.size.width)

    def _sides(self, width: int) -> None:
        # As wide as a row of the pane: without its border, the cursor's bar and the scrollbar.
        line: Line = sides_line(*self._names, self._right, max(1, width - 4))
        self.query_one("#sides", LinesLabel).show(line)

    def _show(self, place: int) -> None:
        """All rows anew, with the cursor on the step at that place."""
        rows = compare_rows(self._found.rows, self._everything)
        self._pane.set_items(rows)
        at = max((index for index, row in enumerate(rows) if row.key <= place), default=0)
        self._pane.cursor_to(at)

    def _difference(self, start: int, direction: Way) -> int | None:
        index, items = start + direction, self._pane.items
        while 0 <= index < len(items):
            item = items[index]
            if isinstance(item, StepRow) and item.step.verdict != "same":
                return index
            index += direction
        return None

    def _go_on(self, direction: Way) -> None:
        cursor = self._pane.cursor
        found = self._difference(-1 if cursor is None else cursor, direction)
        if found is None:
            safe_text.notify(self, "no more differences that way")
        else:
            self._pane.cursor_to(found)

    def action_next_difference(self) -> None:
        """To the next step that differs."""
        self._go_on(1)

    def action_previous_difference(self) -> None:
        """To the step before that differs."""
        self._go_on(-1)

    def action_other_side(self) -> None:
        """Enter goes to a record of the other side from now on."""
        self._right = not self._right
        self._sides(self.size.width)

    def action_show_same(self) -> None:
        """Show the steps that are the same, or fold them."""
        self._everything = not self._everything
        item = self._pane.selected
        self._show(item.key if item is not None else 0)

    def action_open_both(self) -> None:
        """Enter belongs to the list."""
        self._pane.action_choose()

    def action_go_there(self) -> None:
        """Leave for the record, whether there is more to read of the step or not."""
        if isinstance(item := self._pane.selected, StepRow):
            self._go(item.step)

    def on_rows_pane_chosen(self, event: RowsPane.Chosen) -> None:
        """Read what was cut, else leave for the record; what is folded opens."""
        match event.item:
            case FoldRow():
                self.action_show_same()
            case StepRow(step=step) as row if row.is_cut(event.pane.content_size.width):
                self.app.push_screen(DetailScreen(said_of(step.either), whole_sides(step)))
            case StepRow(step=step):
                self._go(step)
            case _:
                pass

    def _go(self, step: ComparedStep) -> None:
        right = step.left is None or (self._right and step.right is not None)
        done = step.right if right else step.left
        if done is not None and self.is_active:
            self.dismiss((done.record, right))

    def action_leave_compare(self) -> None:
        """Back to where you were."""
        if self.is_active:
            self.dismiss(None)
