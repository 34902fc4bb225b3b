"""Keys that go elsewhere in the tree: to bookmarks, to any record by its number."""

from __future__ import annotations

from tooltrace.core.model.errors import BadCommand
from tooltrace.tui.actions.group import ActionGroup
from tooltrace.tui.rows.conversation.records import in_brief
from tooltrace.tui.rows.record_refs import (
    Kind,
    bookmark_beside,
    is_error,
    is_transition,
    is_write,
    place_named,
    place_of,
)
from tooltrace.tui.screens import dialogs

__all__ = ["PlaceActions"]


class PlaceActions(ActionGroup):
    """Jump to a record or the next of a kind; set, list and go to bookmarks."""

    def jump(self) -> None:
        """To any record, on whatever branch, by its number."""

        def problem(text: str) -> str | None:
            try:
                place_named(text, self.debugger.view())
            except BadCommand as error:
                return str(error)
            return None

        def typed(text: str | None) -> None:
            if text is not None:
                self.ask(self.debugger.submit.goto(place_named(text, self.debugger.view())))

        hint = "the number of a record, on any branch: #17 or 17"
        self.show(dialogs.PromptScreen("Jump to", "", hint, problem), typed)

    def bookmark(self) -> None:
        """Mark the selected record with a few words or none, or take its mark away."""
        view = self.debugger.view()
        record = self.panes.selected().record
        place = record if record in view.tree and record is not None else view.head
        if place in view.bookmarks:
            self.ask(self.debugger.submit.notes.bookmark(place, marked=False))
            self.tell(f"the bookmark on #{place} is gone")
            return

        def typed(text: str | None) -> None:
            if text is not None:
                self.ask(self.debugger.submit.notes.bookmark(place, text))

        hint = "a few words if you like; enter sets it, m on it takes it away"
        self.show(dialogs.PromptScreen(f"Bookmark on #{place}", "", hint), typed)

    def bookmarks(self) -> None:
        """List the bookmarks; picking one goes there."""
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

        self.show(dialogs.PickerScreen("Bookmarks", choices), picked)

    def next_bookmark(self) -> None:
        """To the bookmark after the head."""
        self._to_bookmark(forward=True)

    def previous_bookmark(self) -> None:
        """To the bookmark before the head."""
        self._to_bookmark(forward=False)

    def _to_bookmark(self, *, forward: bool) -> None:
        record = bookmark_beside(self.debugger.view(), forward)
        if record is None:
            self.tell("this is the only bookmark")
        else:
            self.ask(self.debugger.submit.goto(record))

    def next_error(self) -> None:
        """To the next failed call or request."""
        self._to_next(is_error, "nothing failed on this branch")

    def next_write(self) -> None:
        """To the next result of a tool that writes."""
        self._to_next(is_write, "no tool that writes has returned on this branch")

    def next_state(self) -> None:
        """To the next transition."""
        self._to_next(is_transition, "no transition is recorded on this branch")

    def _to_next(self, kind: Kind, none: str) -> None:
        view = self.debugger.view()
        with self.debugger.session.lock:
            record = place_of(view, kind)
        if record is None:
            self.tell(none)
        elif record == view.head:
            self.tell("there is no other on this branch")
        else:
            self.ask(self.debugger.submit.goto(record))
