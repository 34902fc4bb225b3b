"""Performs one action through the ports and writes down what happened.

Each effect is two facts, and the first is durable before anything that acts begins: after a crash
the file says "started", and nothing is ever made again on its own. The engine decides nothing; what
to do next is ``next_action``'s business, whether to do it the debugger's.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import assert_never

from msgspec import Struct

from tooltrace.core import events as e
from tooltrace.core.actions import (
    Action,
    AwaitUser,
    CallModel,
    Finish,
    RunTools,
    Transition,
    model_called,
    refusal,
    request_at,
)
from tooltrace.core.errors import BadWorld, NotSaved
from tooltrace.core.jsonio import canonical
from tooltrace.core.ports import (
    Beside,
    Divergence,
    Failure,
    Given,
    Heard,
    ModelPort,
    Reply,
    ToolCall,
    ToolPort,
)
from tooltrace.core.snapshot import Call, Snapshot
from tooltrace.engine.answers import failed, replied, returned
from tooltrace.engine.facts import Facts, WorldKeeper

__all__ = ["Engine", "KeyOf", "Ports", "plain_key"]

KeyOf = Callable[[Snapshot, Call], str]
Started = tuple[ToolCall, int]
"""A call to make, and the record that says it was started."""


class Ports(Struct, frozen=True):
    """A mode: where replies and results come from, and what the facts of it are called.

    ``runs_tools`` says whether the tool port acts on the world.
    """

    model: ModelPort
    tools: ToolPort
    source: e.Source = "live"
    runs_tools: bool = True


def plain_key(s: Snapshot, call: Call) -> str:
    """An idempotency key from the call alone: turn, place, tool and arguments."""
    text = canonical([s.turn, call.ref.index, call.tool, call.arguments])
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


class _Owed(Struct, frozen=True):
    """An answer that came and could not be saved; ``after`` is the record of what it answers."""

    event: e.Event
    source: e.Source
    of: int | None
    after: int


def _belongs(owed: _Owed, s: Snapshot) -> bool:
    if isinstance(owed.event, e.ToolReturned):
        return _stands_started(s, owed.event.call, owed.after)
    return s.awaiting_model and s.at == owed.after


def _stands_started(s: Snapshot, ref: e.CallRef, started: int) -> bool:
    call = s.call(ref)
    return call is not None and call.status == "started" and call.started == started


class Engine:
    """One pair of ports, and the performing of actions through it."""

    def __init__(
        self,
        ports: Ports,
        world: WorldKeeper | None = None,
        key_of: KeyOf = plain_key,
        heard: Heard | None = None,
    ):
        self.ports = ports
        self._heard = heard
        self._world = world
        self._key_of = key_of
        self._running = 0
        self._world_touched = False
        self._owed: list[_Owed] = []
        self._unmade: list[Started] = []

    async def perform(
        self, action: Action, facts: Facts, calls: Sequence[Call] | None = None
    ) -> Divergence | None:
        """Do one thing. ``calls`` narrows ``RunTools``, whose default is its first level.

        Returns the divergence when a replay met something else than was recorded.
        """
        match action:
            case CallModel():
                return await self._call_model(facts)
            case RunTools():
                return await self._run(facts, calls if calls is not None else action.levels[0])
            case Transition():
                facts.append(
                    e.Transitioned(action.to, action.row, action.cause, action.reason),
                    self.ports.source,
                )
            case Finish():
                facts.append(e.RunFinished(action.outcome, action.why), self.ports.source)
                facts.sync()
            case AwaitUser():
                pass
            case _:
                assert_never(action)
        return None

    def settle(self, facts: Facts) -> None:
        """Write down answers that could not be saved when they came. Raises NotSaved.

        One that belongs to another place than the head waits until somebody stands there again.
        """
        for owed in list(self._owed):
            if _belongs(owed, facts.snapshot):
                facts.append(owed.event, owed.source, owed.of)
                self._owed.remove(owed)
                facts.sync()

    def _write(
        self, facts: Facts, after: int, event: e.Event, source: e.Source, of: int | None
    ) -> None:
        """Append the answer to record ``after``; one that cannot be saved is kept until it can."""
        try:
            facts.append(event, source, of)
        except NotSaved:
            self._owed.append(_Owed(event, source, of, after))
            raise

    async def _call_model(self, facts: Facts) -> Divergence | None:
        called = facts.append(model_called(facts.snapshot), self.ports.source)
        try:
            answer = await self.ports.model.ask(request_at(facts.snapshot), self._heard)
        except asyncio.CancelledError:
            facts.append(e.ModelFailed("cancelled by you", kind="cancelled"), self.ports.source)
            raise
        match answer:
            case Reply() as reply:
                self._write(facts, called.id, replied(reply), reply.source, reply.of)
            case Failure() as failure:
                facts.append(failed(failure), failure.source)
            case Divergence() as divergence:
                return divergence
        return None

    async def _run(self, facts: Facts, calls: Sequence[Call]) -> Divergence | None:
        s = facts.snapshot
        ready: list[Started] = []
        try:
            self._start(s, facts, calls, ready)
        except NotSaved:
            self._unmade = ready  # One of them may stand there as started.
            raise
        return await self._make_all(facts, ready)

    def _start(
        self,
        s: Snapshot,
        facts: Facts,
        calls: Sequence[Call],
        ready: list[Started],
    ) -> None:
        for call in calls:
            why = refusal(s, call)
            if why is not None:
                facts.append(e.ToolReturned(call.ref, why, is_error=True), self.ports.source)
                continue
            key = self._key_of(s, call)
            started = facts.append(e.ToolStarted(call.ref, call.tool, key), self.ports.source)
            made = ToolCall(call.ref, call.tool, call.arguments, key, s.state, s.context, s.form)
            ready.append((made, started.id))

    def unmade(self, s: Snapshot) -> bool:
        """Whether calls stand here as started that were not made: their start was not saved."""
        return any(_stands_started(s, call.ref, started) for call, started in self._unmade)

    async def make_unmade(self, facts: Facts) -> None:
        """Make the calls that stand here as started and were not made."""
        s, ready = facts.snapshot, self._unmade
        await self._make_all(
            facts, [one for one in ready if _stands_started(s, one[0].ref, one[1])]
        )

    async def _make_all(self, facts: Facts, ready: list[Started]) -> Divergence | None:
        self._unmade = ready
        if not ready:
            return None
        if len(ready) == 1 and self._only_reads(facts, ready[0][0]):
            # What only reads leaves nothing behind that a lost "started" would hide, so the disk
            # and the tool may work side by side.
            made = await self._make(facts, *ready[0], beside=partial(self._started, facts))
            self._unmade = []
            return made
        self._started(facts)
        if len(ready) == 1:
            return await self._make(facts, *ready[0])
        # Every call is waited for, also when the result of another one could not be saved: what
        # came back after this had returned would be written down in some other place.
        ends = await asyncio.gather(
            *(self._make(facts, call, started) for call, started in ready), return_exceptions=True
        )
        for end in ends:
            if isinstance(end, BaseException):
                raise end
        return next((end for end in ends if isinstance(end, Divergence)), None)

    def _started(self, facts: Facts) -> None:
        facts.sync()
        self._unmade = []

    def _only_reads(self, facts: Facts, call: ToolCall) -> bool:
        spec = facts.snapshot.workflow.tool(call.tool)
        return spec is not None and spec.effect == "reads"

    async def _make(
        self, facts: Facts, call: ToolCall, started: int, beside: Beside | None = None
    ) -> Divergence | None:
        self._running += 1
        try:
            given = await self.ports.tools.call(call, beside)
        finally:
            self._running -= 1
        if isinstance(given, Divergence):
            return given
        self._returned(facts, call, started, given)
        return None

    def _returned(self, facts: Facts, call: ToolCall, started: int, given: Given) -> None:
        spec = facts.snapshot.workflow.tool(call.tool)
        acted = self.ports.runs_tools and (spec is None or spec.effect != "reads")
        self._world_touched |= acted
        world, problem = self._keep_world()
        self._write(facts, started, returned(call.ref, given, world), given.source, given.of)
        if acted:
            facts.sync()
        if problem is not None:
            raise problem

    def _keep_world(self) -> tuple[str | None, BadWorld | None]:
        """The snapshot after what ran last, once nothing else runs; or why there is none.

        One that is taken while another call runs would show half of that call's work.
        """
        if self._world is None or not self._world_touched or self._running:
            return None, None
        try:
            world = self._world.snapshot()
        except BadWorld as problem:
            return None, problem
        self._world_touched = False
        return world, None
