"""Run by steps and turns, continue and pause: how far to go, and when to stop.

Which way forward is not decided here but by where the head stands: inside a recording it moves
along, at the tip it goes on through a replay, while one is under way there, or else live.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Literal

from msgspec.structs import replace

from tooltrace.core.caption.beats import beat_kind
from tooltrace.core.model.errors import BadCommand, ToolTraceError
from tooltrace.core.model.events import DivergenceAccepted, ModelReplied
from tooltrace.core.model.snapshot import Call, Snapshot
from tooltrace.debugger.replay.live_model import LiveModelReplay
from tooltrace.debugger.replay.recorded import RecordedReplay
from tooltrace.debugger.run.consent import NOTHING, Consent
from tooltrace.debugger.run.live import Live
from tooltrace.debugger.run.playback import Playback, Stepper, Unit
from tooltrace.debugger.run.points import Points
from tooltrace.debugger.session.repeat_warning import call_name
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.stop import REFUSALS, Stop, stopped_by

__all__ = ["How", "Runner"]

How = Literal["step", "turn", "beat", "continue"]


class Runner:
    """Drives steppers over one session, until ``pausing`` says that a person wants to stop.

    ``replay`` is the replay under way, if there is one. One that met a divergence stays there, and
    so does going on, until a person has said how: by ``accept``, ``leave``, or a change of history.
    """

    def __init__(
        self, session: Session, live: Live, points: Points, pausing: Callable[[], bool]
    ) -> None:
        self._session = session
        self._playback = Playback(session)
        self._live = live
        self.replay: RecordedReplay | LiveModelReplay | None = None
        self._met: Stop | None = None
        self._replayed_to = session.head
        self._points = points
        self._pausing = pausing
        self._how: How = "step"
        self._until: int | None = None
        self._given, self._given_at = NOTHING, session.moves
        self._standing = NOTHING
        self._moves = session.moves

    @property
    def consent(self) -> Consent:
        """What was allowed for going on from here, and still holds: nothing once one has moved."""
        if self._moves != self._session.moves:
            self._standing, self._moves = NOTHING, self._session.moves
        return self._standing

    def allow(self, consent: Consent) -> None:
        """Let this be allowed, too, until one moves or changes something."""
        self._standing = self.consent | consent

    async def run(self, how: How, until: int | None = None, consent: Consent = NOTHING) -> Stop:
        """Go on until there is a reason to stop; ``until`` is a record ahead to run to.

        ``consent`` is for this run alone, beside what is allowed already. Everything shown when
        this returns is on disk, also when it is cancelled.
        """
        if until is not None and not self._session.is_ahead(until):
            raise BadCommand(f"#{until} is not ahead on this branch")
        self._how, self._until, self._given = how, until, consent
        began = self._session.head
        try:
            try:
                stop = await self._run(how, until)
            finally:
                self._standing = self.consent | self._given.kept()
                self._given_at = self._session.moves
                self._session.sync()
        except ToolTraceError as error:
            if isinstance(error, REFUSALS) and self._session.head == began:
                raise
            stop = stopped_by(error, str(error))
        return stop

    async def again(self, consent: Consent) -> Stop:
        """Go on as the last time: what it asked has been answered, by what ``consent`` allows.

        What that run was given holds on, unless one stands elsewhere or has changed something.
        """
        given = self._given if self._given_at == self._session.moves else NOTHING
        return await self.run(self._how, self._until, replace(given | consent, reads_only=False))

    async def _run(self, how: How, until: int | None) -> Stop:
        session = self._session
        unit: Unit = "call" if how == "step" else "level"
        began_in_recording = not session.at_tip
        # No breakpoint counts before the first move: who stands here has seen what comes next.
        while True:
            stepper = self._ahead()
            if stepper is self.replay and self._met is not None:
                return self._met
            allowed = self.consent | self._given
            waiting = _waiting(session.snapshot) if allowed.counted else ()
            stop = await stepper.step(unit, allowed)
            self._use_up(waiting)
            if stepper is self.replay:
                self._replayed_to = session.head
                if stop is not None and stop.kind == "divergence":
                    stop = self._points.stop_told(stop)
                self._replay_stopped(stop)
            stop = stop or self._reason_to_stop(how, until, began_in_recording)
            if stop is not None:
                return stop
            await asyncio.sleep(0)

    def _use_up(self, waiting: Sequence[Call]) -> None:
        """What was allowed once is not allowed again, nor is a failed reply asked for twice."""
        if self._given.retry:
            self._given = replace(self._given, retry=False)
        if waiting:
            left = _waiting(self._session.snapshot)
            begun = [call_name(c.tool, c.arguments) for c in waiting if c not in left]
            self._standing = self.consent.after(begun)
            self._given = self._given.after(begun)

    def _ahead(self) -> Stepper:
        session = self._session
        if not session.at_tip:
            return self._playback
        if self.replay is not None and self._replayed_to != session.head:
            self.leave()
        return self.replay or self._live

    def _replay_stopped(self, stop: Stop | None) -> None:
        if stop is not None and stop.kind == "divergence":
            self._met = stop
        elif stop is not None and stop.kind not in ("await", "limit", "stuck"):
            self.leave()

    @property
    def go_past(self) -> Callable[[], None] | None:
        """How the replay goes on past the divergence it stands at; None where it cannot."""
        return self.replay.go_past if self.replay is not None and self._met is not None else None

    def accept(self) -> None:
        """Go on past the divergence that the replay has met. Raises BadCommand or NotSaved."""
        go_past = self.go_past
        if go_past is None:
            raise BadCommand("there is no divergence here that a replay could go on past")
        self._session.append(DivergenceAccepted(), "live")
        go_past()
        self._met = None
        self._replayed_to = self._session.head

    def begin(self, replay: RecordedReplay | LiveModelReplay) -> None:
        """Go through this from now on, from where one stands."""
        self.leave()
        self.replay, self._replayed_to = replay, self._session.head

    def leave(self) -> None:
        """End the replay where it is."""
        if self.replay is not None:
            self.replay.close()
        self.replay = self._met = None

    def _reason_to_stop(
        self, how: How, until: int | None = None, began_in_recording: bool = False
    ) -> Stop | None:
        session = self._session
        if how == "step":
            return Stop("step")
        stop = self._points.stop()
        if stop is not None:
            return stop
        if until is not None and not session.is_ahead(until):
            return Stop("step", f"reached #{until}")
        if how == "beat" and self._at_beat():
            return Stop("step")
        if how == "turn" and isinstance(session.tree[session.head].event, ModelReplied):
            return Stop("step")
        if self._pausing():
            return Stop("paused", "paused")
        if began_in_recording and session.at_tip:
            return Stop("end", "this is the end of the recording")
        return None

    def _at_beat(self) -> bool:
        session = self._session
        record, tree = session.tree[session.head], session.tree
        return record.id in tree.bookmarks or beat_kind(record, session.snapshot) is not None

    async def back(self, how: How) -> Stop:
        """Back by a step, a beat or to the breakpoint before. Nothing runs, nothing is written."""
        session = self._session
        while True:
            behind = session.behind()
            if behind is None:
                return Stop("start", "this is the start")
            session.select(behind, session.tip)
            stop = self._reason_to_stop(how)
            if stop is not None:
                return stop
            await asyncio.sleep(0)


def _waiting(s: Snapshot) -> tuple[Call, ...]:
    return tuple(call for call in s.calls if call.status == "waiting")
