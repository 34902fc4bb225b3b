"""The inspector: what it is about, and what enter does on its rows."""

from __future__ import annotations

from tooltrace.debugger.view import View
from tooltrace.tui.actions.edit_targets import block_of
from tooltrace.tui.actions.group import Controller, OnSession
from tooltrace.tui.rows.inspector.inspector import InspectorRows
from tooltrace.tui.rows.inspector.rows import FactRow, HeadRow, RestRow, ValueRow
from tooltrace.tui.rows.lines import Item
from tooltrace.tui.screens import dialogs

__all__ = ["Inspection"]


class Inspection(OnSession):
    """Keeps pane 4 about what is selected in another one, as long as it is on the screen."""

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._rows = InspectorRows(controller.rows.steps)

    def follow(self, view: View) -> None:
        """Be about what is selected now."""
        panes = self.panes
        if panes.has_inspector and self._rows.update(view, panes.inspected()):
            self._set(other=True)

    def _set(self, *, other: bool = False) -> None:
        pane = self.panes.pane("inspector")
        keep = self._rows.kept(pane.items, pane.inner_width)
        pane.set_items(self._rows.items, keep)
        if other:
            pane.heading(4, f"Inspector · {self._rows.heading}")
            pane.cursor_to(0)

    def read(self) -> None:
        """Give it the focus; where it has no place of its own, the whole screen."""
        self.panes.go_to("inspector")
        if not self.panes.is_roomy:
            self.panes.zoom("inspector")
        self.follow(self.debugger.view())

    def chosen(self, item: Item) -> None:
        """Fold or unfold a row; read a text that is longer than a row; look at a picture."""
        match item:
            case FactRow(about=about):
                block = block_of(self.debugger.view(), about)
                if block is not None:
                    self.show(dialogs.BlockScreen(block))
                elif item.goes is not None:
                    self._go_to(item.goes)
            case ValueRow() if self._rows.reads_on(item):
                title = f"{item.name or 'text'} · {self._rows.heading}"
                self.show(dialogs.PagerScreen(title, str(item.value)))
            case HeadRow(folds=True) | ValueRow() | RestRow():
                self._rows.toggle(item)
                self._set()
            case _:
                pass

    def _go_to(self, record: int) -> None:
        """Be about a record that a row names: the cursor of the conversation goes there."""
        view, rows = self.debugger.view(), self.controller.rows.conversation
        if record not in view.path:
            branch = view.tree.branch_of(record)
            where = f" is on the branch {branch.name}" if branch else " is on another branch"
            self.tell(f"#{record}{where}: ctrl+o and #{record} goes there")
            return
        index = rows.last_of(record)
        if index is not None:
            while index > 0 and rows.items[index - 1].record == record:
                index -= 1
            self.panes.be_about("conversation")
            self.panes.pane("conversation").cursor_to(index)
            self.follow(view)
