"""The parts that the commands of one debugger work on, and what several of them do with these.

Each coroutine here ends in a Stop or raises what a person can act on. A command that changes
history and fails leaves one standing where one stood.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from msgspec.structs import replace

from tooltrace.core.model.errors import BadCommand, NotSaved
from tooltrace.core.model.ports import ModelPort
from tooltrace.core.model.snapshot import Call, Snapshot
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.debugger.command_loop import CommandLoop
from tooltrace.debugger.edit.empty_forks import empty_fork, give_name
from tooltrace.debugger.loaded_code import CodeSource, LoadedCode
from tooltrace.debugger.replay.live_tools import LiveTools
from tooltrace.debugger.replay.start import ReplayParts
from tooltrace.debugger.run.breakpoint_file import BreakpointFile
from tooltrace.debugger.run.live import Live
from tooltrace.debugger.run.model_call import ModelCaller
from tooltrace.debugger.run.partial_reply import PartialReply
from tooltrace.debugger.run.points import Points
from tooltrace.debugger.run.retry import RetryTimer
from tooltrace.debugger.runner import Runner
from tooltrace.debugger.sampling.sampler import Sampler
from tooltrace.debugger.session.published_place import PlacePublisher
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.session.undo import UndoStack
from tooltrace.debugger.stop import Stop
from tooltrace.debugger.world.branch_worlds import BranchWorlds
from tooltrace.engine.engine import Engine, Ports

__all__ = ["CheckContext", "Parts"]

CheckContext = Callable[[str, JsonValue], str | None]
"""Why a value does not fit the context's declaration, by its name; None when it does."""


class Parts:
    """A session, what drives it, and the one loop on which that happens.

    ``ports`` is None when no code was named: then nothing can run. ``workflow`` is what that code
    says now, ``today`` a model of it whose replies a replay compares with the recorded ones;
    ``rerun`` makes its tools for a replay. ``problems`` are for the person to read.
    ``code`` is the file of the workflow, if there is one, and ``source`` loads it again.
    """

    def __init__(
        self,
        session: Session,
        ports: Ports | None,
        worlds: BranchWorlds | None,
        points: BreakpointFile | None,
        today: ModelPort | None,
        workflow: WorkflowSpec | None,
        check_context: CheckContext | None,
        problems: tuple[str, ...],
        rerun: LiveTools | None,
        code: str,
        source: CodeSource | None,
    ) -> None:
        self.session = session
        self.loop = CommandLoop(session.hide)
        self.loop.first = session.take_over
        self.incoming = PartialReply(session.hide)
        self.worlds = worlds
        if worlds is not None and session.file is not None:
            worlds.belongs_to(session.file, session.id)
            worlds.named = lambda: session.tree.worlds
            worlds.tell = self.tell
        self.retry = RetryTimer(lambda: self.loop.pausing)
        self.ports = ports or _no_ports()
        engine = Engine(self.ports, worlds, self._key, self.incoming.hear)
        caller = ModelCaller(self.retry, self.incoming, self.tell)
        able = ports is not None
        self.live = Live(session, engine, worlds, caller, able=able, workflow=workflow)
        self.points = Points(session, points)
        self.runner = Runner(session, self.live, self.points, lambda: self.loop.pausing)
        self.undo = UndoStack(session)
        self.sampler = Sampler(session, self.ports, lambda: self.loop.pausing)
        self.replaying = ReplayParts(workflow, today, ports, caller, rerun)
        self.check_context = check_context
        self.problems = problems + self.points.load(code)
        self.source = source
        self.changed_code: tuple[str, ...] = ()
        self.ticks = 0
        self.follow: Callable[[], object] = session.refresh
        self.publisher: PlacePublisher | None = None

    def _key(self, s: Snapshot, call: Call) -> str:
        return self.session.executions.key(self.session.id, s, call)

    @property
    def changes(self) -> int:
        """Grows whenever there is something else to see."""
        beside = self.retry.changes + self.sampler.changes + self.points.changes
        return self.session.changes + self.loop.changes + beside + self.ticks

    def tell(self, problem: str) -> None:
        """Let the person read what is wrong beside what was asked for."""
        self.problems += (problem,)
        self.ticks += 1

    # -- what several commands do -----------------------------------------------------------

    async def move(self, move: Callable[[], object]) -> Stop:
        """Stand somewhere else; what ``move`` says is for the person."""
        said = move()
        return Stop("step", said if isinstance(said, str) else "")

    async def change(self, change: Callable[[Session], object]) -> Stop:
        """Change history, and save it."""
        return Stop("step", self.changed(change))

    def changed(self, change: Callable[[Session], object]) -> str:
        """Change history, and save it; what ``change`` says."""
        fork = empty_fork(self.session)
        try:
            with self.undo.change():
                said = change(self.session)
                if fork is not None:
                    give_name(self.session, fork)
        except ValueError as error:
            raise BadCommand(f"no session can hold this: {error}") from error
        self.runner.leave()
        self.session.sync()
        return said if isinstance(said, str) else ""

    def give_up(self) -> None:
        """Give up what runs now; belongs on the loop."""
        if self.sampler.stop():
            return
        started = [call for call in self.session.snapshot.calls if call.status == "started"]
        given_up = [self.live.tools.cancel(call.ref) for call in started]
        if not any(given_up) and not self.ports.model.cancel():
            self.loop.cancel()

    def look_at_code(self) -> None:
        """Look whether the workflow's files are still what was loaded."""
        changed = self.source.changed() if self.source is not None else ()
        if changed != self.changed_code:
            self.changed_code = changed
            self.ticks += 1

    def adopt(self, code: LoadedCode) -> None:
        """Go on with code that was just loaded; a replay that is under way keeps what it has."""
        self.ports = self.sampler.ports = code.ports
        self.live.adopt(code.ports, code.workflow)
        self.replaying = replace(
            self.replaying,
            workflow=code.workflow,
            today=code.today,
            ports=code.ports,
            rerun=code.rerun,
        )
        self.check_context = code.check_context
        if self.worlds is not None and code.world is not None:
            self.worlds.made_by(code.world)
        self.changed_code = ()
        self.ticks += 1

    def save(self) -> None:
        """Put on disk what happened so far; whatever is written next says what is wrong."""
        with suppress(NotSaved):
            self.session.sync()

    def leave(self, remember: bool) -> None:
        """Write down what is owed, and let go of the file and of what the ports hold."""
        if self.publisher is not None:
            self.publisher.withdraw()
        try:
            self.runner.leave()
        finally:
            try:
                self.session.close(remember)
            finally:
                self.live.close()


def _no_ports() -> Ports:
    from tooltrace.models.recorded import RecordedModel
    from tooltrace.tools.recorded.by_call import RecordedTools

    return Ports(RecordedModel(), RecordedTools(), runs_tools=False)
