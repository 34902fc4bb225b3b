"""Keys that go over something again: fork, make a call again, replay; first, what that would do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tooltrace.core.decide.next_action import AwaitUser
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.events import ToolReturned, ToolStarted
from tooltrace.debugger.edit.edits import before_call, fork_problem
from tooltrace.debugger.edit.preview import CallAhead, Going, calls_ahead
from tooltrace.debugger.replay.start import Answers
from tooltrace.debugger.session.recorded_ref import open_with
from tooltrace.debugger.stop import Stop
from tooltrace.tui import safe_text
from tooltrace.tui.actions.base import OnSession
from tooltrace.tui.rows.lines import plain
from tooltrace.tui.rows.value_diff import diff_lines
from tooltrace.tui.screens import dialogs

__all__ = ["GoingOver"]

DIFF_WIDTH = 70
_ASKED = "What is blocked is asked about again when it comes."
_ANSWERED = "What is blocked is answered from the recording."

_ANSWERS: dict[Answers, tuple[str, str]] = {
    "recorded": ("recorded model, recorded tools", "nothing runs: is it sound?"),
    "live tools": ("recorded model, live tools", "same results with today's code?"),
    "live model": ("live model, recorded tools", "would the model do it again?"),
}


class GoingOver(OnSession):
    """Each shows the calls ahead before any of them can run."""

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
        self.app.push_screen(dialogs.PreviewScreen(title, ahead, unasked), answered)

    def action_fork(self) -> None:
        """Begin a branch here."""
        if self.refused("fork"):
            return
        view = self.debugger.view()
        choices = [
            dialogs.Choice("", "fork here", f"a new branch after #{view.head}"),
            dialogs.Choice(
                "name",
                "fork here, with a name",
                ask="the name of the branch",
                check=lambda name: fork_problem(self.debugger.view().branches, name),
            ),
        ]

        def picked(choice: dialogs.Picked[str] | None) -> None:
            if choice is not None:
                name = choice.reason
                title = "These calls may be made again on the new branch"
                self._effects(
                    "live",
                    title,
                    lambda allowed: self.ask(self.debugger.submit.edit.fork(name, allowed)),
                )

        self.app.push_screen(dialogs.PickerScreen("Fork", choices), picked)

    def action_retry(self) -> None:
        """Make the selected call again."""
        record = self.selected().record
        if record is None:
            safe_text.notify(self, "select a call to make again", "warning")
            return
        if self.refused("retry"):
            return
        try:
            with self.debugger.session.lock:
                before_call(self.debugger.session, record)
        except BadCommand as error:
            safe_text.notify(self, str(error), "warning")
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

    def action_replay(self) -> None:
        """Replay: from here or from the start, and what answers in it."""
        if self.refused("replay"):
            return
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

        self.app.push_screen(dialogs.PickerScreen("Replay", choices), picked)

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

    def show_divergence(self, stop: Stop) -> None:
        """Where a replay met something else: which field, both values, and the ways on."""
        found = stop.divergence
        lines = [stop.text]
        if found is not None:
            lines += ["", *map(plain, diff_lines(found.recorded, found.now, DIFF_WIDTH))]
        answers = [dialogs.Answer("s", "stay here, at the divergence", "stay")]
        replaying = self.debugger.view().replaying
        if self.debugger.view().acceptable:
            how = "go on with the replay" if replaying else "go on live after it"
            answers.append(dialogs.Answer("a", f"accept it, and {how}", "accept"))
        if self.debugger.view().live:
            answers.append(dialogs.Answer("g", "go on live from before it, on a branch", "live"))
        if replaying:
            answers.append(dialogs.Answer("u", "leave the replay", "leave"))

        def answered(value: str | None) -> None:
            match value:
                case "accept":
                    self.ask(self.debugger.submit.replay.accept())
                case "live":
                    self.ask(self.debugger.submit.replay.live_from_here())
                case "leave":
                    self.ask(self.debugger.submit.edit.undo())
                case _:
                    pass

        title = "The replay met something else"
        self.app.push_screen(dialogs.ConfirmScreen(title, lines, answers), answered)

    def offer_unknown_outcome(self) -> None:
        """A call was started and never returned: what a person can say about it."""
        view = self.debugger.view()
        action = view.action
        if not isinstance(action, AwaitUser) or action.call is None:
            return
        ref = action.call
        started = next((c.started for c in view.snapshot.calls if c.ref == ref), None)
        answers = [
            dialogs.Answer("s", "stay, and look whether it has acted", "stay"),
            dialogs.Answer("d", "it has: type its result", "done"),
            dialogs.Answer("f", "it has not: give it an error result", "fail"),
        ]
        if view.live and started is not None:
            answers.append(dialogs.Answer("r", "make it again", "again", danger=True))

        def answered(value: str | None) -> None:
            match value:
                case "done":
                    self.action_stub()
                case "fail":
                    why = "[tooltrace] it was interrupted, and a person says that it has not acted"
                    self.ask(self.debugger.submit.edit.answer(ref, why, True))
                case "again" if started is not None:
                    self.ask(self.debugger.submit.edit.retry(started))
                case _:
                    pass

        self.app.push_screen(
            dialogs.ConfirmScreen("Outcome unknown", [action.text], answers), answered
        )

    def action_stub(self) -> None:
        """Type the result of an open call."""
        raise NotImplementedError
