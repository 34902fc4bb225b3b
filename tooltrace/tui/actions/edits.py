"""Keys that change history: each opens an editor or a picker first, and each can be undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tooltrace.core.decide.transitions import legal_targets
from tooltrace.core.model.content_blocks import Block
from tooltrace.core.model.errors import BadCommand, ToolTraceError
from tooltrace.core.text.exact_json import pretty
from tooltrace.tui.actions.edit_again import chooses_model, edits_again, stands_or_forks
from tooltrace.tui.actions.edit_targets import Target, said_of, stub_target, target_of
from tooltrace.tui.actions.group import ActionGroup
from tooltrace.tui.actions.message_targets import standing_target
from tooltrace.tui.actions.model_picker import pick_model
from tooltrace.tui.actions.open_editor import open_editor
from tooltrace.tui.external_editor import edit_external
from tooltrace.tui.rows.selected import Selected
from tooltrace.tui.screens import dialogs

__all__ = ["EditActions"]


class EditActions(ActionGroup):
    """Edit, stub, force, say, go past, undo, redo."""

    def edit(self) -> None:
        """Edit the selected value."""
        self.edit_what(self.panes.selected())

    def edit_external(self) -> None:
        """Edit the selected value in ``$EDITOR``."""
        self.edit_what(self.panes.selected(), external=True)

    def edit_what(self, what: Selected, *, external: bool = False) -> None:
        """Edit the value behind something; say why where there is none to edit."""
        view = self.debugger.view()
        if stands_or_forks(view, what):
            self._ask_which(what, external)
        elif chooses_model(view, what):
            self.choose_model()
        else:
            self._edit_there(what, external)

    def _edit_there(self, what: Selected, external: bool) -> None:
        """On a branch from there; what is an edit itself is made again where one stands."""
        words = said_of(self.debugger.view(), what)
        if words is not None and not external:
            self._say_otherwise(*words)
        else:
            self._edit(lambda: self._target(what), external)

    def _target(self, what: Selected) -> Target:
        view = self.debugger.view()
        again = edits_again(view, self.debugger, what)
        return target_of(view, self.debugger, what) if again is None else again

    def _ask_which(self, what: Selected, external: bool) -> None:
        """A later turn has read it: whether that turn is left behind, or kept behind it."""
        view, record = self.debugger.view(), what.record or 0
        answers = [
            dialogs.Answer("b", "a branch from there: what came after is left behind", "branch"),
            dialogs.Answer("s", "where it stands: later turns are kept behind it", "stands"),
        ]

        def answered(value: str | None) -> None:
            if value == "branch":
                self._edit_there(what, external)
            elif value == "stands":
                self._edit(lambda: standing_target(view, self.debugger, record), external)

        lines = [f"The model has gone on since it read #{record}. Nothing runs either way."]
        self.show(dialogs.ConfirmScreen("Which edit?", lines, answers), answered)

    def _edit(self, found: Callable[[], Target], external: bool) -> None:
        app, stdio = self.controller.screen.app, self.controller.stdio
        try:
            target = found()
            draft = edit_external(app, pretty(target.value), stdio) if external else None
        except ToolTraceError as error:
            self.tell(str(error), "warning")
            return
        if not external or draft is not None:
            open_editor(self, target, draft, same=target.drafted)

    def choose_model(self) -> None:
        """Ask another model from here on."""
        title = "Ask another model from here on"
        edit = self.debugger.submit.edit
        pick_model(self, title, lambda *asked: self.ask(edit.model(*asked)))

    def stub(self) -> None:
        """Type the result of an open call."""
        try:
            target = stub_target(self.debugger.view(), self.debugger, self.panes.selected())
        except BadCommand as error:
            self.tell(str(error), "warning")
            return
        open_editor(self, target, same=True)

    def force(self) -> None:
        """Force a transition: legal ones first, the others ask for a reason."""
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
        self.show(dialogs.PickerScreen(title, choices), picked)

    def say(self) -> None:
        """Say something to the model."""

        def said(answer: dialogs.Said | None) -> None:
            if answer is not None:
                self.ask(self.debugger.submit.edit.say(answer.text, answer.blocks))

        hint = "the model reads it next; what is recorded after this point is left behind"
        self.show(dialogs.SayScreen("Say something to the model", hint), said)

    def _say_otherwise(self, record: int, text: str, blocks: Sequence[Block]) -> None:
        def said(answer: dialogs.Said | None) -> None:
            if answer is not None and (answer.text, answer.blocks) != (text, list(blocks)):
                self.ask(self.debugger.submit.edit.said(record, answer.text, answer.blocks))

        hint = "what comes after it is left behind on its own branch"
        title = f"Edit what was said, #{record}"
        self.show(dialogs.SayScreen(title, hint, text, blocks), said)

    def go_past(self) -> None:
        """On past a limit or a stuck verdict."""
        self.ask(self.debugger.submit.go_past())

    def undo(self) -> None:
        """Stand where you stood before the last change."""
        self.ask(self.debugger.submit.edit.undo())

    def redo(self) -> None:
        """The opposite of undo."""
        self.ask(self.debugger.submit.edit.redo())
