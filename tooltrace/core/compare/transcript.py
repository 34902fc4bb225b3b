"""List what was done on a path: each reply, call, transition and word of a person as data.

A call is one item with its arguments and its result, whatever came between; calls that ran side by
side stand in the order in which the model asked for them. What only says how a branch came about (a
fork, a world put back) is left out, and so is what differs each time.

What may be made is said by the marks. The pairing of calls with results is its own, because a call
stands where it came back, a result of no call stands as well, and a call that is left open ends
with its turn. For 5,000 records with 1,249 calls that is 5.5 ms of 8; the facts of the calls pane,
which would have to be turned into these steps, take 7 ms alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct, to_builtins

from tooltrace.core.compare.edit_steps import Content, edit_step
from tooltrace.core.fold.steps import Steps
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.block_data import abridged
from tooltrace.core.model.client_events import CLIENT_EVENTS
from tooltrace.core.model.reply import arguments, calls, stop, tool_name
from tooltrace.core.text.exact_json import JsonValue

__all__ = ["TranscriptStep", "done_on", "states_entered"]

_ONE_OF_A_KIND = frozenset(
    {
        "start",
        "user",
        "reply",
        "no_reply",
        "workflow",
        "settings",
        "system_edited",
        "went_on",
        "end",
    }
)
_NOT_DONE: tuple[type[e.Event], ...] = (
    e.ModelCalled,
    e.ToolStarted,
    e.Forked,
    e.WorldRestored,
    e.Diverged,
    e.DivergenceAccepted,
    *CLIENT_EVENTS,
)
_EACH_TIME = ("id", "tool_use_id", "signature", "data", "cache_control")


class TranscriptStep(Struct, frozen=True, gc=False):
    """One step, or one call of it.

    ``name`` is its tool or state, for a reply the tools that it calls; ``record`` the one that says
    most about it; ``content`` its fields, none of which differs by chance, with size and digest in
    place of a picture's bytes.
    """

    kind: str
    name: str
    step: int
    record: int
    source: e.Source
    content: dict[str, JsonValue]
    call: e.CallRef | None = None

    @property
    def pairs(self) -> bool:
        """Whether any other of its kind may stand beside it; a call needs one of the same tool."""
        return self.kind in _ONE_OF_A_KIND

    @property
    def made(self) -> bool:
        """Whether a call went out, or came back."""
        return self.content.get("status") != "waiting"


def done_on(tree: Tree, steps: Steps) -> list[TranscriptStep]:
    """What was done on the path that ``steps`` numbers, in order."""
    found: list[TranscriptStep] = []
    turn = _Turn()
    for record_id, mark in zip(steps.path, steps.marks, strict=True):
        record = tree[record_id]
        match record.event:
            case e.ModelReplied() as event:
                _insert(found, *turn.left())
                uses = calls(event.reply) if mark.calls else []
                turn = _Turn(record, uses, mark.step)
                found.append(_reply(record, event, [*map(_name, uses)], mark.step))
            case e.ToolStarted() as event:
                turn.started(record, event)
            case e.ToolReturned() as event:
                _insert(found, turn.returned(record, event, mark.step))
            case _ as event:
                if isinstance(event, e.ModelCalled | e.UserSaid | e.RunFinished):
                    _insert(found, *turn.left())
                if not isinstance(event, _NOT_DONE):
                    found.append(_other(tree, record, mark.step))
    _insert(found, *turn.left())
    return found


def states_entered(records: Iterable[e.Record]) -> tuple[str, ...]:
    """The states that were entered on a path, the initial one first, each as often as it was."""
    states: list[str] = []
    for record in records:
        match record.event:
            case e.RunStarted(workflow=workflow) if workflow.initial is not None:
                states.append(workflow.initial)
            case e.Transitioned(to=to):
                states.append(to)
    return tuple(states)


def _insert(found: list[TranscriptStep], *calls: TranscriptStep) -> None:
    """Each in its place among the calls that ran side by side with it."""
    for call in calls:
        ref, at = call.call, len(found)
        while ref is not None and at:
            before = found[at - 1]
            if before.step != call.step or before.call is None or before.call.index < ref.index:
                break
            at -= 1
        found.insert(at, call)


class _Turn:
    """The calls of one reply, until they have come back."""

    def __init__(
        self,
        record: e.Record | None = None,
        uses: Sequence[dict[str, Any]] = (),
        step: int = 0,
    ) -> None:
        self._reply = record
        self._step = step
        self._uses = uses
        self._out: dict[int, e.Record] = {}
        self._back: set[int] = set()

    def _open(self, ref: e.CallRef) -> bool:
        ours = self._reply is not None and ref.reply == self._reply.id
        return ours and 0 <= ref.index < len(self._uses) and ref.index not in self._back

    def started(self, record: e.Record, event: e.ToolStarted) -> None:
        """A call went out."""
        if self._open(event.call):
            self._out[event.call.index] = record

    def returned(self, record: e.Record, event: e.ToolReturned, step: int) -> TranscriptStep:
        """A call came back; one that nobody made is named all the same."""
        result = abridged(event.content) if event.blocks else event.content
        came: dict[str, JsonValue] = {"result": result, "is_error": event.is_error}
        if event.error is not None:
            came["error"] = {"type": event.error.type, "message": event.error.message}
        came |= {"output": event.output, "abandoned": event.abandoned, "status": "returned"}
        if not self._open(event.call):
            return TranscriptStep("call", "–", step, record.id, record.source, came)
        self._back.add(event.call.index)
        use = self._uses[event.call.index]
        content = {"arguments": arguments(use), **came}
        return TranscriptStep(
            "call", _name(use), step, record.id, record.source, content, event.call
        )

    def left(self) -> list[TranscriptStep]:
        """The calls that have not come back, once."""
        if self._reply is None:
            return []
        found: list[TranscriptStep] = []
        for index, use in enumerate(self._uses):
            if index in self._back:
                continue
            self._back.add(index)
            record = self._out.get(index, self._reply)
            status = "started" if index in self._out else "waiting"
            content = {"arguments": arguments(use), "status": status}
            ref = e.CallRef(self._reply.id, index)
            found.append(
                TranscriptStep(
                    "call", _name(use), self._step + 1, record.id, record.source, content, ref
                )
            )
        return found


def _name(use: dict[str, Any]) -> str:
    return tool_name(use) or "(a tool without a name)"


def _reply(record: e.Record, event: e.ModelReplied, names: list[str], step: int) -> TranscriptStep:
    blocks = event.reply.get("content")
    texts: list[str] = []
    others: list[JsonValue] = []
    for block in blocks if isinstance(blocks, list) else [blocks]:
        match block:
            case {"type": "text", "text": str(text), **rest}:
                texts.append(text)
                if more := {k: v for k, v in rest.items() if k not in _EACH_TIME}:
                    others.append(more)
            case {"type": "tool_use"} if names:
                pass  # It is a step of its own.
            case dict():
                others.append({k: v for k, v in block.items() if k not in _EACH_TIME})
            case _:
                others.append(block)
    content: dict[str, JsonValue] = {"text": "\n\n".join(texts), "calls": names}
    if others:
        content["blocks"] = others
    content["stop_reason"] = stop(event.reply)
    return TranscriptStep("reply", ", ".join(names), step, record.id, record.source, content)


def _other(tree: Tree, record: e.Record, step: int) -> TranscriptStep:
    event = record.event
    told = edit_step(tree, record) or _CONTENT.get(type(event), _whole)(event)
    kind, name, content = told
    return TranscriptStep(kind, name, step, record.id, record.source, content)


def _start(event: e.RunStarted) -> Content:
    workflow, settings = to_builtins(event.workflow), to_builtins(event.settings)
    return "start", "", {"workflow": workflow, "settings": settings}


def _failed(event: e.ModelFailed) -> Content:
    content = {"error": event.error, "status": event.status, "kind": event.kind}
    return "no_reply", "", content


def _moved(event: e.Transitioned) -> Content:
    content = {"to": event.to, "reason": event.reason, "forced": event.row is None}
    return "transition", event.to, content


def _whole(event: e.Event) -> Content:
    """An event of which nothing differs by chance, or that this table does not know."""
    fields: dict[str, JsonValue] = {
        name: abridged(to_builtins(getattr(event, name))) for name in event.__struct_fields__
    }
    name = event.type if isinstance(event, e.Unknown) else ""
    return _KINDS.get(type(event), event.name), name, fields


_CONTENT: dict[type[e.Event], Callable[[Any], Content]] = {
    e.RunStarted: _start,
    e.ModelFailed: _failed,
    e.Transitioned: _moved,
    e.ContextEdited: lambda event: ("context", event.key, {"value": abridged(event.value)}),
    e.WorkflowChanged: lambda event: ("workflow", "", {"workflow": to_builtins(event.workflow)}),
}
_KINDS: dict[type[e.Event], str] = {
    e.UserSaid: "user",
    e.WentOn: "went_on",
    e.RunFinished: "end",
}
