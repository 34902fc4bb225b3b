"""Replay a recorded run, step by step, against recorded replies and results.

Nothing of the world is within reach: the ports answer from the recording, and a miss is a
divergence, never a live call. What a person did (edits, faults, forced transitions, words) is
done again. With a model of today's (a scripted policy), its replies are compared with the recorded
ones.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

from msgspec.structs import replace

from tooltrace.core.compare.json_diff import MISSING, differences, first_difference
from tooltrace.core.decide.next_action import (
    CallModel,
    ChangeState,
    Finish,
    RunTools,
    asks_model,
    next_action,
    refusal,
)
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.ports import Divergence, ModelPort
from tooltrace.core.model.snapshot import Call
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.redact import Hide
from tooltrace.debugger.replay.cursor import ReplayCursor
from tooltrace.debugger.replay.divergence import as_text, describe, in_words, met, request_as_json
from tooltrace.debugger.run.consent import Consent
from tooltrace.debugger.run.playback import Unit
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.stop import Stop
from tooltrace.engine.engine import Engine, Ports
from tooltrace.models.recorded import RecordedModel
from tooltrace.tools.recorded.by_call import RecordedTools

__all__ = ["RecordedReplay"]


class RecordedReplay:
    """A stepper that goes through ``recorded``, a piece of a path of ``source``, on ``target``.

    ``target`` must stand where the piece begins. ``steps`` counts what was gone through so far.
    ``as_recorded`` says that definitions of the workflow are the recorded ones, also where they
    changed on the way. ``tools`` gives the results, which are the recorded ones by default.
    ``hide`` takes secrets out of what is compared, as ``target`` does by default.
    """

    def __init__(
        self,
        source: Tree,
        recorded: Sequence[e.Record],
        target: Session,
        today: ModelPort | None = None,
        *,
        as_recorded: bool = True,
        tools: RecordedTools | None = None,
        closing: ExitStack | None = None,
        hide: Hide | None = None,
    ) -> None:
        self._source = source
        self._todo = ReplayCursor(recorded)
        self._target = target
        self._as_recorded = as_recorded
        self._model = RecordedModel(today, hide or target.hide)
        self._tools = tools or RecordedTools()
        self._ports = Ports(self._model, self._tools, "recorded", runs_tools=False)
        self._engine = Engine(self._ports)
        self._replies: dict[int, int] = {}
        self._place = target.head
        self._closing = closing or ExitStack()
        self._accept: Callable[[], None] | None = None
        self._other_request = False
        self._accepted: set[str] = set()
        self._other_results: set[int] = set()
        self.steps = 0

    @property
    def place(self) -> int:
        """The record that the replay has come to."""
        return self._place

    async def step(self, unit: Unit, consent: Consent) -> Stop | None:
        """The next recorded step again; a divergence stops and says where."""
        record = self._todo.next()
        if record is None:
            return Stop("end", f"replayed {self.steps} steps: no divergence")
        self.steps += 1
        self._accept = None
        divergence = await self._again(record)
        if divergence is not None:
            self._target.append(met(divergence), "live")
            self._target.sync()
        self._place = self._target.head
        if divergence is None:
            return None
        return Stop("divergence", describe(divergence), divergence=divergence)

    @property
    def acceptable(self) -> bool:
        """Whether the replay can go on past the divergence it has come to."""
        return self._accept is not None

    def accept(self) -> None:
        """Go on past a divergence: with the recorded reply, or with the result as it is now.

        From then on requests differ because of it, so they are compared no more; replies, calls,
        results and states are. Raises NotSaved.
        """
        if self._accept is not None:
            self._target.append(e.DivergenceAccepted(), "live")
            self._accept()
            self._accept = None
            self._place = self._target.head

    def close(self) -> None:
        """Let go of what answers in it."""
        self._closing.close()

    async def _again(self, record: e.Record) -> Divergence | None:
        event = record.event
        match event:
            case e.UserSaid() | e.ContextEdited() | e.WentOn() | e.SettingsChanged():
                self._repeat(record, event)
            case e.Forked() if self._target.snapshot.outcome is not None and self._todo.more:
                self._repeat(record, event)  # It opened a run that was over.
            case e.WorkflowChanged():
                if self._as_recorded:
                    self._repeat(record, event)
            case e.Transitioned() if record.source == "forced":
                self._repeat(record, event)
            case e.ModelCalled():
                return await self._model_call(record)
            case e.ModelReplied() | e.ModelFailed():
                return self._unasked(record, event)
            case e.ToolStarted(call=ref):
                return await self._tool_call(record, ref)
            case e.ToolReturned(call=ref):
                return await self._unstarted(record, event, ref)
            case e.Transitioned():
                return await self._transition(record, event)
            case e.RunFinished():
                return await self._finish(record, event)
            case _:
                pass
        return None

    def _repeat(self, record: e.Record, event: e.Event) -> None:
        self._target.append(event, record.source, record.of or record.id)

    def _differs(self, record: e.Record, what: str, field: str, old: Any, new: Any) -> Divergence:
        return Divergence(record.id, self.steps, what, field, old, new)

    async def _model_call(self, record: e.Record) -> Divergence | None:
        action = next_action(self._target.snapshot)
        if not asks_model(action):
            return self._differs(record, "next action", "action", "ask the model", in_words(action))
        answer = self._todo.answer()
        if answer is None:
            return None
        self._model.expect(record, answer, self.steps, any_request=self._other_request)
        divergence = await self._engine.perform(CallModel(), self._target)
        if divergence is not None:
            self._accept = partial(self._take_reply, answer)
            return self._what_differs(record, divergence)
        self._replies[answer.id] = self._target.head
        divergence = None if self._other_request else self._prompt_differs(record)
        if divergence is not None:
            self._accept = self._requests_differ
        return divergence

    def _take_reply(self, answer: e.Record) -> None:
        self._requests_differ()
        self._repeat(answer, answer.event)
        self._replies[answer.id] = self._target.head

    def _requests_differ(self) -> None:
        self._other_request = True

    def _prompt_differs(self, record: e.Record) -> Divergence | None:
        """The prompt is kept beside the digest that covers it: one may be changed alone."""
        target = self._target
        then, now = (self._prompt(one) for one in (record, target.tree[target.path[-2]]))
        return self._differs(record, "request", "prompt", then, now) if then != now else None

    def _prompt(self, record: e.Record) -> JsonValue:
        prompt = record.event.prompt if isinstance(record.event, e.ModelCalled) else None
        return MISSING if prompt is None else prompt

    def _unasked(self, record: e.Record, event: e.Event) -> Divergence | None:
        """An answer without a request on record, as imported ones are."""
        action = next_action(self._target.snapshot)
        if not isinstance(action, CallModel):
            return self._differs(record, "next action", "action", "ask the model", in_words(action))
        self._repeat(record, event)
        self._replies[record.id] = self._target.head
        return None

    def _what_differs(self, record: e.Record, divergence: Divergence) -> Divergence:
        """Name the first field of the request, where only the digests were compared so far."""
        if divergence.field != "digest":
            return divergence
        then, now = self._source.snapshot_at(record.id), self._target.snapshot
        found = first_difference(request_as_json(then), request_as_json(now))
        if found is None:
            # Both come from this recording, so one of the messages since the last request that
            # was right is not as it was sent.
            first, last = now.before[1], now.before[0] - 1
            field = f"messages[{first}]" if first >= last else f"messages[{first}..{last}]"
            found = (field, divergence.recorded, divergence.now)
        return self._differs(record, "request", *found)

    def _mapped(self, ref: e.CallRef) -> Call | None:
        reply = self._replies.get(ref.reply, ref.reply)
        return self._target.snapshot.call(e.CallRef(reply, ref.index))

    async def _tool_call(self, record: e.Record, ref: e.CallRef) -> Divergence | None:
        event = record.event
        tool, key = (event.tool, event.key) if isinstance(event, e.ToolStarted) else ("", "")
        then = self._source.snapshot_at(record.id).call(ref)
        call = self._mapped(ref)
        action = next_action(self._target.snapshot)
        due = action.levels[0] if isinstance(action, RunTools) else ()
        if then is None or call is None or call not in due:
            return self._differs(record, "tool call", "call", tool, in_words(action))
        if tool != call.tool:
            return self._differs(record, "tool call", "tool", tool, call.tool)
        why = refusal(self._target.snapshot, call)
        if why is not None:
            return self._differs(record, "tool call", "allowed", True, why)
        result = self._todo.result(ref)
        if result is None:
            return None
        self._tools.expect(then.tool, then.arguments, result, self.steps, key)
        # What acts outside the copy of the world has really run.
        real = self._tools.acts_outside(call.tool, call.arguments)
        self._engine.ports = replace(self._ports, source="live" if real else "recorded")
        divergence = await self._engine.perform(RunTools(((call,),)), self._target, [call])
        self._engine.ports = self._ports
        if divergence is not None and self._tools.now is not None:
            target = self._target
            target.pay(target.owe(target.head, self._tools.now, "live", result.id))
            self._accept = partial(self._results_differ, result.id, call.tool)
        return divergence

    def _results_differ(self, result: int, tool: str) -> None:
        self._requests_differ()
        self._other_results.add(result)
        if self._target.snapshot.workflow.effect(tool) != "reads":
            self._tools.same_world = False

    async def _unstarted(
        self, record: e.Record, event: e.ToolReturned, ref: e.CallRef
    ) -> Divergence | None:
        call = self._mapped(ref)
        if call is None or call.status == "returned":
            return self._differs(record, "tool call", "call", str(ref), MISSING)
        if record.source in ("edited", "injected") or call.status == "started":
            self._repeat(record, replace(event, call=call.ref))
            return None
        if refusal(self._target.snapshot, call) is None:
            return self._differs(record, "tool call", "allowed", event.content, True)
        await self._engine.perform(RunTools(((call,),)), self._target, [call])
        now = self._target.tree[self._target.head].event
        content = now.content if isinstance(now, e.ToolReturned) else None
        found = first_difference(event.content, content, "content")
        return self._differs(record, "tool result", *found) if found else None

    async def _transition(self, record: e.Record, event: e.Transitioned) -> Divergence | None:
        action = next_action(self._target.snapshot)
        if not isinstance(action, ChangeState):
            return self._differs(record, "transition", "state", event.to, in_words(action))
        if action.to != event.to:
            return self._differs(record, "transition", "state", event.to, action.to)
        await self._engine.perform(action, self._target)
        then, now = self._source.snapshot_at(record.id), self._target.snapshot
        found = {
            f"{path} {as_text(today)}": (path, before, today)
            for path, before, today in differences(then.context, now.context, "context")
        }
        if event.cause in self._other_results:
            self._accepted.update(found)  # What was kept of a result that was accepted.
        new = next((one for name, one in found.items() if name not in self._accepted), None)
        if new is None:
            return None
        self._accept = partial(self._take_context, found)
        return self._differs(record, "transition", *new)

    def _take_context(self, found: Collection[str]) -> None:
        self._requests_differ()
        self._accepted.update(found)

    async def _finish(self, record: e.Record, event: e.RunFinished) -> Divergence | None:
        action = next_action(self._target.snapshot)
        now = action.outcome if isinstance(action, Finish) else in_words(action)
        if now != event.outcome:
            return self._differs(record, "outcome", "outcome", event.outcome, now)
        await self._engine.perform(action, self._target)
        return None
