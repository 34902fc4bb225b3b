"""Keys that change history: each opens an editor or a picker first, and each can be undone."""

from __future__ import annotations

from tooltrace.core.decide.transitions import legal_targets
from tooltrace.core.model.errors import BadCommand, ToolTraceError
from tooltrace.core.text.exact_json import pretty
from tooltrace.tui import safe_text
from tooltrace.tui.actions.base import OnSession
from tooltrace.tui.actions.edit_targets import Selected, Target, stub_target, target_of
from tooltrace.tui.external_editor import edit_external
from tooltrace.tui.screens import dialogs
from tooltrace.tui.services import LeaveSession

__all__ = ["Changing"]


class Changing(OnSession):
    """Edit, stub, retry, force, fork, replay, undo, redo."""

    def action_edit(self) -> None:
        """Edit the selected value."""
        self._edit("edit", external=False)

    def action_edit_external(self) -> None:
        """Edit the selected value in ``$EDITOR``."""
        self._edit("edit_external", external=True)

    def action_edit_head(self) -> None:
        """Edit what the head stands on, whatever the cursor is on."""
        self._edit("edit", external=False, what=Selected(self.debugger.view().head))

    def _edit(self, ident: str, *, external: bool, what: Selected | None = None) -> None:
        if self.refused(ident):
            return
        try:
            target = target_of(self.debugger.view(), self.debugger, what or self.selected())
            draft = edit_external(self.app, pretty(target.value), self.stdio) if external else None
        except ToolTraceError as error:
            safe_text.notify(self, str(error), "warning")
            return
        if not external or draft is not None:
            self._open_editor(target, draft, target.drafted)

    def _open_editor(self, target: Target, draft: str | None = None, same: bool = False) -> None:
        def edited(answer: dialogs.Edited | None) -> None:
            if answer is not None:
                self.ask(target.take(answer.value))

        self.app.push_screen(
            dialogs.EditorScreen(
                target.value,
                title=f"Edit {target.title}",
                hint=target.hint,
                check=target.check,
                draft=draft,
                allow_same=same,
                stdio=self.stdio,
            ),
            edited,
        )

    def action_stub(self) -> None:
        """Type the result of an open call."""
        if self.refused("stub"):
            return
        try:
            target = stub_target(self.debugger.view(), self.debugger, self.selected())
        except BadCommand as error:
            safe_text.notify(self, str(error), "warning")
            return
        self._open_editor(target, same=True)

    def action_force(self) -> None:
        """Force a transition: legal ones first, the others ask for a reason."""
        if self.refused("force"):
            return
        s = self.debugger.view().snapshot
        legal = legal_targets(s)
        choices = [dialogs.Choice(name, name, "legal from here", group="legal") for name in legal]
        choices += [
            dialogs.Choice(
                state.name,
                state.name,
                "no transition leads there",
                group="forced against the table",
                ask="why? it is kept with the transition",
            )
            for state in s.workflow.states
            if state.name not in legal and state.name != s.state
        ]

        def picked(choice: dialogs.Picked[str] | None) -> None:
            if choice is not None:
                self.ask(self.debugger.submit.edit.force(choice.value, choice.reason))

        title = f"Force a transition from {s.state}"
        self.app.push_screen(dialogs.PickerScreen(title, choices), picked)

    def action_say(self) -> None:
        """Say something to the model."""
        if self.refused("say"):
            return

        def said(text: str | None) -> None:
            if text:
                self.ask(self.debugger.submit.edit.say(text))

        hint = "the model reads it next; what is recorded after this point is left behind"
        title = "Say something to the model"
        self.app.push_screen(dialogs.PromptScreen(title, "", hint, _nothing_said), said)

    def action_go_past(self) -> None:
        """On past a limit or a stuck verdict."""
        if not self.refused("go_past"):
            self.ask(self.debugger.submit.go_past())

    def action_undo(self) -> None:
        """Stand where you stood before the last change."""
        if not self.refused("undo"):
            self.ask(self.debugger.submit.edit.undo())

    def action_redo(self) -> None:
        """The opposite of undo."""
        if not self.refused("redo"):
            self.ask(self.debugger.submit.edit.redo())

    def action_quit(self) -> None:
        """Save and leave; ask first while something runs."""
        if not self.debugger.view().running:
            self.post_message(LeaveSession())
            return
        answers = [
            dialogs.Answer("s", "stay", "stay"),
            dialogs.Answer("q", "give up what runs, save and leave", "quit", danger=True),
        ]

        def answered(value: str | None) -> None:
            watch.stop()
            if value == "quit":
                self.post_message(LeaveSession())

        def ended() -> None:
            if not self.debugger.view().running and self.app.screen is question:
                question.dismiss("quit")  # There is nothing left to ask about.

        lines = ["Something is running. A tool that cannot be stopped may still act."]
        question = dialogs.ConfirmScreen("Leave while running?", lines, answers)
        watch = self.set_interval(1 / 20, ended)
        self.app.push_screen(question, answered)


def _nothing_said(text: str) -> str | None:
    return None if text.strip() else "say something, or press esc"
