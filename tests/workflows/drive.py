"""Runs a workflow to where it waits: real engine, real tools, real world, no debugger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from tooltrace import Workflow
from tooltrace.core.decide.next_action import AwaitUser, next_action
from tooltrace.core.fold.fold import fold
from tooltrace.core.model import events as e
from tooltrace.core.model.events import ToolReturned
from tooltrace.core.model.ports import Beside, Divergence, PortAnswer, ToolCall
from tooltrace.core.model.request_forms import FORM
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.engine.engine import Engine, Ports
from tooltrace.engine.record_sink import UnwrittenAnswer
from tooltrace.models.scripted import ScriptedModel
from tooltrace.tools.functions.function_port import FunctionPort

Edit = Callable[[Any], Any]
Start = Callable[..., "Run"]
"""What the fixture ``start`` gives: a shipped workflow's name and the options of ``Run``."""


class Facts:
    """A path that grows, in memory."""

    def __init__(self) -> None:
        self.records: list[e.Record] = []
        self._snapshot: Snapshot | None = None

    @property
    def snapshot(self) -> Snapshot:
        assert self._snapshot is not None
        return self._snapshot

    def append(self, event: e.Event, source: e.Source, of: int | None = None) -> e.Record:
        last = len(self.records)
        record = e.Record(last + 1, last or None, "2026-01-01T00:00:00Z", source, event, of)
        self.records.append(record)
        self._snapshot = fold(self._snapshot, record)
        return record

    def append_saved(self, events: Sequence[e.Event], source: e.Source) -> list[e.Record]:
        return [self.append(event, source) for event in events]

    def owe(
        self, after: int, event: e.Event, source: e.Source, of: int | None = None
    ) -> UnwrittenAnswer:
        return UnwrittenAnswer(after, event, source, of)

    def pay(self, owed: UnwrittenAnswer, event: e.Event | None = None) -> e.Record:
        return self.append(event or owed.event, owed.source, owed.of)

    def sync(self) -> None:
        pass


class EditingPort:
    """The real tools, with some results changed before the model reads them."""

    def __init__(self, port: FunctionPort, edits: dict[str, Edit], fail: dict[str, int]) -> None:
        self._port, self._edits, self._fail = port, edits, fail

    async def call(
        self, call: ToolCall, beside: Beside | None = None
    ) -> PortAnswer[ToolReturned] | Divergence:
        if self._fail.get(call.tool, 0) > 0:
            self._fail[call.tool] -= 1
            failed = ToolReturned(call.ref, "TimeoutError: no answer", is_error=True)
            return PortAnswer(failed, "edited")
        given = await self._port.call(call)
        edit = self._edits.get(call.tool)
        if edit is None or given.event.is_error:
            return given
        edited = replace(given.event, content=edit(given.event.content))
        return PortAnswer(edited, "edited")

    def cancel(self, ref: e.CallRef) -> bool:
        return self._port.cancel(ref)


class Run:
    """One run of a workflow in a folder; ``states``, ``calls`` and ``said`` tell what happened."""

    def __init__(
        self,
        workflow: Workflow,
        folder: Path,
        edits: dict[str, Edit] | None = None,
        fail: dict[str, int] | None = None,
    ) -> None:
        assert workflow.world is not None and workflow.policy is not None
        self.workflow = workflow
        self.world: Any = workflow.world(folder)
        self.port = FunctionPort(workflow.tools, self.world)
        tools = EditingPort(self.port, edits or {}, fail or {})
        self.engine = Engine(Ports(ScriptedModel(workflow.policy), tools))
        self.path = Facts()
        self.path.append(e.RunStarted(workflow.spec, form=FORM), "live")

    async def say(self, text: str | None = None) -> AwaitUser:
        """Say something and go on until only a person can."""
        self.path.append(e.UserSaid(self.workflow.spec.input if text is None else text), "live")
        while not isinstance(action := next_action(self.path.snapshot), AwaitUser):
            assert len(self.path.records) < 1000, "the run does not end"
            await self.engine.perform(action, self.path)
        return action

    @property
    def snapshot(self) -> Snapshot:
        return self.path.snapshot

    @property
    def outcome(self) -> str | None:
        return self.snapshot.outcome

    @property
    def states(self) -> list[str]:
        return [visit.state for visit in self.snapshot.visits]

    def _replies(self) -> list[dict[str, Any]]:
        return [r.event.reply for r in self.path.records if isinstance(r.event, e.ModelReplied)]

    @property
    def calls(self) -> list[tuple[str, dict[str, Any]]]:
        blocks = [block for reply in self._replies() for block in reply["content"]]
        return [(b["name"], b["input"]) for b in blocks if b["type"] == "tool_use"]

    @property
    def said(self) -> str:
        blocks = self._replies()[-1]["content"]
        return "\n".join(block["text"] for block in blocks if block["type"] == "text")

    @property
    def results(self) -> list[tuple[Any, bool]]:
        events = (record.event for record in self.path.records)
        return [(v.content, v.is_error) for v in events if isinstance(v, e.ToolReturned)]

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        with closing(self.world.connect()) as db:
            found: list[tuple[Any, ...]] = db.execute(question).fetchall()
            return found

    def close(self) -> None:
        self.port.close()
