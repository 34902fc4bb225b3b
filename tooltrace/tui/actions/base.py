"""What the groups of actions share: the screen they are mixed into, and waiting for answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from tooltrace.core.decide.next_action import AwaitUser
from tooltrace.debugger.replay.divergence import describe, divergence_at
from tooltrace.debugger.stop import Stop
from tooltrace.tui import safe_text

if TYPE_CHECKING:
    from textual.screen import Screen

    from tooltrace.debugger.debugger import Debugger
    from tooltrace.tui.actions.edit_targets import Selected
    from tooltrace.tui.actions.shown import Shown
    from tooltrace.tui.panes.rows_pane import RowsPane

    Base = Screen[None]
else:
    Base = object

__all__ = ["OnSession"]

QUICK = 0.5
"""Seconds within which keys count as pressed in one go."""

MOST_WAITING = 32

Waiting = tuple[str, Callable[[], Future[Stop]]]


class OnSession(Base):
    """The parts of the session's screen that actions use."""

    debugger: Debugger
    shown: Shown
    stdio: tuple[int, int, int] | None
    zoomed: str | None
    waiting: list[Waiting]
    given_at: float
    escaped_at: float
    escaped_twice: bool

    if TYPE_CHECKING:

        def pane(self, name: str) -> RowsPane:
            """A pane by its name."""
            ...

        def selected(self) -> Selected:
            """What the cursor is on."""
            ...

        def focused_pane(self) -> str:
            """The name of the focused pane."""
            ...

        def refused(self, ident: str) -> bool:
            """Whether an action is not possible now."""
            ...

        def lay_out(self) -> None:
            """Which panes are there."""
            ...

        def tick(self) -> None:
            """Repaint what changed."""
            ...

    def in_turn(self, ident: str, command: Callable[[], Future[Stop]]) -> None:
        """Give a command, or give it after one that was given just now and has not ended.

        Keys pressed quickly all count; a key pressed while something takes its time is refused.
        """
        waiting = self.waiting
        if self.debugger.view().running and self._given_just_now():
            if len(waiting) < MOST_WAITING:
                waiting.append((ident, command))
        elif not self.refused(ident):
            self.given_at = time.monotonic()
            self.ask(command())

    def _given_just_now(self) -> bool:
        return time.monotonic() - self.given_at < QUICK

    def _next_in_turn(self, stop: Stop) -> None:
        waiting = self.waiting
        if stop.kind != "step" or not self._given_just_now():
            waiting.clear()
        elif waiting:
            self.in_turn(*waiting.pop(0))

    def ask(self, answer: Future[Stop], then: Callable[[Stop], None] | None = None) -> None:
        """Deal with a debugger command when it has ended; the screen never waits for it."""

        def ended(done: Future[Stop]) -> None:
            # Only a message: this is the debugger's thread, and an app that is just closing the
            # session waits for it.
            if not done.cancelled():
                self.call_later(self._ended, done.result(), then)

        answer.add_done_callback(ended)

    def _ended(self, stop: Stop, then: Callable[[Stop], None] | None) -> None:
        self.tick()  # Who pressed a key need not wait for the clock.
        match stop.kind:
            case "error":
                safe_text.notify(self, stop.text, "warning" if stop.refused else "error")
            case "confirm":
                self.confirm_stop(stop)
            case "limit" | "stuck":
                self.confirm_past(stop)
            case "thinking":
                self.confirm_thinking(stop)
            case "divergence":
                self.show_divergence(stop)
            case "step" | "await" if self._wants_an_answer():
                self._offer()
            case "step" | "paused" if stop.text:
                safe_text.notify(self, stop.text)
            case _:
                pass  # The status line says it, and which key goes on.
        if then is not None:
            then(stop)
        self._next_in_turn(stop)

    def _wants_an_answer(self) -> bool:
        """Whether the run came to a place where a person has to choose between a few ways on."""
        view = self.debugger.view()
        action = view.action
        if not isinstance(action, AwaitUser) or not view.at_tip or view.replaying:
            return False
        if action.why in ("unknown_outcome", "diverged"):
            return not view.read_only
        live = view.snapshot.source in ("live", "scripted")
        return action.why == "incomplete" and view.live and live

    def asked_about_outcome(self) -> bool:
        """Whether going on means saying first what became of a call; if so, it has been asked."""
        view = self.debugger.view()
        action = view.action
        unknown = isinstance(action, AwaitUser) and action.why == "unknown_outcome"
        if not unknown or not view.at_tip or view.running or view.replaying or view.read_only:
            return False
        self.offer_unknown_outcome()
        return True

    def _offer(self) -> None:
        action = self.debugger.view().action
        why = action.why if isinstance(action, AwaitUser) else None
        if why == "unknown_outcome":
            self.offer_unknown_outcome()
        elif why == "diverged":
            met = divergence_at(self.debugger.view().snapshot)
            text = describe(met) if met is not None else ""
            self.show_divergence(Stop("divergence", text, divergence=met))
        else:
            self.offer_after_incomplete()

    def offer_unknown_outcome(self) -> None:
        """Ask what became of a call that never returned."""
        raise NotImplementedError

    def offer_after_incomplete(self) -> None:
        """Ask what to do about a reply that is not complete."""
        raise NotImplementedError

    def action_edit_head(self) -> None:
        """Edit what the head stands on."""
        raise NotImplementedError

    def confirm_stop(self, stop: Stop) -> None:
        """Ask for the yes that the debugger waits for."""
        raise NotImplementedError

    def confirm_past(self, stop: Stop) -> None:
        """Ask whether to go on past a limit."""
        raise NotImplementedError

    def confirm_thinking(self, stop: Stop) -> None:
        """Ask what to do about thinking that may be refused."""
        raise NotImplementedError

    def show_divergence(self, stop: Stop) -> None:
        """Show where a replay met something else than was recorded."""
        raise NotImplementedError
