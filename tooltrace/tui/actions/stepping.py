"""Keys that move: forward, backward, and the questions that going forward may ask."""

from __future__ import annotations

from math import inf

from tooltrace.core.decide.budgets import grant_words, granted
from tooltrace.core.decide.next_action import AwaitUser
from tooltrace.debugger.stop import Stop
from tooltrace.tui import safe_text
from tooltrace.tui.actions.base import OnSession
from tooltrace.tui.rows.repeat_warning import warning_lines
from tooltrace.tui.screens import dialogs

__all__ = ["Moving"]

DIFF_WIDTH = 70

TWICE = 2.0
"""Seconds within which a second escape gives up what runs."""


class Moving(OnSession):
    """Step, turn, continue, pause, back, run to the cursor."""

    def action_step(self) -> None:
        """One call or event on; while the model is about to be asked again, now."""
        if self.debugger.view().retry is not None:
            self.debugger.ask_now()
        elif not self.asked_about_outcome():
            self.in_turn("step", self.debugger.submit.step)

    def action_next_reply(self) -> None:
        """To the next model reply."""
        if not self.asked_about_outcome():
            self.in_turn("next_reply", self.debugger.submit.turn)

    def action_resume(self) -> None:
        """Go on until something stops the run."""
        if not self.asked_about_outcome() and not self.refused("resume"):
            self.ask(self.debugger.submit.go())

    def action_pause(self) -> None:
        """Stop at the next safe point."""
        if not self.refused("pause"):
            self.debugger.pause()

    def action_step_in(self) -> None:
        """Into a nested agent."""
        self.refused("step_in")

    def action_step_back(self) -> None:
        """One step back; nothing runs."""
        self.in_turn("step_back", self.debugger.submit.back)

    def action_resume_back(self) -> None:
        """Back to the breakpoint before, or the start."""
        if not self.refused("resume_back"):
            self.ask(self.debugger.submit.back("continue"))

    def action_run_to_cursor(self) -> None:
        """To the record under the cursor: ahead along the way, or back."""
        record = self.selected().record
        if record is None:
            safe_text.notify(self, "put the cursor on a record to go there", "warning")
        elif not self.refused("run_to_cursor"):
            self.ask(self.debugger.submit.goto(record))

    def action_leave(self) -> None:
        """One level up: close the zoom, give up what runs, or stay."""
        if self.zoomed is None and self.debugger.view().running:
            self._give_up()
            return
        self.escaped_at = -inf  # It was for this: what runs is given up by two more.
        if self.zoomed is not None:
            self.zoomed = None
            self.lay_out()
        else:
            self.pane(self.focused_pane()).find("")

    def _give_up(self) -> None:
        """Give up what runs at the second escape: on a slow line an arrow begins with one."""
        if self.escaped_twice:
            self.debugger.cancel()
            return
        view = self.debugger.view()
        asking = view.snapshot.awaiting_model or view.doing
        what = "cuts the reply off" if asking else "gives up what runs"
        safe_text.notify(self, f"esc again within {TWICE:.0f} seconds {what}")

    def confirm_stop(self, stop: Stop) -> None:
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

        self.app.push_screen(
            dialogs.ConfirmScreen("This would run again", lines, answers), answered
        )

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

        self.app.push_screen(dialogs.ConfirmScreen("Its world was moved", lines, answers), answered)

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

        self.app.push_screen(dialogs.ConfirmScreen(title, lines, answers), answered)

    def confirm_past(self, stop: Stop) -> None:
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

        self.app.push_screen(dialogs.ConfirmScreen(title, lines, answers), answered)

    def confirm_thinking(self, stop: Stop) -> None:
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
        self.app.push_screen(
            dialogs.ConfirmScreen("Thinking may be refused", lines, answers), answered
        )

    def offer_after_incomplete(self) -> None:
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
                    self.action_edit_head()
                case _:
                    pass

        lines = [view.action.text, "All that came is kept in its record."]
        self.app.push_screen(
            dialogs.ConfirmScreen("The reply is not complete", lines, answers), answered
        )
