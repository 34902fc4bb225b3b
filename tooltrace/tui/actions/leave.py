"""Keys that leave: one level up, and the session."""

from __future__ import annotations

from tooltrace.tui.actions.escape import TWICE
from tooltrace.tui.actions.group import ActionGroup
from tooltrace.tui.screens import dialogs
from tooltrace.tui.services import LeaveSession

__all__ = ["LeaveActions"]


class LeaveActions(ActionGroup):
    """Give up what runs, close the zoom, save and leave."""

    def leave(self) -> None:
        """One level up: let go of matches, close the zoom, give up what runs, show all, or stay."""
        if self.controller.finding.let_go():
            self.controller.escape.forget()
            return
        if self.controller.look_behind(""):
            self.controller.escape.forget()
            return
        if self.panes.zoomed is None and self.debugger.view().running:
            self._give_up()
            return
        self.controller.escape.forget()  # It was for this: what runs is given up by two more.
        if self.panes.zoomed is not None:
            self.panes.zoom(None)
            if not self.panes.is_roomy:
                self.panes.leave_inspector()
        elif self.panes.leave_inspector():
            pass
        elif self.panes.focused() == "calls" and self.controller.rows.shown.let_go():
            self.controller.repaint()

    def quit(self) -> None:
        """Save and leave; ask first while something runs."""
        if not self.debugger.view().running:
            self.controller.screen.post_message(LeaveSession())
            return
        answers = [
            dialogs.Answer("s", "stay", "stay"),
            dialogs.Answer("q", "give up what runs, save and leave", "quit", danger=True),
        ]

        def answered(value: str | None) -> None:
            watch.stop()
            if value == "quit":
                self.controller.screen.post_message(LeaveSession())

        def ended() -> None:
            if not self.debugger.view().running and self.controller.screen.app.screen is question:
                question.dismiss("quit")  # There is nothing left to ask about.

        lines = ["Something is running. A tool that cannot be stopped may still act."]
        question = dialogs.ConfirmScreen("Leave while running?", lines, answers)
        watch = self.controller.screen.set_interval(1 / 20, ended)
        self.show(question, answered)

    def _give_up(self) -> None:
        """Give up what runs at the second escape: on a slow line an arrow begins with one."""
        if self.controller.escape.twice:
            self.debugger.cancel()
            return
        view = self.debugger.view()
        asking = view.snapshot.awaiting_model or view.doing
        what = "cuts the reply off" if asking else "gives up what runs"
        self.tell(f"esc again within {TWICE:.0f} seconds {what}")
