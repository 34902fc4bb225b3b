"""``debugger.replay``: go through what is recorded once more, and say where it differs."""

from __future__ import annotations

from typing import get_args

from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.events import DivergenceAccepted
from tooltrace.core.text.suggest import unknown
from tooltrace.debugger.edit import edits
from tooltrace.debugger.replay.divergence import before_divergence
from tooltrace.debugger.replay.start import Answers, begin_replay
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.stop import Stop
from tooltrace.debugger.verbs import T, Verbs

__all__ = ["Replay"]


class Replay(Verbs[T]):
    """Begin a replay, go on past a divergence, or leave it. All raise BadCommand or NotSaved."""

    def start(
        self,
        from_start: bool = True,
        answers: Answers = "recorded",
        allowed: frozenset[str] = frozenset(),
    ) -> T:
        """Begin a replay of the current branch; step and go then go through it.

        A difference stops it. ``answers`` says what answers in it: ``recorded`` the recording
        alone, ``live tools`` today's tools on a copy of the world, ``live model`` a model that is
        asked anew. ``allowed`` names calls (see ``call_name``) that today's tools may make outside
        the world.
        """
        return self._run(self._start(from_start, answers, allowed))

    async def _start(self, from_start: bool, answers: Answers, allowed: frozenset[str]) -> Stop:
        session = self._parts.session
        if answers not in get_args(Answers):
            raise BadCommand(unknown("way to answer", str(answers), get_args(Answers)))
        with self._parts.undo.change():
            parts = self._parts.replaying
            replay = begin_replay(session, from_start, parts, answers, allowed)
        self._parts.runner.begin(replay)
        session.sync()
        return Stop("step", _begun(answers, session.snapshot.workflow.world))

    def accept(self) -> T:
        """Go on past the divergence that a replay has met, now or in an earlier sitting."""
        return self._run(self._accept())

    async def _accept(self) -> Stop:
        session, runner = self._parts.session, self._parts.runner
        if runner.replay is None and session.snapshot.diverged is not None:
            await self._parts.change(lambda session: session.append(DivergenceAccepted(), "live"))
            return Stop("step", "accepted: the replay it was met in is over, so this goes on live")
        runner.accept()
        session.sync()
        return Stop("step", "accepted: the replay goes on, and its requests are compared no more")

    def live_from_here(self) -> T:
        """Leave a replay, and go on live on a branch from the last place that was as recorded."""
        return self._change(_leaving)


def _leaving(session: Session) -> str:
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
