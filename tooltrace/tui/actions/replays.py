"""Keys that go over something again: fork, make a call again, replay; first, what that would do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.events import ToolReturned, ToolStarted
from tooltrace.debugger.edit.edits import before_call, fork_problem
from tooltrace.debugger.edit.preview import CallAhead, Going, calls_ahead
from tooltrace.debugger.replay.start import Answers
from tooltrace.debugger.session.recorded_ref import open_with
from tooltrace.tui.actions.group import ActionGroup
from tooltrace.tui.actions.model_picker import pick_model
from tooltrace.tui.keys.conditions import call_to_make
from tooltrace.tui.screens import dialogs

__all__ = ["ReplayActions"]

_ASKED = "What is blocked is asked about again when it comes."
_ANSWERED = "What is blocked is answered from the recording."

_ANSWERS: dict[Answers, tuple[str, str]] = {
    "recorded": ("recorded model, recorded tools", "nothing runs: is it sound?"),
    "live tools": ("recorded model, live tools", "same results with today's code?"),
    "live model": ("live model, recorded tools", "would the model do it again?"),
}


class ReplayActions(ActionGroup):
    """Each shows the calls ahead before any of them can run."""

    asks_itself = frozenset({"retry"})

    def _effects(
        self,
        going: Going,
        title: str,
        then: Callable[[tuple[str, ...]], None],
        head: int | None = None,
        only: int | None = None,
    ) -> None:
        """Show what is ahead, if any of it would run, and go on with what is allowed."""
        with self.debugger.session.lock:
            ahead: Sequence[CallAhead] = calls_ahead(self.debugger.session, going, head)
        if only is not None:
            ahead = [call for call in ahead if call.record == only]
        if all(call.plan == "recorded" for call in ahead) or not self.debugger.view().live:
            then(())
            return

        def answered(allowed: tuple[str, ...] | None) -> None:
            if allowed is not None:
                then(allowed)

        unasked = _ASKED if going == "live" else _ANSWERED
        self.show(dialogs.PreviewScreen(title, ahead, unasked), answered)

    def fork(self) -> None:
        """Begin a branch here."""
        view = self.debugger.view()
        choices = [
            dialogs.Choice("", "fork here", f"a new branch after #{view.head}"),
            dialogs.Choice(
                "name",
                "fork here, with a name",
                ask="the name of the branch",
                check=lambda name: fork_problem(self.debugger.view().branches, name),
            ),
            dialogs.Choice("model", "fork here, with another model", "asked from here on"),
        ]

        def picked(choice: dialogs.Picked[str] | None) -> None:
            if choice is None:
                return
            if choice.value == "model":
                pick_model(self, "Fork here, and ask another model", partial(self._fork, ""))
            else:
                self._fork(choice.reason)

        self.show(dialogs.PickerScreen("Fork", choices), picked)

    def _fork(
        self,
        name: str,
        model: str | None = None,
        base_url: str | None = None,
        key_env: str | None = None,
    ) -> None:
        edit = self.debugger.submit.edit
        title = "These calls may be made again on the new branch"
        self._effects(
            "live",
            title,
            lambda allowed: self.ask(edit.fork(name, allowed, model, base_url, key_env)),
        )

    def retry(self) -> None:
        """Make the selected call again; where none is selected, the last one that failed."""
        record = call_to_make(self.debugger.view(), self.panes.selected().record)
        if self.controller.refused("retry") or record is None:
            return
        try:
            with self.debugger.session.lock:
                before_call(self.debugger.session, record)
        except BadCommand as error:
            self.tell(str(error), "warning")
            return
        started = self._start_of(record)
        head = None if started is None else self.debugger.view().tree[started].parent
        if started is None or head is None or started not in self.debugger.view().path:
            self.ask(self.debugger.submit.edit.retry(record))
            return
        self._effects(
            "live",
            "This call would be made again",
            lambda allowed: self.ask(self.debugger.submit.edit.retry(record, allowed)),
            head,
            started,
        )

    def _start_of(self, record: int) -> int | None:
        tree = self.debugger.view().tree
        event = tree[record].event
        if not isinstance(event, ToolReturned | ToolStarted):
            return None
        for one in tree.up(record):
            if isinstance(one.event, ToolStarted) and one.event.call == event.call:
                return one.id
        return None

    def replay(self) -> None:
        """Replay: from here or from the start, and what answers in it."""
        view = self.debugger.view()
        ahead = len(view.path) - 1 - view.path.index(view.head)
        choices: list[dialogs.Choice[tuple[bool, Answers]]] = []
        for from_start in (False, True) if ahead else (True, False):
            for answers, (name, detail) in _ANSWERS.items():
                nothing = "" if ahead or from_start else "nothing is recorded after this"
                code = answers != "recorded" and not view.live
                why = nothing or (open_with(view.tree, view.path[0]) if code else "")
                where = "from the start" if from_start else "from here"
                choices.append(
                    dialogs.Choice((from_start, answers), name, detail, not why, why, group=where)
                )

        def picked(choice: dialogs.Picked[tuple[bool, Answers]] | None) -> None:
            if choice is not None:
                self._replay(*choice.value)

        self.show(dialogs.PickerScreen("Replay", choices), picked)

    def _replay(self, from_start: bool, answers: Answers) -> None:
        view = self.debugger.view()
        title = "Today's tools would be called so"
        head = view.path[0] if from_start else view.head
        self._effects(
            answers,
            title,
            lambda allowed: self.ask(
                self.debugger.submit.replay.start(from_start, answers, frozenset(allowed))
            ),
            head,
        )
