"""The tree of branches: look at it, go elsewhere in it, say what its branches are.

Gives the tip to switch to, or None when it was left. Everything else is done from inside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future

from textual.events import Key
from textual.widget import Widget

from tooltrace.core.fold.branches import Branch
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.edit.edits import rename_problem
from tooltrace.debugger.stop import Stop
from tooltrace.tui import safe_text
from tooltrace.tui.dialog.dialog import Dialog
from tooltrace.tui.dialog.prompt import PromptScreen
from tooltrace.tui.keys.keymap import Scope, textual_bindings
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.rows.branches.branches import (
    BranchEnd,
    BranchFacts,
    BranchRow,
    Header,
    branch_rows,
)
from tooltrace.tui.screens.help import HelpScreen
from tooltrace.tui.widgets.inputs import LineInput

__all__ = ["BranchesScreen"]

OFTEN = 0.1
"""Seconds between two looks whether the tree has changed."""

_MOST_TYPED = 1000
"""Characters of a name or a description that are offered to be changed."""

_MOVES = {"up": "cursor_up", "down": "cursor_down", "pageup": "page_up", "pagedown": "page_down"}

Ask = Callable[[Future[Stop], Callable[[Stop], None]], None]


class BranchesScreen(Dialog[int | None]):
    """The branches of a session. ``ask`` deals with commands, ``compare`` takes a branch's tip."""

    SCOPE: Scope = "branches"
    BINDINGS = textual_bindings("branches")
    DEFAULT_CSS = """
    BranchesScreen > #box { width: 120; max-width: 100%; height: 94%; }
    BranchesScreen RowsPane { height: 1fr; }
    BranchesScreen LineInput { background: $surface; margin-bottom: 1; }
    """

    def __init__(
        self, debugger: Debugger, facts: BranchFacts, ask: Ask, compare: Callable[[int], None]
    ) -> None:
        super().__init__("Branches")
        self._debugger = debugger
        self._facts = facts
        self._ask = ask
        self._compare = compare
        self._every = False
        self._words = ""
        self._seen = -1

    def body(self) -> Iterable[Widget]:
        """A line for the filter, and the tree."""
        yield LineInput(hint="only branches with these words", id="filter")
        yield RowsPane(classes="bare", id="tree", empty="no branch has these words")

    def ready(self) -> None:
        """The cursor begins where one stands."""
        self._filter.display = False
        self._pane.follow = False
        self._pane.focus()
        self._load()
        here = self._debugger.view().branch.begin
        keys = [item.key for item in self._pane.items]
        self._pane.cursor_to(keys.index(here))
        self.set_interval(OFTEN, self._look)

    @property
    def inner_width(self) -> int:
        """As wide as the screen lets it."""
        return max(20, min(120, self.app.size.width) - 4)

    @property
    def _pane(self) -> RowsPane:
        return self.query_one("#tree", RowsPane)

    @property
    def _filter(self) -> LineInput:
        return self.query_one("#filter", LineInput)

    @property
    def marked(self) -> Branch | None:
        """The branch under the cursor."""
        row = self._pane.selected
        return row.branch if isinstance(row, BranchRow) else None

    def _look(self) -> None:
        if self._debugger.changes != self._seen:
            self._load()

    def _load(self, then: object = None) -> None:
        view = self._debugger.view()
        self._seen = view.changes
        rows = branch_rows(view, self._came_to, every=self._every, words=self._words)
        self._pane.set_items([Header(), *rows] if rows else [])
        if rows and self._pane.selected is None:
            self._pane.cursor_to(1)
        out = len(view.branches) - len(view.shown)
        of_these = f" · {len(rows):,} with these words" if self._words.strip() else ""
        unseen = f" · {out:,} pruned{'' if self._every else ', a shows them'}" if out else ""
        title = f"Branches · {len(view.branches):,}{of_these}{unseen}"
        safe_text.border_title(self.query_one("#box"), title)

    def _came_to(self, branch: Branch) -> BranchEnd:
        session = self._debugger.session
        with session.lock:
            return self._facts.of(session.tree, branch)

    # what its keys do

    def on_rows_pane_chosen(self, event: RowsPane.Chosen) -> None:
        """Enter, or a double click."""
        self.action_switch()

    def action_switch(self) -> None:
        """To the end of the branch."""
        if (branch := self.marked) is not None:
            self.dismiss(branch.tip)

    def action_rename(self) -> None:
        """Another name."""
        if (branch := self.marked) is None:
            return

        before, begin = branch.name[:_MOST_TYPED], branch.begin

        def named(name: str | None) -> None:
            if name is not None and name != before:
                self._ask(self._debugger.submit.notes.rename(begin, name), self._load)

        def problem(name: str) -> str | None:
            return rename_problem(self._debugger.view().branches, begin, name)

        self.app.push_screen(PromptScreen("Name of the branch", before, "", problem), named)

    def action_describe(self) -> None:
        """What it is for."""
        if (branch := self.marked) is None:
            return

        before = branch.description[:_MOST_TYPED]

        def described(text: str | None) -> None:
            if text is not None and text != before:
                self._ask(self._debugger.submit.notes.describe(branch.begin, text), self._load)

        hint = "what the branch is for; nothing takes the description away"
        self.app.push_screen(PromptScreen("Description", before, hint), described)

    def action_prune(self) -> None:
        """Out of view, or back in view. The file keeps it."""
        if (branch := self.marked) is not None:
            self._ask(
                self._debugger.submit.notes.prune(branch.begin, not branch.pruned), self._load
            )

    def action_show_all(self) -> None:
        """What was pruned too, or not."""
        self._every = not self._every
        self._load()

    def action_compare_branch(self) -> None:
        """With the branch one stands on."""
        if (branch := self.marked) is not None:
            self._compare(branch.tip)

    def action_tree_help(self) -> None:
        """The keys here."""
        self.app.push_screen(HelpScreen("branches"))

    def action_leave_tree(self) -> None:
        """Let go of the filter first, then leave."""
        if self._filter.display:
            self._words = self._filter.value = ""
            self._filter.display = False
            self._pane.focus()
            self._load()
        else:
            self.dismiss(None)

    # the filter

    def action_filter(self) -> None:
        """Type to narrow."""
        self._filter.display = True
        self._filter.focus()

    def on_input_changed(self) -> None:
        """Each letter narrows."""
        self._words = self._filter.value
        self._load()

    def on_input_submitted(self) -> None:
        """Enter takes what is marked."""
        self.action_switch()

    def on_key(self, event: Key) -> None:
        """While one types, the arrows move in the tree; tab goes to it, and the filter stays."""
        if not self._filter.has_focus:
            return
        if event.key == "tab":
            self._pane.focus()
        elif event.key in _MOVES:
            getattr(self._pane, f"action_{_MOVES[event.key]}")()
        else:
            return
        event.stop()
        event.prevent_default()
