"""Keys that go elsewhere in the tree: branches, bookmarks, any record by its number."""

from __future__ import annotations

from tooltrace.core.model.errors import BadCommand
from tooltrace.tui import safe_text
from tooltrace.tui.actions.comparing import Comparing
from tooltrace.tui.rows.record_refs import bookmark_beside, place_named
from tooltrace.tui.rows.records import in_brief
from tooltrace.tui.screens import dialogs

__all__ = ["Roaming"]


class Roaming(Comparing):
    """The tree, its bookmarks, and the way to any record of it."""

    def action_branches(self) -> None:
        """The tree of branches."""
        if self.refused("branches"):
            return

        def picked(tip: int | None) -> None:
            if tip is not None:
                self.ask(self.debugger.submit.switch(tip))

        screen = dialogs.BranchesScreen(
            self.debugger, self.shown.branches, self.ask, self.compare_with
        )
        self.app.push_screen(screen, picked)

    def compare_with(self, tip: int) -> None:
        """Hold the branch that ends at ``tip`` against the current one."""
        self.compare(self.debugger.view().tip, tip)

    def action_jump(self) -> None:
        """To any record, or a step of this branch, by its number."""
        if self.refused("jump"):
            return
        steps = self.shown.steps

        def problem(text: str) -> str | None:
            try:
                place_named(text, self.debugger.view(), steps)
            except BadCommand as error:
                return str(error)
            return None

        def typed(text: str | None) -> None:
            if text is not None:
                self.ask(self.debugger.submit.goto(place_named(text, self.debugger.view(), steps)))

        hint = "#17 is a record, on any branch; 17 is a step of this one"
        self.app.push_screen(dialogs.PromptScreen("Jump to", "", hint, problem), typed)

    # -- bookmarks --------------------------------------------------------------------------

    def action_bookmark(self) -> None:
        """Mark the selected record with a few words or none, or take its mark away."""
        if self.refused("bookmark"):
            return
        view = self.debugger.view()
        record = self.selected().record
        place = record if record in view.tree and record is not None else view.head
        if place in view.bookmarks:
            self.ask(self.debugger.submit.notes.bookmark(place, marked=False))
            safe_text.notify(self, f"the bookmark on #{place} is gone")
            return

        def typed(text: str | None) -> None:
            if text is not None:
                self.ask(self.debugger.submit.notes.bookmark(place, text))

        hint = "a few words if you like; enter sets it, m on it takes it away"
        self.app.push_screen(dialogs.PromptScreen(f"Bookmark on #{place}", "", hint), typed)

    def action_bookmarks(self) -> None:
        """List the bookmarks; picking one goes there."""
        if self.refused("bookmarks"):
            return
        view = self.debugger.view()
        names = {branch.begin: branch.name for branch in view.branches}
        session = self.debugger.session
        choices = []
        with session.lock:
            for record, text in view.bookmarks.items():
                branch = session.tree.branch_of(record)
                what = in_brief(session.tree, session.tree[record])
                where = f"{what} · {names[branch.begin]}" if branch else what
                choices.append(dialogs.Choice(record, f"#{record} {text}".rstrip(), where))

        def picked(choice: dialogs.Picked[int] | None) -> None:
            if choice is not None:
                self.ask(self.debugger.submit.goto(choice.value))

        self.app.push_screen(dialogs.PickerScreen("Bookmarks", choices), picked)

    def action_next_bookmark(self) -> None:
        """To the bookmark after the head."""
        self._to_bookmark("next_bookmark", forward=True)

    def action_previous_bookmark(self) -> None:
        """To the bookmark before the head."""
        self._to_bookmark("previous_bookmark", forward=False)

    def _to_bookmark(self, ident: str, *, forward: bool) -> None:
        if self.refused(ident):
            return
        record = bookmark_beside(self.debugger.view(), forward)
        if record is None:
            safe_text.notify(self, "this is the only bookmark")
        else:
            self.ask(self.debugger.submit.goto(record))
