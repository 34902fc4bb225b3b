"""The workflow's own files: whether they changed on disk, and loading them again."""

from __future__ import annotations

from tooltrace.core.model.events import RunStarted
from tooltrace.debugger.session.recorded_ref import BY_HAND, open_with
from tooltrace.tui.actions.group import ActionGroup
from tooltrace.tui.services import OfferCode

__all__ = ["CodeActions"]


class CodeActions(ActionGroup):
    """Look at the files, load them again, or offer those that a session was recorded with."""

    asks_itself = frozenset({"reload"})

    def look(self) -> None:
        """Look at the files; what differs is in the next view."""
        if not self.debugger.view().running:
            _ = self.debugger.changed_code

    def reload(self) -> None:
        """Load the code again; in a session without code, the code it was recorded with."""
        if self.controller.refused("reload"):
            return
        if self.debugger.view().live:
            self.ask(self.debugger.submit.reload())
        else:
            self._offer()

    def _offer(self) -> None:
        view = self.debugger.view()
        event = view.tree[view.snapshot.run].event
        ref = event.ref if isinstance(event, RunStarted) else ""
        named = open_with(view.tree, view.snapshot.run)
        otherwise = f"no code was named: {named}, {BY_HAND}"
        self.controller.screen.post_message(OfferCode(ref, otherwise))
