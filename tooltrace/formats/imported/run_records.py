"""The records of a run that is imported: those that a run of our own would have made.

So what is imported replays, compares and can be sent again. A call is paired with the next result
of its id that is still free, never with one by id alone: ids come again within a run.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.decide.next_action import model_called
from tooltrace.core.fold.fold import fold
from tooltrace.core.model import events as e
from tooltrace.core.model.append_list import AppendList
from tooltrace.core.model.messages import Message
from tooltrace.core.model.notes import BranchDescribed, BranchNamed
from tooltrace.core.model.request_forms import FORM
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.model.workflow import NO_LIMIT, StuckSpec, ToolSpec, WorkflowSpec
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.formats.imported.content import as_reply, result_content, said_content
from tooltrace.formats.imported.recorder import Recorder
from tooltrace.formats.imported.reply import HttpAnswer, ImportedReply
from tooltrace.formats.imported.times import milliseconds, utc

__all__ = ["LOOK_AHEAD", "Extra", "Fact", "ImportedReply", "RunRecords"]

LOOK_AHEAD = 1000
"""How many facts of a run are held back while results are still to come."""

_NO_VERDICTS = StuckSpec(0, 0, 0, 0, 0, "turns")

Extra = Mapping[str, Any] | None
Fact = Iterator[e.Record]


class _Open(Struct, frozen=True):
    ident: str
    ref: e.CallRef
    tool: str


class RunRecords:
    """Makes the records of one run, in the order in which its facts are told.

    ``title`` names its branch and ``about`` describes it; ``model`` and ``tools`` may be empty:
    then the first reply says the model, and tools are declared when they are first called.
    ``extra`` is what else is known of the run, until its first record is made.
    """

    def __init__(
        self,
        out: Recorder,
        workflow: str,
        *,
        tools: tuple[ToolSpec, ...] = (),
        system: str | list[dict[str, Any]] = "",
        model: str = "",
        title: str = "",
        about: str = "",
        at: object = None,
        extra: Extra = None,
    ) -> None:
        self._spec = WorkflowSpec(
            workflow, tools=tools, max_turns=NO_LIMIT, stuck=_NO_VERDICTS, **_system(system)
        )
        self._out, self._model, self.extra = out, model, extra
        self._title, self._about = title, about
        self._at = utc(at) or out.began
        self._before: deque[Callable[[], Fact]] = deque()
        """What came before the run was begun on record."""
        self._open: list[_Open] = []
        self._asked_at: str = self._at
        self._s: Snapshot | None = None
        self._known = {tool.name for tool in tools}
        self._places: dict[int, Snapshot] = {}
        self.root = 0

    @property
    def tip(self) -> int:
        """The last record on the branch that is being told; 0 before there is any."""
        return self._s.at if self._s is not None else 0

    @property
    def waiting(self) -> bool:
        """Whether a call has no result yet."""
        return bool(self._open)

    def declare(self, tools: tuple[ToolSpec, ...], system: str = "") -> None:
        """Tools and a system prompt that are known before the first record of the run is made."""
        self._spec = replace(self._spec, tools=tools, system=system or self._spec.system)
        self._known = {tool.name for tool in tools}

    # -- records ----------------------------------------------------------------------------

    def begin(self, model: str = "") -> Fact:
        """Begin the run on record, if it is not: with what was said so far, and that model."""
        if self._s is not None:
            return
        self._out.counts.runs += 1
        settings = e.Settings(model=self._model or model or "unknown", max_turns=None)
        out = self._out
        begun = e.RunStarted(
            self._spec, settings, session=out.session, made_by=out.made_by, form=FORM
        )
        record = out.record(begun, None, self._at, self.extra)
        self._s, self.root = fold(None, record), record.id
        yield record
        if self._title:
            yield out.record(BranchNamed(self.root, self._title), self.root, self._at)
        if self._about:
            yield out.record(BranchDescribed(self.root, self._about), self.root, self._at)
        while self._before:
            yield from self._before.popleft()()

    def asked(self) -> Fact:
        """The request is on its way, if that was not told."""
        assert self._s is not None
        if not self._s.awaiting_model:
            yield self._add(model_called(self._s))

    def noted(self, event: e.Event, at: object = None) -> Fact:
        """What changes nothing of a conversation, where the run stands now."""
        assert self._s is not None
        self._move(at)
        yield self._add(event)

    def _add(self, event: e.Event, extra: Extra = None) -> e.Record:
        assert self._s is not None
        record = self._out.record(event, self._s.at, self._at, extra)
        self._s = fold(self._s, record)
        return record

    def _first(self, at: object) -> None:
        """A run begins when the first of it was said."""
        if self._s is None and not self._before:
            self._move(at)

    def _move(self, at: object) -> None:
        self._at = utc(at) or self._at

    def _said(self, content: object, at: object, extra: Extra) -> Fact:
        if self._s is None:
            # The run's model is known from its first reply.
            self._first(at)
            self._before.append(partial(self._said, content, at, extra))
            if len(self._before) > LOOK_AHEAD:
                yield from self.begin()
            return
        self._move(at)
        self._places[self._s.at] = self._s
        text, blocks = said_content(content)
        yield self._add(e.UserSaid(text, blocks), extra)
        self._places[self._s.at] = self._s

    def _replied(self, told: ImportedReply, at: object, extra: Extra) -> Fact:
        self._first(at)
        yield from self.begin(told.model)
        assert self._s is not None
        self._move(at)
        reply = as_reply(told.content, told.id, told.model, told.stop, told.usage)
        names = [block["name"] for block in reply["content"] if block["type"] == "tool_use"]
        yield from self._declare(names)
        if not self._s.digest and not self._s.messages and not names and told.error is None:
            # A greeting: nobody asked a model for it, and no request could.
            self._out.counts.replies += 1
            yield self._add(e.MessageAdded(0, "assistant", reply["content"]), extra)
            return
        yield from self.asked()
        self._out.counts.replies += 1
        self._out.counts.calls += len(names)
        if told.error is not None:
            self._out.counts.unanswered += len(names)
            yield self._add(_failure(told.error, reply, told.answer), extra)
            return
        yield self._add(_reply(reply, told.cost, told.answer), extra)
        self._s = _lean(self._s)
        self._asked_at = self._at
        self._open = [_Open(call.tool_use_id, call.ref, call.tool) for call in self._s.calls]

    def _declare(self, names: list[str]) -> Fact:
        new = dict.fromkeys(name for name in names if name not in self._known)
        if new:
            self._known |= new.keys()
            self._spec = replace(self._spec, tools=(*self._spec.tools, *map(ToolSpec, new)))
            yield self._add(e.WorkflowChanged(self._spec))

    def _redefined(self, tools: tuple[ToolSpec, ...], system: str | list[dict[str, Any]]) -> Fact:
        self._spec = replace(self._spec, tools=tools, **_system(system))
        self._known = {tool.name for tool in tools}
        if self._s is not None:
            yield self._add(e.WorkflowChanged(self._spec))

    def _returned(
        self,
        ident: str,
        content: object,
        is_error: bool,
        at: object,
        extra: Extra,
        ms: float | None,
    ) -> Fact:
        place = self._place(ident)
        if place is None:
            self._out.counts.unpaired += 1
            payload = {"tool_use_id": ident, "content": content, "is_error": is_error}
            payload |= {"imported": dict(extra)} if extra else {}
            yield from self._unknown("tool_result", payload, at, "no open call has this id")
            return
        call = self._open.pop(place)
        yield self._add(e.ToolStarted(call.ref, call.tool))
        self._move(at)
        value, blocks = result_content(content)
        self._out.counts.results += 1
        took = _between(self._asked_at, utc(at)) if ms is None else max(0.0, ms)
        returned = e.ToolReturned(call.ref, value, is_error, took, blocks=blocks)
        yield self._add(returned, extra)

    def _unknown(self, kind: str, payload: JsonValue, at: object, why: str) -> Fact:
        if self._s is None:
            self._first(at)
            self._before.append(partial(self._unknown, kind, payload, at, why))
            if len(self._before) > LOOK_AHEAD:
                yield from self.begin()
            return
        self._move(at)
        yield self._add(e.Unknown(kind, payload, why))

    def _place(self, ident: str) -> int | None:
        if not ident:
            return 0 if self._open else None
        return next((n for n, call in enumerate(self._open) if call.ident == ident), None)

    # -- branches ---------------------------------------------------------------------------

    def fork(self, record: int) -> bool:
        """Go on after an earlier record; whether that is a place where a branch may begin.

        What was held back has to have been told before.
        """
        place = self._places.get(record)
        if place is None:
            return False
        self._s = place
        self._known = {tool.name for tool in place.workflow.tools}
        self._spec = place.workflow
        return True


def _reply(reply: dict[str, Any], cost: float | None, came: HttpAnswer | None) -> e.ModelReplied:
    if came is None:
        return e.ModelReplied(reply, cost=cost)
    return e.ModelReplied(reply, came.ms, came.request_id, came.raw, came.first_ms, cost=cost)


def _failure(error: str, reply: dict[str, Any], came: HttpAnswer | None) -> e.ModelFailed:
    if came is None:
        return e.ModelFailed(error, reply=reply, kind="incomplete")
    kind: e.FailureKind = "failed" if (came.status or 0) >= 400 else "incomplete"
    return e.ModelFailed(
        error,
        came.status,
        came.request_id,
        came.raw,
        came.ms,
        kind,
        reply,
        came.retryable,
        first_ms=came.first_ms,
    )


def _system(system: str | list[dict[str, Any]]) -> dict[str, Any]:
    """A system prompt as a workflow has it: text, or blocks."""
    if isinstance(system, str):
        return {"system": system, "system_blocks": ()}
    return {"system": "", "system_blocks": tuple(system)}


def _lean(s: Snapshot) -> Snapshot:
    """The snapshot without what the digest of the next request covers already: it is a long run."""
    if s.trouble is not None:
        return s
    messages: AppendList[Message] = AppendList()
    for message in s.messages[s.told :]:
        messages = messages.push(message)
    return replace(s, messages=messages, told=0, before=(0, 0, ""), steps=AppendList())


def _between(begin: str, end: str | None) -> float:
    if end is None:
        return 0.0
    first, last = milliseconds(begin), milliseconds(end)
    return max(0.0, last - first) if first is not None and last is not None else 0.0
