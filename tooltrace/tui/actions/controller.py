"""What the keys of a session do: an action goes to its group, and what comes of it is shown."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.stop import Stop
from tooltrace.tui import safe_text
from tooltrace.tui.actions.branches import BranchActions
from tooltrace.tui.actions.breakpoints import BreakpointActions
from tooltrace.tui.actions.call_views import CallViewActions
from tooltrace.tui.actions.code import CodeActions
from tooltrace.tui.actions.edits import EditActions
from tooltrace.tui.actions.escape import Escape
from tooltrace.tui.actions.exports import ExportActions
from tooltrace.tui.actions.faults import FaultActions
from tooltrace.tui.actions.find import FindActions
from tooltrace.tui.actions.graph_clicks import GraphClicks
from tooltrace.tui.actions.group import Command
from tooltrace.tui.actions.inspection import Inspection
from tooltrace.tui.actions.leave import LeaveActions
from tooltrace.tui.actions.looks import LookActions
from tooltrace.tui.actions.lost_file import LostFile
from tooltrace.tui.actions.places import PlaceActions
from tooltrace.tui.actions.present import PresentActions
from tooltrace.tui.actions.questions import Questions
from tooltrace.tui.actions.replays import ReplayActions
from tooltrace.tui.actions.samples import SampleActions
from tooltrace.tui.actions.steps import StepActions
from tooltrace.tui.keys.conditions import idle
from tooltrace.tui.keys.keymap import action
from tooltrace.tui.panes.session_panes import SessionPanes
from tooltrace.tui.rows.selected import Selected
from tooltrace.tui.rows.session_rows import SessionRows

if TYPE_CHECKING:
    from textual.screen import Screen

__all__ = ["QUICK", "SessionController"]

QUICK = 0.5
"""Seconds within which keys count as pressed in one go."""

MOST_WAITING = 32

Result = TypeVar("Result")


class SessionController:
    """Gives the debugger the commands that keys ask for, one after the other.

    ``tick`` shows what changed, ``repaint`` has everything painted at the next one.
    """

    def __init__(
        self,
        screen: Screen[Any],
        debugger: Debugger,
        panes: SessionPanes,
        rows: SessionRows,
        stdio: tuple[int, int, int] | None,
        tick: Callable[[], None],
        repaint: Callable[[], None],
    ) -> None:
        self.screen = screen
        self.debugger = debugger
        self.panes = panes
        self.rows = rows
        self.stdio = stdio
        self._tick, self._repaint = tick, repaint
        self.escape = Escape()
        self.questions = Questions(self)
        self.lost_file = LostFile(self)
        self.given_at = 0.0
        self._waiting: list[Callable[[], None]] = []
        self.edits = EditActions(self)
        points = BreakpointActions(self)
        self.graph_clicks = GraphClicks(self, points)
        self.inspection = Inspection(self)
        self.branches = BranchActions(self)
        self.finding = FindActions(self)
        self.call_views = CallViewActions(self)
        self.code = CodeActions(self)
        self.presenting = PresentActions(self)
        self.groups = (
            StepActions(self),
            self.presenting,
            self.edits,
            self.code,
            ReplayActions(self),
            FaultActions(self),
            SampleActions(self),
            points,
            self.branches,
            PlaceActions(self),
            self.finding,
            LookActions(self),
            self.call_views,
            ExportActions(self),
            LeaveActions(self),
        )
        self._group_of = {name: group for group in self.groups for name in vars(type(group))}

    def press(self, ident: str) -> None:
        """Do what an action does, or say why it is not possible now."""
        group = self._group_of[ident]
        view = self.debugger.view()
        if view.running and self._given_just_now() and action(ident).when(view) == idle(view):
            self._wait_with(partial(self.press, ident))
        elif ident in group.asks_itself or not self.refused(ident):
            getattr(group, ident)()

    def refused(self, ident: str) -> bool:
        """Whether an action is not possible now; if so, it has been said why."""
        entry = action(ident)
        possible = entry.when
        why = possible(self.debugger.view())
        if why is not None and self.debugger.view().read_only and self.debugger.take_over():
            self.tell("whoever wrote this session has left: it is written here now")
            self._repaint()
            why = possible(self.debugger.view())
        why = why or entry.on(self.debugger.view(), self.panes.selected().record)
        if why is not None:
            self.tell(why, "warning")
        return why is not None

    def in_turn(self, ident: str, command: Command) -> None:
        """Give a command, or give it after one that was given just now and has not ended.

        Keys pressed quickly all count; a key pressed while something takes its time is refused.
        """
        if self.debugger.view().running and self._given_just_now():
            self._wait_with(partial(self.in_turn, ident, command))
        elif not self.refused(ident):
            self.given_at = time.monotonic()
            self.ask(command())

    def _wait_with(self, then: Callable[[], None]) -> None:
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(then)

    def _given_just_now(self) -> bool:
        return time.monotonic() - self.given_at < QUICK

    def ask(self, answer: Future[Stop], then: Callable[[Stop], None] | None = None) -> None:
        """Deal with a debugger command when it has ended; the screen never waits for it."""

        def ended(done: Future[Stop]) -> None:
            # Only a message: this is the debugger's thread, and an app that is just closing the
            # session waits for it.
            if not done.cancelled():
                self.screen.call_later(self._ended, done.result(), then)

        answer.add_done_callback(ended)

    def _ended(self, stop: Stop, then: Callable[[Stop], None] | None) -> None:
        self._tick()  # Who pressed a key need not wait for the clock.
        if stop.kind == "error":
            self.tell(stop.text, "warning" if stop.refused else "error")
        elif not self.questions.after(stop) and stop.kind in ("step", "paused") and stop.text:
            self.tell(stop.text)
        if then is not None:
            then(stop)
        self._next_in_turn(stop)

    def _next_in_turn(self, stop: Stop) -> None:
        if stop.kind != "step" or not self._given_just_now():
            self._waiting.clear()
        while self._waiting and not self.debugger.view().running:
            self._waiting.pop(0)()
            if self.screen.app.screen is not self.screen:
                self._waiting.clear()  # They were meant for what is below the dialog now.

    def show(
        self, dialog: Screen[Result], then: Callable[[Result | None], None] | None = None
    ) -> None:
        """Put a dialog over the session, and deal with its answer."""
        self.screen.app.push_screen(dialog, then)

    def tell(self, text: str, severity: safe_text.Severity = "information") -> None:
        """Say something in a note."""
        safe_text.notify(self.screen, text, severity)

    def repaint(self) -> None:
        """Show at once what is shown otherwise now."""
        self._repaint()
        self._tick()

    def go_to_step(self, step: int) -> None:
        """Stand at a step of this branch; nothing runs."""
        steps, view = self.rows.steps, self.debugger.view()
        if not self.refused("jump") and step < len(steps.ends):
            record = view.path[min(steps.ends[step], len(view.path) - 1)]
            if record != view.head:
                self.ask(self.debugger.submit.goto(record))

    def look_behind(self, pane: str) -> bool:
        """Show a pane in place of the stage, or with "" the stage again; whether that changed."""
        return self.presenting.look_behind(pane)

    def edit_what(self, what: Selected) -> None:
        """Edit what is selected."""
        self.edits.edit_what(what)

    def about_outcome(self) -> bool:
        """Whether going on means saying first what became of a call; if so, it has been asked."""
        return self.questions.about_outcome()
