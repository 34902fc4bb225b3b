"""What each command of a person does, one at a time and on one thread; ``debugger`` queues none.

Each ends in a Stop or raises what a person can act on. A command that changes history and fails
leaves one standing where one stood.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.events import CallRef, DivergenceAccepted, SettingsChanged
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.debugger.edit import edits
from tooltrace.debugger.edit.empty_forks import empty_fork, give_name
from tooltrace.debugger.edit.irreversible import writes_left_behind
from tooltrace.debugger.edit.preview import named
from tooltrace.debugger.faults import faults
from tooltrace.debugger.replay.divergence import before_divergence
from tooltrace.debugger.replay.start import Answers, ReplayParts, begin_replay
from tooltrace.debugger.run.steppers import Live, no_code
from tooltrace.debugger.runner import How, Runner
from tooltrace.debugger.sampling.sampler import Sampler
from tooltrace.debugger.sampling.samples import Budget
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.session.undo import UndoStack
from tooltrace.debugger.stop import Stop

__all__ = ["Commands"]


def _begun(answers: Answers, world: bool) -> str:
    """What a replay that has begun does, in words."""
    match answers:
        case "recorded":
            return "replaying what is recorded: nothing runs"
        case "live tools":
            where = ", on a copy of the world" if world else ""
            return f"replaying with today's tools{where}: results are compared"
        case "live model":
            return "replaying with the model asked anew: results are the recorded ones"


class Commands:
    """The commands over one session, its ways forward and its history."""

    def __init__(self, session: Session, runner: Runner, live: Live, history: UndoStack) -> None:
        self._session = session
        self._runner = runner
        self._live = live
        self._history = history

    async def go(self, how: How, until: int | None = None) -> Stop:
        """Forward."""
        self._live.asking_again = how == "step"
        return await self._runner.run(how, until)

    async def back(self, how: How) -> Stop:
        """Back."""
        stop = await self._runner.back(how)
        self._live.moved()
        return stop

    async def move(self, move: Callable[[], object]) -> Stop:
        """Stand somewhere else; what ``move`` says is for the person."""
        said = move()
        self._live.moved()
        return Stop("step", said if isinstance(said, str) else "")

    async def goto(self, record: int, tip: int | None) -> Stop:
        """Stand on any record; on another branch that is a switch, which undo takes back."""
        session = self._session
        if tip is None and session.tree.is_ancestor(record, session.tip):
            tip = session.tip
        if tip == session.tip:
            return await self.move(lambda: session.select(record, tip))
        with self._history.change():
            session.select(record, tip)
        return await self.move(session.stand)

    async def switch(self, tip: int) -> Stop:
        """Stand at the end of another branch."""
        with self._history.change():
            self._session.select(tip, tip)
        return await self.move(self._session.stand)

    async def undone(self, move: Callable[[], str]) -> Stop:
        """Undo, or redo."""
        said = move()
        self._session.stand()
        return await self.move(lambda: said)

    async def note(self, saying: Callable[[Session], None]) -> Stop:
        """Write down what a person says about the tree, and save it."""
        try:
            saying(self._session)
        except ValueError as error:
            raise BadCommand(f"no session can hold this: {error}") from error
        self._session.sync()
        return Stop("step")

    async def ask_again(self, max_tokens: int | None) -> Stop:
        """Ask once more after an answer that cannot be used, with more room for it if asked."""
        s = self._session.snapshot
        if s.trouble is None:
            raise BadCommand("there is no failed reply here to ask for again")
        if max_tokens is not None and max_tokens != s.settings.max_tokens:
            settings = replace(s.settings, max_tokens=max_tokens)
            self._session.append(SettingsChanged(settings), "live")
        return await self.go("step")

    async def send_thinking(self, drop: bool) -> Stop:
        """Ask although thinking may be refused; ``drop`` lets the API leave it out."""
        if drop:
            settings = replace(self._session.snapshot.settings, drop_bound_thinking=True)
            self._session.append(SettingsChanged(settings), "live")
        self._live.asking.as_it_is = True
        self._live.asking_again = True
        return await self._runner.again()

    async def confirm(self, asked: Stop) -> Stop:
        """Yes to what a stop asked; then on."""
        if asked.kind != "confirm":
            raise BadCommand("nothing is waiting for a yes")
        if asked.moved:
            self._live.moved_world(mine=True)
        if asked.world is not None:
            self._live.restore_world(asked.world)
        self._live.yes = {warning.call.ref for warning in asked.warnings}
        return await self._runner.again()

    async def keep_world(self, asked: Stop) -> Stop:
        """No to what a stop asked about the world; then on."""
        if asked.world is None and not asked.moved:
            raise BadCommand("nothing was asked about the world")
        if asked.moved:
            self._live.moved_world(mine=False)
        else:
            self._live.world_as_it_is = True
        return await self._runner.again()

    async def change(self, change: Callable[[Session], object]) -> Stop:
        """Change history, and save it."""
        return Stop("step", self._changed(change))

    def _changed(self, change: Callable[[Session], object]) -> str:
        fork = empty_fork(self._session)
        try:
            with self._history.change():
                said = change(self._session)
                if fork is not None:
                    give_name(self._session, fork)
        except ValueError as error:
            raise BadCommand(f"no session can hold this: {error}") from error
        self._runner.leave()
        self._live.moved()
        self._session.sync()
        return said if isinstance(said, str) else ""

    async def answer(self, ref: CallRef, content: JsonValue, is_error: bool) -> Stop:
        """Give an open or interrupted call its result by hand."""

        def answering(session: Session) -> None:
            world, unkept = self._live.world_after(session.snapshot.call(ref))
            edits.answer_call(session, ref, content, is_error, world, unkept)

        return await self.change(answering)

    async def inject(self, fault: str, ref: CallRef | None) -> Stop:
        """Let a fault happen to the call that is paused here."""
        return await self.change(lambda session: faults.inject(session, fault, ref))

    async def fork(self, name: str, allowed: Sequence[str] = ()) -> Stop:
        """Begin a branch here, and say what it leaves behind that nothing takes back."""

        def forking(session: Session) -> str:
            left = writes_left_behind(session)
            edits.fork(session, name)
            return left

        calls = named(self._session, allowed)
        stop = await self.change(forking)
        self._live.allow(calls)
        return stop

    async def retry(self, returned: int, allowed: Sequence[str] = ()) -> Stop:
        """Make a call again: back to before it, and one step on."""
        if not self._live.able:
            raise BadCommand(no_code(self._session))
        calls = named(self._session, allowed)
        self._changed(lambda session: edits.retry(session, returned))
        self._live.allow(calls)
        return await self._runner.run("step")

    async def replay(
        self, from_start: bool, again: ReplayParts, answers: Answers, allowed: frozenset[str]
    ) -> Stop:
        """Begin a replay; the next steps go through it."""
        with self._history.change():
            replay = begin_replay(self._session, from_start, again, answers, allowed)
        self._runner.begin(replay)
        self._live.moved()
        self._session.sync()
        return Stop("step", _begun(answers, self._session.snapshot.workflow.world))

    async def accept(self) -> Stop:
        """Go on past the divergence that a replay has met, now or in an earlier sitting."""
        if self._runner.replay is None and self._session.snapshot.diverged is not None:
            await self.change(lambda session: session.append(DivergenceAccepted(), "live"))
            return Stop("step", "accepted: the replay it was met in is over, so this goes on live")
        self._runner.accept()
        self._session.sync()
        return Stop("step", "accepted: the replay goes on, and its requests are compared no more")

    async def live_from_here(self) -> Stop:
        """Leave a replay, and go on live on a branch from the last place that was as recorded."""

        def leaving(session: Session) -> str:
            place: int | None = session.head
            if session.snapshot.diverged is not None:
                place = before_divergence(session)
            elif not session.snapshot.settled:
                place = session.behind()
            if place is None:
                raise BadCommand("there is no place before this to go on from")
            session.select(place, place)
            edits.fork(session, edits.free_name(session, "live"))
            return "the next step goes on live"

        return await self.change(leaving)

    async def resample(self, resampling: Sampler, k: int, budget: Budget) -> Stop:
        """Ask the model several times; the answers are in ``resampling``."""
        if not self._live.able:
            raise BadCommand(no_code(self._session))
        self._session.settle()
        found = await resampling.ask(k, budget)
        return Stop("paused", found.stopped)

    async def take_sample(self, resampling: Sampler, number: int) -> Stop:
        """Stand at the end of a sample's branch."""
        with self._history.change():
            sample = resampling.taken(number)
            tip = self._session.tree.tip_from(sample.branch)
            self._session.select(tip, tip)
            self._session.stand()
        self._session.sync()
        return await self.move(lambda: f"on {sample.name}; undo with u")

    async def follow(self) -> Stop:
        """Take in what another process has written since."""
        self._session.refresh()
        return Stop("step")

    def leave(self, remember: bool) -> None:
        """Write down what is owed, and let go of the file and of what the ports hold."""
        try:
            self._runner.leave()
        finally:
            try:
                self._session.close(remember)
            finally:
                self._live.close()
