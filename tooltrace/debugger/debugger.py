"""The one object that every front end drives.

It lives on a thread and an event loop of its own, so that a tool that blocks never freezes a
screen. Commands go in and come back as futures of a Stop; what is there to see comes out as a
View. It decides nothing about workflows (``core`` does) and performs nothing itself (``engine``).
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from tooltrace.core.decide.breakpoints import Breakpoint, unfit
from tooltrace.core.model.errors import BadExpression, BadSession, NotSaved
from tooltrace.core.model.ports import ModelPort
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.debugger.command_loop import CommandLoop
from tooltrace.debugger.commands import Commands
from tooltrace.debugger.edit import edits
from tooltrace.debugger.faults.injector import Injector
from tooltrace.debugger.faults.scenario import Scenario
from tooltrace.debugger.history_commands import Answer, ChangesHistory, CheckContext
from tooltrace.debugger.notes import Noting
from tooltrace.debugger.replay.live_tools import LiveTools
from tooltrace.debugger.replay.start import ReplayParts
from tooltrace.debugger.run.breakpoint_file import BreakpointFile
from tooltrace.debugger.run.model_call import ModelCaller
from tooltrace.debugger.run.partial_reply import PartialReply
from tooltrace.debugger.run.retry import RetryTimer
from tooltrace.debugger.run.steppers import Live
from tooltrace.debugger.runner import How, Runner
from tooltrace.debugger.sampling.sampler import Sampler
from tooltrace.debugger.sampling.samples import UNLIMITED, Budget, Samples
from tooltrace.debugger.session.move import take_world
from tooltrace.debugger.session.prefold import warm_up
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.session.undo import UndoStack
from tooltrace.debugger.stop import Stop
from tooltrace.debugger.view import View, look
from tooltrace.debugger.world.branch_worlds import BranchWorlds
from tooltrace.engine.engine import Engine, Ports

__all__ = ["FINISHING", "Debugger"]

FINISHING = 0.8
"""Seconds that whatever is about to come back has for it when a front end is left."""

FOLLOW_EVERY = 0.2
"""Seconds between two looks at what the writer of a read-only session has added."""


class Debugger(ChangesHistory, Noting):
    """Step, continue, pause, go back, edit, fork, force, replay: over one session.

    ``ports`` is None when no code was named: then nothing can run, and everything else works.
    ``workflow`` is what that code says now, and ``today`` a model of it whose replies a replay
    compares with the recorded ones; ``rerun`` makes its tools for a replay.
    """

    def __init__(
        self,
        session: Session,
        ports: Ports | None = None,
        worlds: BranchWorlds | None = None,
        points: BreakpointFile | None = None,
        today: ModelPort | None = None,
        workflow: WorkflowSpec | None = None,
        check_context: CheckContext | None = None,
        problems: tuple[str, ...] = (),
        rerun: LiveTools | None = None,
    ) -> None:
        self._session = session
        self._thread = CommandLoop(session.hide)
        self._thread.first = session.take_over
        self.incoming = PartialReply(session.hide)
        if worlds is not None and session.file is not None:
            worlds.belongs_to(session.file, session.id)
            worlds.named = lambda: session.tree.worlds
            worlds.tell = self._tell
        self._attempts = RetryTimer(lambda: self._thread.pausing)
        self._ports = ports or _no_ports()
        engine = Engine(self._ports, worlds, self._key, self.incoming.hear)
        asking = ModelCaller(self._attempts, self.incoming)
        able = ports is not None
        self._live = Live(session, engine, worlds, asking, able=able, workflow=workflow)
        self._runner = Runner(session, self._live, lambda: self._thread.pausing)
        self._history = UndoStack(session)
        self._resampling = Sampler(session, self._ports, lambda: self._thread.pausing)
        self._commands = Commands(session, self._runner, self._live, self._history)
        self._points_file = points
        self._worlds = worlds
        model = ports.model if ports is not None else None
        self._again = ReplayParts(workflow, today, model, asking, rerun)
        self._check_context = check_context
        self._view: View | None = None
        self._ticks = 0
        self._problems = problems
        if points is not None:
            self._runner.points, problem = points.load(session.snapshot.workflow.name)
            self._problems += (problem,) if problem else ()
            kept = ((p, unfit(p, session.snapshot.workflow)) for p in self._runner.points)
            self._problems += tuple(f"breakpoint {p}: {why}" for p, why in kept if why)
        if session.read_only:
            self._thread.soon(self._following)
        warm_up(session, self._thread)

    def _key(self, s: Any, call: Any) -> str:
        return self._session.executions.key(self._session.id, s, call)

    # -- what there is to see ---------------------------------------------------------------

    @property
    def changes(self) -> int:
        """Grows whenever a new View would differ."""
        beside = self._attempts.changes + self._resampling.changes
        return self._session.changes + self._thread.changes + beside + self._ticks

    def view(self) -> View:
        """The present moment. May be called from any thread."""
        changes = self.changes
        view = self._view
        if view is not None and view.changes == changes and view.saved == self._session.saved:
            return view
        self._view = look(
            self._session,
            self._runner,
            self._live,
            self._history,
            self._thread,
            self._attempts.waiting,
            self._resampling.doing,
            self._problems,
            changes,
        )
        return self._view

    @property
    def session(self) -> Session:
        """The session that is being debugged."""
        return self._session

    @property
    def unsaved(self) -> tuple[bytes, ...]:
        """The lines of what happened and is not known to be in the file; for whoever leaves."""
        return self._session.unsaved

    def save(self) -> None:
        """Put on disk soon what happened so far, while what runs goes on."""
        self._thread.soon(self._save)

    def _save(self) -> None:
        # Whatever is written next says what is wrong, and tries again.
        with suppress(NotSaved):
            self._session.sync()

    # -- moving -----------------------------------------------------------------------------

    def step(self) -> Answer:
        """One call or event on; asks the model again where the last attempt failed."""
        return self._go("step")

    def turn(self) -> Answer:
        """To the next model reply."""
        return self._go("turn")

    def go(self, until: int | None = None) -> Answer:
        """On to a breakpoint, the end, or a place where a person is needed."""
        return self._go("continue", until)

    def _go(self, how: How, until: int | None = None) -> Answer:
        return self._thread.submit(self._commands.go(how, until))

    def back(self, how: How = "step") -> Answer:
        """Back by a step, a turn, or to the breakpoint before. Nothing runs."""
        return self._thread.submit(self._commands.back(how))

    def pause(self) -> None:
        """Stop at the next safe point: a reply that arrives is let finish, no attempt follows."""
        self._thread.pause()
        self._thread.beside(self._attempts.stop)

    def ask_now(self) -> None:
        """Make the next attempt at a model call now, instead of waiting for its time."""
        self._thread.beside(self._attempts.now)

    def cancel(self) -> None:
        """Give up what is running now: a call gets an error result that says so, a reply is cut."""
        self._thread.pause()
        self._thread.beside(self._give_up)

    def _give_up(self) -> None:
        if self._resampling.stop():
            return
        started = [call for call in self._session.snapshot.calls if call.status == "started"]
        given_up = [self._live.tools.cancel(call.ref) for call in started]
        if not any(given_up) and not self._ports.model.cancel():
            self._thread.cancel()

    def goto(self, record: int, tip: int | None = None) -> Answer:
        """Stand on any record; on the branch that ends at ``tip``, or the current or newest one."""
        return self._thread.submit(self._commands.goto(record, tip))

    def switch(self, tip: int) -> Answer:
        """Stand at the end of another branch; undo comes back."""
        return self._thread.submit(self._commands.switch(tip))

    def undo(self) -> Answer:
        """Stand where one stood before the last change of history. The change stays in the file."""
        return self._thread.submit(self._commands.undone(self._history.undo))

    def redo(self) -> Answer:
        """The opposite of undo."""
        return self._thread.submit(self._commands.undone(self._history.redo))

    def follow(self) -> Answer:
        """Take in at once what the writer of a read-only session has added; else it is soon."""
        return self._thread.submit(self._commands.follow(), quiet=True)

    # -- saying yes -------------------------------------------------------------------------

    def confirm(self) -> Answer:
        """Yes to what the last stop asked: run the calls, or put the world back; then go on."""
        return self._thread.submit(self._commands.confirm(self._thread.stop))

    def keep_world(self) -> Answer:
        """Go on with the world as it is, instead of putting it back."""
        return self._thread.submit(self._commands.keep_world(self._thread.stop))

    def go_past(self, turns: int | None = None) -> Answer:
        """On past a limit, by as much again or by so many turns, or past a stuck verdict."""
        return self._changing(lambda session: edits.go_past(session, turns))

    def finish(self) -> Answer:
        """Accept a limit or a stuck verdict as the end of the run."""
        return self._thread.submit(self._live.finish())

    def send_thinking(self, drop: bool) -> Answer:
        """Ask although thinking may be refused; ``drop`` lets the API leave it out from now on."""
        return self._thread.submit(self._commands.send_thinking(drop))

    def ask_again(self, max_tokens: int | None = None) -> Answer:
        """Ask the model once more after an answer that cannot be used.

        ``max_tokens`` is the limit of a reply from now on, where the last one was too low.
        """
        return self._thread.submit(self._commands.ask_again(max_tokens))

    # -- asking several times ---------------------------------------------------------------

    def resample(self, k: int = 5, budget: Budget = UNLIMITED) -> Answer:
        """Ask the model ``k`` times what comes next, and as often without the pending edit.

        Nothing runs and the head stays; ``samples`` has the answers, each on a branch out of view.
        """
        return self._thread.submit(self._commands.resample(self._resampling, k, budget))

    @property
    def samples(self) -> Samples | None:
        """The answers of the latest ``resample``, as far as they have come; None before it."""
        return self._resampling.found

    def take_sample(self, number: int) -> Answer:
        """Go on from one of the samples; undo comes back."""
        return self._thread.submit(self._commands.take_sample(self._resampling, number))

    # -- breakpoints ------------------------------------------------------------------------

    def set_points(self, points: tuple[Breakpoint, ...]) -> None:
        """Replace the breakpoints, and keep them with the project; others may have added some.

        Raises BadExpression for one that is new and does not fit the workflow.
        """
        self._refuse_unfit(points)
        self._runner.points = points
        self._ticks += 1
        if self._points_file is None:
            return
        try:
            workflow = self._session.snapshot.workflow.name
            self._runner.points = self._points_file.save(workflow, points)
        except NotSaved as error:
            self._problems += (str(error),)

    def add_points(self, points: tuple[Breakpoint, ...]) -> None:
        """Add breakpoints for this sitting only; they are not kept with the project.

        Raises BadExpression for one that does not fit the workflow.
        """
        self._refuse_unfit(points)
        self._runner.points += tuple(p for p in points if p not in self._runner.points)
        self._ticks += 1

    def _refuse_unfit(self, points: tuple[Breakpoint, ...]) -> None:
        for point in points:
            why = unfit(point, self._session.snapshot.workflow)
            if why is not None and point not in self._runner.points:
                raise BadExpression(f"{point}: {why}")

    # -- a scenario -------------------------------------------------------------------------

    def rehearse(self, scenario: Scenario) -> None:
        """Give the faults of a scenario where a live run comes to their places."""
        self._live.rehearse(Injector(scenario, self._session))

    @property
    def injector(self) -> Injector | None:
        """What gives the faults of a scenario; None without one."""
        return self._live.injector

    # -- beginning and end ------------------------------------------------------------------

    def _tell(self, problem: str) -> None:
        self._problems += (problem,)
        self._ticks += 1

    def take_over(self) -> bool:
        """Write from now on, if whoever wrote the session has left; each command tries it, too."""
        try:
            return self._session.take_over()
        except BadSession as error:
            self._tell(str(error))
            return False

    @property
    def gone(self) -> str | None:
        """What became of the session's file, if it was deleted, replaced or changed meanwhile."""
        return self._session.gone

    def save_as(self, path: Path) -> Answer:
        """Write all of the session into a new file, and go on there."""
        return self._thread.submit(self._save_as(path))

    async def _save_as(self, path: Path) -> Stop:
        old, session = self._session.file, self._session
        session.save_as(path)
        if self._worlds is not None and old is not None:
            take_world(old, path, session.id)
            self._worlds.belongs_to(path, session.id)
        self._session.settle()
        session.sync()
        return Stop("step", f"saved as {path.name}, and goes on there")

    def _following(self) -> None:
        try:
            self._session.refresh()
        except BadSession as error:
            self._tell(str(error))
            return
        if not self._session.read_only:
            return  # This is the writer now.
        self._thread.later(FOLLOW_EVERY, self._following)

    def close(self, timeout: float = 1.5, *, remember: bool = False, patience: float = 0.0) -> None:
        """Save, let go of the file, and end the thread; a call still running is given up.

        What comes back within ``patience`` seconds is written down first. ``remember`` notes in
        the session where the person stands. Raises NotSaved.
        """
        self._thread.beside(self._attempts.stop)
        self._thread.close(lambda: self._commands.leave(remember), timeout, patience)


def _no_ports() -> Ports:
    from tooltrace.models.recorded import RecordedModel
    from tooltrace.tools.recorded.by_call import RecordedTools

    return Ports(RecordedModel(), RecordedTools(), runs_tools=False)
