"""Performs one action through the ports and writes down what happened.

Each effect is two facts, and the first is durable before anything that acts begins: after a crash
the file says "started", and nothing is ever made again on its own. What came back is a fact before
anything else is looked at: whatever fails then fails only into it. The engine decides nothing; what
to do next is ``next_action``'s business, whether to do it the debugger's.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.decide.next_action import (
    Action,
    AwaitUser,
    CallModel,
    ChangeState,
    Finish,
    RunTools,
    model_called,
    moved_by,
    refusal,
    request_at,
)
from tooltrace.core.model import events as e
from tooltrace.core.model.errors import BadWorld, NotSaved
from tooltrace.core.model.ports import (
    Beside,
    Divergence,
    ModelPort,
    OnDelta,
    PortAnswer,
    ToolCall,
    ToolPort,
)
from tooltrace.core.model.snapshot import Call, Snapshot
from tooltrace.core.text.exact_json import JsonValue, canonical
from tooltrace.engine.record_sink import RecordSink, WorldKeeper, kept

__all__ = ["Engine", "KeyOf", "Ports", "plain_key"]

KeyOf = Callable[[Snapshot, Call], str]


class Ports(Struct, frozen=True):
    """A mode: where replies and results come from, and what the facts of it are called.

    ``runs_tools`` says whether the tool port acts on the world, ``by_hand`` that a person gives all
    results; ``system`` gives the system prompt of a request where the workflow's own is a function.
    """

    model: ModelPort
    tools: ToolPort
    source: e.Source = "live"
    runs_tools: bool = True
    system: Callable[[Snapshot], JsonValue] | None = None
    by_hand: bool = False


def plain_key(s: Snapshot, call: Call) -> str:
    """An idempotency key from the call alone: turn, place, tool and arguments."""
    text = canonical([s.turn, call.ref.index, call.tool, call.arguments])
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


class Engine:
    """One pair of ports, and the performing of actions through it."""

    def __init__(
        self,
        ports: Ports,
        world: WorldKeeper | None = None,
        key_of: KeyOf = plain_key,
        heard: OnDelta | None = None,
    ):
        self.ports = ports
        self._heard = heard
        self._world = world
        self._key_of = key_of
        self._running = 0
        self._world_touched = False

    async def perform(
        self, action: Action, facts: RecordSink, calls: Sequence[Call] | None = None
    ) -> Divergence | None:
        """Do one thing. ``calls`` narrows ``RunTools``, whose default is its first level.

        Returns the divergence when a replay met something else than was recorded.
        """
        match action:
            case CallModel():
                return await self._call_model(facts)
            case RunTools():
                return await self._run(facts, calls if calls is not None else action.levels[0])
            case ChangeState():
                facts.append(moved_by(action), self.ports.source)
            case Finish():
                facts.append(e.RunFinished(action.outcome, action.why), self.ports.source)
                facts.sync()
            case AwaitUser():
                pass
            case _:
                assert_never(action)
        return None

    async def _call_model(self, facts: RecordSink) -> Divergence | None:
        source, s = self.ports.source, facts.snapshot
        called = facts.append(model_called(s, self._system(s)), source).id
        try:
            answer = await self.ports.model.ask(request_at(facts.snapshot), self._heard)
        except asyncio.CancelledError:
            gone = e.ModelFailed("cancelled by you", kind="cancelled")
            facts.pay(facts.owe(called, gone, source))
            raise
        if isinstance(answer, Divergence):
            return answer
        facts.pay(facts.owe(called, answer.event, answer.source, answer.of))
        return None

    def _system(self, s: Snapshot) -> JsonValue:
        give = self.ports.system
        return None if give is None or not s.workflow.system_from else give(s)

    async def _run(self, facts: RecordSink, calls: Sequence[Call]) -> Divergence | None:
        s = facts.snapshot
        begun = [self._begun(s, call) for call in calls]
        events = [event for event, _ in begun]
        ready = [made for _, made in begun if made is not None]
        if not ready:
            for event in events:
                facts.append(event, self.ports.source)
            return None
        if len(events) == 1 and self._only_reads(facts, ready[0]):
            return await self._read(facts, events[0], ready[0])
        # Whoever stops here has made no call, and nothing says that one was made.
        written = facts.append_saved(events, self.ports.source)
        started = [r.id for r in written if isinstance(r.event, e.ToolStarted)]
        if len(ready) == 1:
            return await self._make(facts, ready[0], started[0])
        # Every call is waited for, also when the result of another one could not be saved: what
        # came back after this had returned would be written down in some other place.
        ends = await asyncio.gather(
            *(self._make(facts, *each) for each in zip(ready, started, strict=True)),
            return_exceptions=True,
        )
        for end in ends:
            if isinstance(end, BaseException):
                raise end
        return next((end for end in ends if isinstance(end, Divergence)), None)

    def _begun(self, s: Snapshot, call: Call) -> tuple[e.Event, ToolCall | None]:
        """What is written down before the call is made, and the call; None if it is refused."""
        why = refusal(s, call)
        if why is not None:
            return e.ToolReturned(call.ref, why, is_error=True), None
        key = self._key_of(s, call)
        made = ToolCall(call.ref, call.tool, call.arguments, key, s.state, s.context, s.form)
        return e.ToolStarted(call.ref, call.tool, key), made

    async def _read(self, facts: RecordSink, start: e.Event, call: ToolCall) -> Divergence | None:
        """Make a call that only reads, while its start is still being saved.

        It leaves nothing behind that a lost start would hide, so the disk and the tool may work
        side by side. What it gave counts, whatever the disk said.
        """
        started = facts.append(start, self.ports.source).id
        unsaved: list[NotSaved] = []

        def save() -> None:
            try:
                facts.sync()
            except NotSaved as error:
                unsaved.append(error)

        found = await self._make(facts, call, started, save)
        if unsaved:
            raise unsaved[0]
        return found

    def _only_reads(self, facts: RecordSink, call: ToolCall) -> bool:
        return facts.snapshot.workflow.effect(call.tool) == "reads"

    async def _make(
        self, facts: RecordSink, call: ToolCall, started: int, beside: Beside | None = None
    ) -> Divergence | None:
        self._running += 1
        try:
            answer = await self.ports.tools.call(call, beside)
        finally:
            self._running -= 1
        if isinstance(answer, Divergence):
            return answer
        self._returned(facts, call, started, answer)
        return None

    def _returned(
        self, facts: RecordSink, call: ToolCall, started: int, answer: PortAnswer[e.ToolReturned]
    ) -> None:
        acted = self.ports.runs_tools and not self._only_reads(facts, call)
        self._world_touched |= acted
        # From here on it is known, also to who leaves before the world is kept.
        event = answer.event
        owed = facts.owe(started, event, answer.source, answer.of)
        world, unkept = self._keep_world()
        if world or unkept:
            event = replace(event, world=world or event.world, unkept=unkept or event.unkept)
        facts.pay(owed, event)
        if acted:
            facts.sync()
        if unkept:
            raise BadWorld(unkept)

    def _keep_world(self) -> tuple[str | None, str]:
        """The snapshot after what ran last, once nothing else runs; or why it could not be taken.

        One that is taken while another call runs would show half of that call's work.
        """
        if self._world is None or not self._world_touched or self._running:
            return None, ""
        world, unkept = kept(self._world)
        self._world_touched = bool(unkept)
        return world, unkept
