"""Fold the edits of what later requests say: system prompt, tools, and earlier messages.

A message that is taken out takes along what the API wants beside it: a reply its calls' results, a
result its call. The digest of what follows covers the edit, since the messages that it chained over
are others now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from tooltrace.core.fold.fold_turn import odd
from tooltrace.core.model import events as e
from tooltrace.core.model.append_list import AppendList
from tooltrace.core.model.content_blocks import Block, content_text
from tooltrace.core.model.messages import (
    Assistant,
    Message,
    Request,
    Result,
    Results,
    StatePrompt,
    UserText,
)
from tooltrace.core.model.reply import is_call
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.model.workflow import WorkflowSpec

__all__ = [
    "EDITS",
    "message_added",
    "message_edited",
    "message_records",
    "system_edited",
    "tool_edited",
    "with_edits",
    "with_spec",
]


def with_edits(spec: WorkflowSpec, edits: Sequence[e.SystemEdited | e.ToolEdited]) -> WorkflowSpec:
    """A definition with what a person changed of it: the last word on each thing counts."""
    for edit in edits:
        if isinstance(edit, e.SystemEdited):
            spec = replace(
                spec, system=edit.system, system_blocks=tuple(edit.blocks), system_from=""
            )
            continue
        tools = tuple(
            replace(
                tool,
                description=tool.description if edit.description is None else edit.description,
                schema=tool.schema if edit.schema is None else edit.schema,
            )
            if tool.name == edit.tool
            else tool
            for tool in spec.tools
        )
        spec = replace(spec, tools=tools)
    return spec


def with_spec(s: Snapshot, spec: WorkflowSpec) -> Snapshot:
    """Under another definition: the digest covers what of it reaches the model."""
    digest, before = s.digest, s.before
    if Request.opening(spec) != Request.opening(s.workflow):
        digest = Request.under(digest, spec)
        before = (before[0], before[1], Request.under(before[2], spec))
    return replace(s, workflow=spec, digest=digest, before=before)


def system_edited(s: Snapshot, record: e.Record, event: e.SystemEdited) -> Snapshot:
    """After the system prompt was edited, or put back."""
    others = [one for one in s.edits if not isinstance(one, e.SystemEdited)]
    return _edited(s, record, (*others, *(() if event.defined else (event,))))


def tool_edited(s: Snapshot, record: e.Record, event: e.ToolEdited) -> Snapshot:
    """After what the model is told of a tool was edited, or put back."""
    if s.workflow.tool(event.tool) is None:
        return odd(s, record, f"edits a tool that is not there: {event.tool}")
    mine = [one for one in s.edits if isinstance(one, e.ToolEdited) and one.tool == event.tool]
    others = [one for one in s.edits if one not in mine]
    if event.defined:
        return _edited(s, record, tuple(others))
    if mine:  # What an edit says nothing of stays as the one before left it.
        last = mine[-1]
        told = event.description is not None
        event = replace(
            event,
            description=event.description if told else last.description,
            schema=last.schema if event.schema is None else event.schema,
        )
    return _edited(s, record, (*others, event))


def _edited(
    s: Snapshot, record: e.Record, edits: tuple[e.SystemEdited | e.ToolEdited, ...]
) -> Snapshot:
    defined = s.workflow if s.defined is None else s.defined
    s = with_spec(s, with_edits(defined, edits))
    return replace(
        s, at=record.id, source=record.source, edits=edits, defined=defined if edits else None
    )


def message_records(message: Message) -> tuple[int, ...]:
    """The records by which a message, or a part of it, is known."""
    if isinstance(message, Results):
        return tuple([result.record for result in message.results])
    return (message.record,)


def message_edited(s: Snapshot, record: e.Record, event: e.MessageEdited) -> Snapshot:
    """After a message of the conversation so far was changed, or taken out."""
    places = [at for at, one in enumerate(s.messages) if event.record in message_records(one)]
    if not places or isinstance(s.messages[places[-1]], StatePrompt) or s.awaiting_model:
        return odd(s, record, f"edits a message that is not there: #{event.record}")
    at = places[-1]
    change = _removed if event.content is None else _changed
    part = message_records(s.messages[at]).index(event.record)
    changes = dict(change(s.messages, at, record, event))
    return _rewritten(s, record, [at, part, event.content, event.is_error], changes)


def message_added(s: Snapshot, record: e.Record, event: e.MessageAdded) -> Snapshot:
    """After a message was put in between."""
    places = [at for at, one in enumerate(s.messages) if event.after in message_records(one)]
    if s.awaiting_model or (event.after and not places):
        return odd(s, record, f"adds a message behind one that is not there: #{event.after}")
    at = places[-1] if places else -1
    made, key = _made(event.role, record.id, event.content), [at, event.role, event.content]
    if at < 0:
        return _rewritten(s, record, key, {0: [made, *s.messages[:1]]}, first=True)
    return _rewritten(s, record, key, {at: [s.messages[at], made]})


def _made(role: str, record: int, content: list[Block]) -> Message:
    if role == "assistant":
        return Assistant(record, content, record)
    return UserText(record, content_text(content), content, record)


Changes = Iterator[tuple[int, list[Message]]]
"""For the places of messages, what stands there from now on."""


def _changed(
    messages: AppendList[Message], at: int, record: e.Record, event: e.MessageEdited
) -> Changes:
    content = event.content or []
    match messages[at]:
        case UserText() as said:
            yield at, [UserText(said.record, content_text(content), content, record.id)]
        case Assistant() as reply:
            yield at, [Assistant(reply.record, content, record.id)]
        case Results(results=results):
            yield at, [Results(tuple([_other(one, record.id, event) for one in results]))]
        case StatePrompt():
            pass


def _other(result: Result, record: int, event: e.MessageEdited) -> Result:
    if result.record != event.record:
        return result
    return replace(
        result, content=event.content, is_error=event.is_error, blocks=True, edited=record
    )


def _removed(
    messages: AppendList[Message], at: int, record: e.Record, event: e.MessageEdited
) -> Changes:
    message = messages[at]
    yield at, []
    if isinstance(message, Assistant) and _calls(message):
        yield from ((place, []) for place in _beside(messages, at, 1, Results))
    elif isinstance(message, Results):
        rest = [one for one in message.results if one.record != event.record]
        gone = next(one for one in message.results if one.record == event.record)
        yield at, [Results(tuple(rest))] if rest else []
        for place in _beside(messages, at, -1, Assistant):
            yield place, list(_without(messages[place], gone, record.id))


def _calls(message: Assistant) -> bool:
    return any(map(is_call, message.content))


def _beside(
    messages: AppendList[Message], at: int, step: int, kind: type[Message]
) -> Iterator[int]:
    """The place of the next message of that kind, past state prompts."""
    place = at + step
    while 0 <= place < len(messages) and isinstance(messages[place], StatePrompt):
        place += step
    if 0 <= place < len(messages) and isinstance(messages[place], kind):
        yield place


def _without(message: Message, gone: Result, record: int) -> Iterator[Message]:
    """The reply without the call that a result answered; nothing if that was all it said."""
    if not isinstance(message, Assistant):
        return
    content = list(message.content)
    for index, block in enumerate(content):
        if is_call(block) and block.get("id") == gone.tool_use_id:
            del content[index]
            break
    if content:
        yield Assistant(message.record, content, record)


def _rewritten(
    s: Snapshot,
    record: e.Record,
    key: Sequence[object],
    changes: dict[int, list[Message]],
    first: bool = False,
) -> Snapshot:
    """With other messages in these places; counts of messages go on counting the same ones.

    ``key`` is what the digest covers of the edit: places and contents, but no record, since that
    has another number wherever the same edit is made again.
    """
    made = [
        one for at, message in enumerate(s.messages) for one in changes.get(at, (message,))
    ] or changes.get(0, [])

    def moved(count: int) -> int:
        grown = sum(len(new) - 1 for at, new in changes.items() if at < count)
        return count + grown if count or not first else count + 1

    edit = [record.event.name, *key]
    count, told, digest = s.before
    return replace(
        s,
        at=record.id,
        source=record.source,
        messages=AppendList(made),
        told=moved(s.told),
        digest=Request.edited(s.digest, edit),
        before=(moved(count), moved(told), Request.edited(digest, edit)),
        outcome=None,
        why="",
    )


EDITS: dict[type[e.Event], Callable[..., Snapshot]] = {
    e.SystemEdited: system_edited,
    e.ToolEdited: tool_edited,
    e.MessageEdited: message_edited,
    e.MessageAdded: message_added,
}
"""How each of these events is folded."""
