"""Replay a recorded run, step by step, against recorded replies and results.

Nothing of the world is within reach: the ports answer from the recording, and a miss is a
divergence, never a live call. What a person did (edits, faults, forced transitions, words) is
done again. With a model of today's (a scripted policy), its replies are compared with the recorded
ones.

The engine and the next action are those of a live run; what asks them is the recording. A live run
asks people, tries again and has a world where here the records say what came of that, and a record
that is not what would be done next is to be found before anything is done.
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
from tooltrace.core.model.block_data import abridged
from tooltrace.core.model.ports import Divergence, ModelPort
from tooltrace.core.model.snapshot import Call
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.redact import Hide
from tooltrace.debugger.replay.cursor import recorded_steps
from tooltrace.debugger.replay.divergence import as_text, in_words, request_as_json, stop_at
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
    ``hide`` takes secrets out of what is compared, as ``target`` does by default. ``go_past`` goes
    on past the divergence it has come to, where it can: with the recorded reply, or with the result
    as it is now. From then on requests differ because of it, so they are compared no more; replies,
    calls, results and states are.
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
        self._todo = iter(recorded_steps(recorded))
        self._last = recorded[-1] if recorded else None
        self._target = target
        self._as_recorded = as_recorded
        self._model = RecordedModel(today, hide or target.hide)
        self._tools = tools or RecordedTools()
        self._ports = Ports(
            self._model, self._tools, "recorded", runs_tools=False, system=lambda _: self._system
        )
        self._engine = Engine(self._ports)
        self._system: JsonValue = None
        self._now: dict[int, int] = {}
        """By record of the recording the one that it is here."""
        self._closing = closing or ExitStack()
        self.go_past: Callable[[], None] | None = None
        self._other_request = False
        self._accepted: set[str] = set()
        self._other_results: set[int] = set()
        self.steps = 0

    async def step(self, unit: Unit, consent: Consent) -> Stop | None:
        """The next recorded step again; a divergence stops and says where."""
        step = next(self._todo, None)
        if step is None:
            return Stop("end", f"replayed {self.steps} steps: no divergence")
        self.steps += 1
        self.go_past = None
        divergence = await self._again(step.record, step.answer)
        self._now[(step.answer or step.record).id] = self._target.head
        return stop_at(self._target, divergence) if divergence is not None else None

    def close(self) -> None:
        """Let go of what answers in it."""
        self._closing.close()

    async def _again(self, record: e.Record, answer: e.Record | None) -> Divergence | None:
        event = record.event
        match event:
            case e.UserSaid() | e.ContextEdited() | e.WentOn() | e.SettingsChanged():
                self._repeat(record, event)
            case e.SystemEdited() | e.ToolEdited():
                self._repeat(record, event)
            case e.MessageEdited():
                self._repeat(record, replace(event, record=self._here(event.record)))
            case e.MessageAdded():
                self._repeat(record, replace(event, after=self._here(event.after)))
            case e.Forked() if (
                self._target.snapshot.outcome is not None and record is not self._last
            ):
                self._repeat(record, event)  # It opened a run that was over.
            case e.WorkflowChanged() if self._as_recorded:
                self._repeat(record, event)
            case e.Transitioned() if record.source == "forced":
                self._repeat(record, event)
            case e.ModelCalled(system=system):
                self._system = system
                return await self._model_call(record, answer)
            case e.ModelReplied() | e.ModelFailed():
                return self._unasked(record, event)
            case e.ToolStarted():
                return await self._tool_call(record, event, answer)
            case e.ToolReturned():
                return await self._unstarted(record, event)
            case e.Transitioned():
                return await self._transition(record, event)
            case e.RunFinished():
                return await self._finish(record, event)
            case _:
                pass
        return None

    def _repeat(self, record: e.Record, event: e.Event) -> None:
        made = self._target.append(event, record.source, record.of or record.id)
        self._now[record.id] = made.id

    def _here(self, record_id: int) -> int:
        """The record that one of the recording is here; those before the piece are the same."""
        return self._now.get(record_id, record_id)

    def _differs(self, record: e.Record, what: str, field: str, old: Any, new: Any) -> Divergence:
        return Divergence(record.id, self.steps, what, field, old, new)

    async def _model_call(self, record: e.Record, answer: e.Record | None) -> Divergence | None:
        action = next_action(self._target.snapshot)
        if not asks_model(action):
            return self._differs(record, "next action", "action", "ask the model", in_words(action))
        if answer is None:
            return None
        self._model.expect(record, answer, self.steps, any_request=self._other_request)
        divergence = await self._engine.perform(CallModel(), self._target)
        if divergence is not None:
            self.go_past = partial(self._take_reply, answer)
            return self._what_differs(record, divergence)
        divergence = None if self._other_request else self._prompt_differs(record)
        if divergence is not None:
            self.go_past = self._requests_differ
        return divergence

    def _take_reply(self, answer: e.Record) -> None:
        self._requests_differ()
        self._repeat(answer, answer.event)

    def _requests_differ(self) -> None:
        self._other_request = True

    def _prompt_differs(self, record: e.Record) -> Divergence | None:
        """The prompt is kept beside the digest that covers it: one may be changed alone."""
        target = self._target
        then, now = (_prompt(one.event) for one in (record, target.tree[target.path[-2]]))
        return self._differs(record, "request", "prompt", then, now) if then != now else None

    def _unasked(self, record: e.Record, event: e.Event) -> Divergence | None:
        """An answer without a request on record, as imported ones are."""
        action = next_action(self._target.snapshot)
        if not isinstance(action, CallModel):
            return self._differs(record, "next action", "action", "ask the model", in_words(action))
        self._repeat(record, event)
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
        return self._target.snapshot.call(e.CallRef(self._here(ref.reply), ref.index))

    async def _tool_call(
        self, record: e.Record, event: e.ToolStarted, result: e.Record | None
    ) -> Divergence | None:
        tool = event.tool
        then = self._source.snapshot_at(record.id).call(event.call)
        call = self._mapped(event.call)
        action = next_action(self._target.snapshot)
        due = action.levels[0] if isinstance(action, RunTools) else ()
        if then is None or call is None or call not in due:
            return self._differs(record, "tool call", "call", tool, in_words(action))
        if tool != call.tool:
            return self._differs(record, "tool call", "tool", tool, call.tool)
        why = refusal(self._target.snapshot, call)
        if why is not None:
            return self._differs(record, "tool call", "allowed", True, why)
        if result is None:
            return None
        self._tools.expect(then.tool, then.arguments, result, self.steps, event.key)
        # What acts outside the copy of the world has really run.
        real = self._tools.acts_outside(call.tool, call.arguments)
        engine = Engine(replace(self._ports, source="live")) if real else self._engine
        divergence = await engine.perform(RunTools(((call,),)), self._target)
        if divergence is not None and self._tools.now is not None:
            target = self._target
            target.pay(target.owe(target.head, self._tools.now, "live", result.id))
            self.go_past = partial(self._results_differ, result.id, call.tool)
        return divergence

    def _results_differ(self, result: int, tool: str) -> None:
        self._requests_differ()
        self._other_results.add(result)
        if self._target.snapshot.workflow.effect(tool) != "reads":
            self._tools.same_world = False

    async def _unstarted(self, record: e.Record, event: e.ToolReturned) -> Divergence | None:
        call = self._mapped(event.call)
        if call is None or call.status == "returned":
            return self._differs(record, "tool call", "call", str(event.call), MISSING)
        if record.source in ("edited", "injected") or call.status == "started":
            self._repeat(record, replace(event, call=call.ref))
            return None
        if refusal(self._target.snapshot, call) is None:
            return self._differs(record, "tool call", "allowed", event.content, True)
        await self._engine.perform(RunTools(((call,),)), self._target)
        now = self._target.tree[self._target.head].event
        content = now.content if isinstance(now, e.ToolReturned) else None
        found = first_difference(abridged(event.content), abridged(content), "content")
        return self._differs(record, "tool result", *found) if found else None

    async def _transition(self, record: e.Record, event: e.Transitioned) -> Divergence | None:
        action = next_action(self._target.snapshot)
        now = action.to if isinstance(action, ChangeState) else in_words(action)
        if not isinstance(action, ChangeState) or now != event.to:
            return self._differs(record, "transition", "state", event.to, now)
        await self._engine.perform(action, self._target)
        then, today = self._source.snapshot_at(record.id).context, self._target.snapshot.context
        found = {
            f"{path} {as_text(new)}": (path, old, new)
            for path, old, new in differences(then, today, "context")
        }
        if event.cause in self._other_results:
            self._accepted.update(found)  # What was kept of a result that was accepted.
        new = next((one for name, one in found.items() if name not in self._accepted), None)
        if new is None:
            return None
        self.go_past = partial(self._take_context, found)
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


def _prompt(event: e.Event) -> JsonValue:
    prompt = event.prompt if isinstance(event, e.ModelCalled) else None
    return MISSING if prompt is None else prompt
