"""Keys that move: forward and backward."""

from __future__ import annotations

from tooltrace.tui.actions.group import ActionGroup

__all__ = ["StepActions"]


class StepActions(ActionGroup):
    """Step, turn, continue, pause, back, run to the cursor."""

    asks_itself = frozenset({"step", "next_reply", "resume", "step_back", "run_to_cursor"})

    def step(self) -> None:
        """One call or event on; while the model is about to be asked again, now."""
        if self.debugger.view().retry is not None:
            self.debugger.ask_now()
        elif not self.controller.about_outcome():
            self.controller.in_turn("step", self.debugger.submit.step)

    def next_reply(self) -> None:
        """To the next model reply."""
        if not self.controller.about_outcome():
            self.controller.in_turn("next_reply", self.debugger.submit.turn)

    def resume(self) -> None:
        """Go on until something stops the run."""
        if not self.controller.about_outcome() and not self.controller.refused("resume"):
            self.ask(self.debugger.submit.go())

    def pause(self) -> None:
        """Stop at the next safe point."""
        self.debugger.pause()

    def step_in(self) -> None:
        """Into a nested agent, once there is one."""

    def step_back(self) -> None:
        """One step back; nothing runs."""
        self.controller.in_turn("step_back", self.debugger.submit.back)

    def resume_back(self) -> None:
        """Back to the breakpoint before, or the start."""
        self.ask(self.debugger.submit.back("continue"))

    def run_to_cursor(self) -> None:
        """To the record under the cursor: ahead along the way, or back."""
        record = self.panes.selected().record
        if not self.controller.refused("run_to_cursor") and record is not None:
            self.ask(self.debugger.submit.goto(record))
