"""Replay with a live model: the ordinary live run, with a tool port that is the recording.

What it calls that was never recorded stops the replay before the call. Nothing runs.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from tooltrace.core.decide.next_action import AwaitUser, RunTools, next_action, refusal
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.call_labels import name_among
from tooltrace.core.model.ports import Divergence
from tooltrace.core.model.snapshot import Call
from tooltrace.core.model.workflow import Effect
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.debugger.replay.cursor import recorded_steps
from tooltrace.debugger.replay.divergence import stop_at
from tooltrace.debugger.run.consent import Consent
from tooltrace.debugger.run.live import Live, due
from tooltrace.debugger.run.model_call import ModelCaller
from tooltrace.debugger.run.playback import Unit
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.stop import Stop
from tooltrace.engine.engine import Engine, Ports
from tooltrace.tools.recorded.by_content import MatchedTools, RecordedAnswer

__all__ = ["LiveModelReplay"]


class LiveModelReplay:
    """A stepper: replies as ``ports`` give them, results from ``recorded``, a piece of a path.

    ``source`` is the tree of that path. What the person said then is said again where the run
    would wait for it. It cannot go past a divergence: a result that is not there cannot be made up.
    """

    go_past = None

    def __init__(
        self,
        source: Tree,
        recorded: Sequence[e.Record],
        target: Session,
        ports: Ports,
        asking: ModelCaller,
    ) -> None:
        self._target = target
        self._tools = MatchedTools(_results(source, recorded), self._effect)
        self._said = deque(one for one in recorded if isinstance(one.event, e.UserSaid))
        asked = replace(ports, tools=self._tools, source="recorded", runs_tools=False)
        engine = Engine(asked, heard=asking.incoming.hear)
        self._live = Live(target, engine, None, asking, able=True)
        self.steps = 0

    async def step(self, unit: Unit, consent: Consent) -> Stop | None:
        """The next action, with what may answer it here."""
        self.steps += 1
        s = self._target.snapshot
        match next_action(s):
            case AwaitUser(why="input") if self._said:
                said = self._said.popleft()
                self._target.append(said.event, said.source, said.of or said.id)
                return None
            case AwaitUser(why="finished"):
                return Stop("end", f"replayed {self.steps - 1} steps with a live model")
            case RunTools() as action:
                calls = (call for call in due(action, unit) if refusal(s, call) is None)
                unknown = self._tools.unknown(calls)
                if unknown is not None:
                    return self._unknown(unknown)
            case _:
                pass
        return await self._live.step(unit, consent)

    def _effect(self, tool: str) -> Effect:
        return self._target.snapshot.workflow.effect(tool)

    def _unknown(self, call: Call) -> Stop:
        now: JsonValue = {"tool": call.tool, "arguments": call.arguments}
        found = Divergence(None, self.steps, "tool call", "recording", None, now)
        why = "was never recorded with these arguments"
        if self._tools.recorded(call):
            why = "is called once more than was recorded, and it writes"
        name = name_among(call, self._target.snapshot.calls)
        return stop_at(self._target, found, f"{name} {why}: S types its result, or go on live")

    def close(self) -> None:
        """Nothing is held."""


def _results(source: Tree, recorded: Sequence[e.Record]) -> Iterator[RecordedAnswer]:
    """The calls that have a result, in the order in which they were started."""
    for step in recorded_steps(recorded):
        ran = isinstance(step.record.event, e.ToolStarted)
        result = step.answer if ran else step.record
        if result is None or not isinstance(result.event, e.ToolReturned):
            continue
        call = source.snapshot_at(step.record.parent or 0).call(result.event.call)
        if call is not None:
            yield RecordedAnswer(call.tool, call.arguments, result, ran)
