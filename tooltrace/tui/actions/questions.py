"""What is asked when a run has stopped where a person has to choose, and what the answers do."""

from __future__ import annotations

from tooltrace.core.decide.budgets import grant_words, granted
from tooltrace.core.decide.next_action import AwaitUser
from tooltrace.debugger.replay.divergence import describe, divergence_at, in_short
from tooltrace.debugger.stop import Stop
from tooltrace.tui.actions.group import OnSession
from tooltrace.tui.rows.calls.warning_lines import warning_lines
from tooltrace.tui.rows.lines import plain
from tooltrace.tui.rows.selected import Selected
from tooltrace.tui.rows.value_diff import diff_lines
from tooltrace.tui.screens import dialogs

__all__ = ["Questions"]

DIFF_WIDTH = 70


class Questions(OnSession):
    """Each is a dialog; whoever closes it stays where the run stopped."""

    def after(self, stop: Stop) -> bool:
        """Ask what a stop asks for; whether there was anything."""
        match stop.kind:
            case "confirm":
                self._confirm(stop)
            case "limit" | "stuck":
                self._confirm_past(stop)
            case "thinking":
                self._confirm_thinking(stop)
            case "divergence":
                self._divergence(stop)
            case "step" | "await" if self._wants_an_answer():
                self._about_next()
            case _:
                return False  # The status line says it, and which key goes on.
        return True

    def about_outcome(self) -> bool:
        """Whether going on means saying first what became of a call; if so, it has been asked."""
        view = self.debugger.view()
        action = view.action
        unknown = isinstance(action, AwaitUser) and action.why == "unknown_outcome"
        if not unknown or not view.at_tip or view.running or view.replaying or view.read_only:
            return False
        self._unknown_outcome()
        return True

    def _wants_an_answer(self) -> bool:
        """Whether the run came to a place where a person has to choose between a few ways on."""
        view = self.debugger.view()
        action = view.action
        if not isinstance(action, AwaitUser) or not view.at_tip or view.replaying or view.running:
            return False  # What a next command runs by now has its own end.
        if action.why in ("unknown_outcome", "diverged"):
            return not view.read_only
        live = view.snapshot.source in ("live", "scripted")
        return action.why == "incomplete" and view.live and live

    def _about_next(self) -> None:
        action = self.debugger.view().action
        why = action.why if isinstance(action, AwaitUser) else None
        if why == "unknown_outcome":
            self._unknown_outcome()
        elif why == "diverged":
            met = divergence_at(self.debugger.view().snapshot)
            text = describe(met) if met is not None else ""
            self._divergence(Stop("divergence", text, divergence=met))
        else:
            self._after_incomplete()

    def _confirm(self, stop: Stop) -> None:
        """Ask: a tool ran elsewhere, or the world is not where it was."""
        if stop.moved:
            self._confirm_moved(stop)
            return
        if stop.world is not None:
            self._confirm_world(stop)
            return
        lines = [line for warning in stop.warnings for line in warning_lines(warning)]
        lines.append("It writes. Run it again?")
        answers = [
            dialogs.Answer("n", "no, stay before it (S types a result instead)", "no"),
            dialogs.Answer("y", "yes, run it again", "yes", danger=True),
        ]

        def answered(value: str | None) -> None:
            if value == "yes":
                self.ask(self.debugger.submit.confirm())

        self.show(dialogs.ConfirmScreen("This would run again", lines, answers), answered)

    def _confirm_moved(self, stop: Stop) -> None:
        lines = [stop.text, "Nothing in it is changed by that but whose it is."]
        answers = [
            dialogs.Answer("n", "stay here", "no"),
            dialogs.Answer("y", "yes, it is this session's", "yes"),
            dialogs.Answer("o", "no: begin another one, and leave that as it is", "other"),
        ]

        def answered(value: str | None) -> None:
            if value == "yes":
                self.ask(self.debugger.submit.confirm())
            elif value == "other":
                self.ask(self.debugger.submit.keep_world())

        self.show(dialogs.ConfirmScreen("Its world was moved", lines, answers), answered)

    def _confirm_world(self, stop: Stop) -> None:
        lines = [stop.text]
        answers = [dialogs.Answer("n", "stay here", "no")]
        if not stop.lost:
            lines.append("Restoring puts back what this point of the session saw.")
            lines.append("What is there now is kept as a snapshot first.")
            answers.append(dialogs.Answer("r", "restore, then go on", "restore", danger=True))
        answers.append(dialogs.Answer("k", "keep it as it is, and go on", "keep", danger=True))
        title = "The world cannot be put back" if stop.lost else "The world has changed"

        def answered(value: str | None) -> None:
            if value == "restore":
                self.ask(self.debugger.submit.confirm())
            elif value == "keep":
                self.ask(self.debugger.submit.keep_world())

        self.show(dialogs.ConfirmScreen(title, lines, answers), answered)

    def _confirm_past(self, stop: Stop) -> None:
        """A limit or a stuck verdict: go on, end the run, or look around."""
        stuck = stop.kind == "stuck"
        title = "The run is stuck" if stuck else "A limit is reached"
        s = self.debugger.view().snapshot
        more = "; ".join([] if stuck else grant_words(s, granted(s)))
        lines = [stop.text, f"Going on past it: {more}."] if more else [stop.text]
        answers = [
            dialogs.Answer("s", "stay and look", "stay"),
            dialogs.Answer("g", "go on past it", "past"),
            dialogs.Answer("x", f"end the run as {stop.kind}", "end"),
        ]

        def answered(value: str | None) -> None:
            if value == "past":
                self.ask(self.debugger.submit.go_past())
            elif value == "end":
                self.ask(self.debugger.submit.finish())

        self.show(dialogs.ConfirmScreen(title, lines, answers), answered)

    def _confirm_thinking(self, stop: Stop) -> None:
        """Thinking that belongs to a history that was changed: let it be dropped, or try."""
        answers = [
            dialogs.Answer("s", "stay: N goes back, F forks before it", "stay"),
            dialogs.Answer("d", "let the API drop that thinking, from now on", "drop"),
            dialogs.Answer("g", "send it as it is", "send"),
        ]

        def answered(value: str | None) -> None:
            if value in ("drop", "send"):
                self.ask(self.debugger.submit.send_thinking(value == "drop"))

        lines = [stop.text, "Current models bind their thinking to all that stood before it."]
        self.show(dialogs.ConfirmScreen("Thinking may be refused", lines, answers), answered)

    def _after_incomplete(self) -> None:
        """A reply that is no reply: what can be done about it."""
        view = self.debugger.view()
        if not isinstance(view.action, AwaitUser) or view.action.why != "incomplete":
            return
        more = 2 * view.snapshot.settings.max_tokens
        answers = [
            dialogs.Answer("s", "stay and look at what came", "stay"),
            dialogs.Answer("n", "ask again", "again"),
            dialogs.Answer("m", f"ask again, with up to {more:,} tokens in a reply", "more"),
            dialogs.Answer("e", "write the reply by hand", "write"),
        ]

        def answered(value: str | None) -> None:
            match value:
                case "again":
                    self.ask(self.debugger.submit.ask_again())
                case "more":
                    self.ask(self.debugger.submit.ask_again(more))
                case "write":
                    self._write()
                case _:
                    pass

        lines = [view.action.text, "All that came is kept in its record."]
        self.show(dialogs.ConfirmScreen("The reply is not complete", lines, answers), answered)

    def _write(self) -> None:
        if not self.controller.refused("edit"):
            self.controller.edit_what(Selected(self.debugger.view().head))

    def _divergence(self, stop: Stop) -> None:
        """Where a replay met something else: which field, both values, and the ways on."""
        found = stop.divergence
        lines = [stop.text]
        if found is not None:
            was, now = in_short(found.recorded), in_short(found.now)
            lines += ["", *map(plain, diff_lines(was, now, DIFF_WIDTH))]
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
        self.show(dialogs.ConfirmScreen(title, lines, answers), answered)

    def _unknown_outcome(self) -> None:
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
                    self.controller.press("stub")
                case "fail":
                    why = "[tooltrace] it was interrupted, and a person says that it has not acted"
                    self.ask(self.debugger.submit.edit.answer(ref, why, True))
                case "again" if started is not None:
                    self.ask(self.debugger.submit.edit.retry(started))
                case _:
                    pass

        self.show(dialogs.ConfirmScreen("Outcome unknown", [action.text], answers), answered)
