"""The tree of branches: look at it, go elsewhere in it, say what its branches are.

Gives the tip to switch to, or None when it was left. Everything else is done from inside it.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from tooltrace.core.fold.branches import Branch
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.edit.edits import rename_problem
from tooltrace.debugger.stop import Stop
from tooltrace.tui import safe_text
from tooltrace.tui.dialog.list_dialog import ListDialog
from tooltrace.tui.dialog.prompt import PromptScreen
from tooltrace.tui.keys.keymap import Scope, textual_bindings
from tooltrace.tui.rows.branches.branches import (
    BranchEnd,
    BranchFacts,
    BranchRow,
    Header,
    branch_rows,
)
from tooltrace.tui.screens.help import HelpScreen

__all__ = ["BranchesScreen"]

_MOST_TYPED = 1000
"""Characters of a name or a description that are offered to be changed."""

Ask = Callable[[Future[Stop], Callable[[Stop], None]], None]


class BranchesScreen(ListDialog[int | None]):
    """The branches of a session. ``ask`` deals with commands, ``compare`` takes a branch's tip."""

    SCOPE: Scope = "branches"
    WIDTH = 120
    HINT = "only branches with these words"
    NOTHING = "no branch has these words"
    BINDINGS = textual_bindings("branches")

    def __init__(
        self, debugger: Debugger, facts: BranchFacts, ask: Ask, compare: Callable[[int], None]
    ) -> None:
        super().__init__("Branches", debugger)
        self._facts = facts
        self._ask = ask
        self._compare = compare
        self._every = False
        self._undoing: list[Callable[[], Future[Stop]]] = []

    def ready(self) -> None:
        """The cursor begins where one stands."""
        super().ready()
        here = self.debugger.view().branch.begin
        keys = [item.key for item in self.pane.items]
        self.pane.cursor_to(keys.index(here))

    @property
    def marked(self) -> Branch | None:
        """The branch under the cursor."""
        row = self.pane.selected
        return row.branch if isinstance(row, BranchRow) else None

    def load(self) -> None:
        """The tree, or what of it has the words."""
        view = self.debugger.view()
        rows = branch_rows(view, self._came_to, every=self._every, words=self.words)
        self.pane.set_items([Header(), *rows] if rows else [])
        if rows and self.pane.selected is None:
            self.pane.cursor_to(1)
        out = len(view.branches) - len(view.shown)
        of_these = f" · {len(rows):,} with these words" if self.words.strip() else ""
        unseen = f" · {out:,} pruned{'' if self._every else ', a shows them'}" if out else ""
        title = f"Branches · {len(view.branches):,}{of_these}{unseen}"
        safe_text.border_title(self.query_one("#box"), title)

    def _came_to(self, branch: Branch) -> BranchEnd:
        session = self.debugger.session
        with session.lock:
            return self._facts.of(session.tree, branch)

    def _say(self, said: Future[Stop], undo: Callable[[], Future[Stop]]) -> None:
        """Have something said of a branch, and know how it is taken back."""

        def ended(stop: Stop) -> None:
            if stop.kind != "error":
                self._undoing.append(undo)
            self.look()

        self._ask(said, ended)

    # what its keys do

    def enter(self) -> None:
        """To the end of the branch."""
        self.action_switch()

    def action_switch(self) -> None:
        """To the end of the branch."""
        if (branch := self.marked) is not None:
            self.dismiss(branch.tip)

    def action_rename(self) -> None:
        """Another name."""
        if (branch := self.marked) is None:
            return

        notes, before, begin = self.debugger.submit.notes, branch.name, branch.begin

        def named(name: str | None) -> None:
            if name is not None and name != before[:_MOST_TYPED]:
                self._say(notes.rename(begin, name), lambda: notes.rename(begin, before))

        def problem(name: str) -> str | None:
            return rename_problem(self.debugger.view().branches, begin, name)

        screen = PromptScreen("Name of the branch", before[:_MOST_TYPED], "", problem)
        self.app.push_screen(screen, named)

    def action_describe(self) -> None:
        """What it is for."""
        if (branch := self.marked) is None:
            return

        notes, before, begin = self.debugger.submit.notes, branch.description, branch.begin

        def described(text: str | None) -> None:
            if text is not None and text != before[:_MOST_TYPED]:
                self._say(notes.describe(begin, text), lambda: notes.describe(begin, before))

        hint = "what the branch is for; nothing takes the description away"
        self.app.push_screen(PromptScreen("Description", before[:_MOST_TYPED], hint), described)

    def action_prune(self) -> None:
        """Out of view, or back in view. The file keeps it."""
        if (branch := self.marked) is not None:
            notes, was, begin = self.debugger.submit.notes, branch.pruned, branch.begin
            self._say(notes.prune(begin, not was), lambda: notes.prune(begin, was))

    def action_undo_said(self) -> None:
        """Say again what was said before, the last change first."""
        if self._undoing:
            self._ask(self._undoing.pop()(), lambda _: self.look())
        else:
            safe_text.notify(self, "nothing was changed here since it was opened", "warning")

    def action_show_all(self) -> None:
        """What was pruned too, or not."""
        self._every = not self._every
        self.load()

    def action_compare_branch(self) -> None:
        """With the branch one stands on."""
        if (branch := self.marked) is not None:
            self._compare(branch.tip)

    def action_tree_help(self) -> None:
        """The keys here."""
        self.app.push_screen(HelpScreen("branches"))

    def action_leave_tree(self) -> None:
        """Let go of the filter first, then leave."""
        self.go_up()

    def action_filter(self) -> None:
        """Type to narrow."""
        self.narrow()
