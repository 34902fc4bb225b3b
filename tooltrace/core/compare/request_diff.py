"""Compare two requests to the model, block by block, and say what that did to the cache.

A prompt cache holds a request from its front, in the API's order: tools, system prompt, messages.
The first block that differs ends what can be read from it; everything behind is paid for anew.
Messages that both requests share are never looked at, so that a long conversation costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from msgspec import Struct

from tooltrace.core.compare.part_diff import ENDS_CACHE
from tooltrace.core.decide.next_action import options_at, request_at
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.content_blocks import text_block
from tooltrace.core.model.events import ModelFailed, ModelReplied, Record
from tooltrace.core.model.messages import Assistant, Message, Results, StatePrompt, UserText
from tooltrace.core.model.reply import usage
from tooltrace.core.model.snapshot import Snapshot, Usage
from tooltrace.core.text.exact_json import JsonValue, canonical

__all__ = [
    "RequestBlock",
    "RequestDiff",
    "answer_of",
    "answer_usage",
    "compare",
    "placement_of",
    "tokens_lost",
    "usage_of",
]

MOST = 200
"""Blocks that are kept of each side; the rest is only counted."""

Where = Literal["settings", "tools", "system", "messages"]
Blocks = tuple["RequestBlock", ...]

_ENDS = frozenset({*ENDS_CACHE, "effort"})
"""In a body ``effort`` stands in ``output_config``."""


class RequestBlock(Struct, frozen=True):
    """A block of a request: ``message`` and ``index`` count from 0, ``record`` is where it is from.

    ``kind`` is user, state prompt, result or the type of a reply's block; in ``tools`` it is the
    tool's name, in ``settings`` that of one which ends what a cache can give.
    """

    where: Where
    kind: str
    content: JsonValue
    message: int | None = None
    index: int = 0
    record: int | None = None

    def __str__(self) -> str:
        if self.where == "messages":
            return f"message {self.message}, block {self.index} ({self.kind})"
        if self.where == "settings":
            return f"the setting {self.kind}"
        return "the system prompt" if self.where == "system" else f"tool {self.index} ({self.kind})"


class RequestDiff(Struct, frozen=True):
    """How the request of record ``called`` differs from that of record ``other``.

    ``messages`` are equal at the front of both; ``old`` and ``new`` are the blocks, from the first
    difference on, that only one of them has, with ``gone`` and ``added`` the number of them all.
    ``before`` and ``now`` are what the answers used, None while there is none.
    """

    called: int
    other: int
    messages: int
    old: Blocks
    new: Blocks
    gone: int
    added: int
    before: Usage | None
    now: Usage | None

    @property
    def grew(self) -> bool:
        """Whether the other request is the beginning of this one: nothing before changed."""
        return not self.gone and all(block.where == "messages" for block in self.new)

    @property
    def first(self) -> tuple[RequestBlock | None, RequestBlock | None]:
        """The first block that differs, in the other request and in this one."""
        order = ("settings", "tools", "system", "messages")
        old, new = next(iter(self.old), None), next(iter(self.new), None)
        if old is not None and new is not None and old.where != new.where:
            earlier = min(old, new, key=lambda block: order.index(block.where))
            return (earlier, None) if earlier is old else (None, earlier)
        return old, new

    @property
    def lost(self) -> int:
        """Tokens that the cache held after the other request and that this one did not read.

        0 where the server did not tell what it read: all of them may have been.
        """
        return tokens_lost(self.before, self.now)


def tokens_lost(before: Usage | None, now: Usage | None) -> int:
    """Tokens that a cache held after one request, and that another did not read; 0 if unknown."""
    if before is None or now is None or (now.estimated and not now.cache_read):
        return 0
    return max(0, before.cache_read + before.cache_written - now.cache_read)


def answer_usage(event: ModelReplied | ModelFailed) -> Usage:
    """What one answer used, or as much of one as came."""
    return Usage().answered(event)


def compare(tree: Tree, called: int, other: int, towards: int | None = None) -> RequestDiff:
    """How two model calls differ; the answer to ``called`` is the one on the way ``towards``.

    KeyError when there is no such record.
    """
    now, was = tree.snapshot_at(called), tree.snapshot_at(other)
    in_system = "system" in (placement_of(tree, called), placement_of(tree, other))
    head_old, head_new = _head_changes(was, now, in_system)
    a, b = was.messages, now.messages
    same = a.shared(b)
    most = min(len(a), len(b))
    while same < most and _same(a[same], b[same], in_system):
        same += 1
    tail_old = _flat(a[same:], same, in_system)
    tail_new = _flat(b[same:], same, in_system)
    equal = 0
    for one, another in zip(tail_old, tail_new, strict=False):
        if not _equal(one, another):
            break
        equal += 1
    old, new = [*head_old, *tail_old[equal:]], [*head_new, *tail_new[equal:]]
    return RequestDiff(
        called,
        other,
        same,
        tuple(old[:MOST]),
        tuple(new[:MOST]),
        len(old),
        len(new),
        usage_of(tree, other, called),
        usage_of(tree, called, towards),
    )


def _same(a: Message, b: Message, in_system: bool) -> bool:
    if a is b:
        return True
    if in_system and isinstance(a, StatePrompt) and isinstance(b, StatePrompt):
        return True
    return type(a) is type(b) and canonical(a.key()) == canonical(b.key())


def _equal(a: RequestBlock, b: RequestBlock) -> bool:
    return a.kind == b.kind and canonical(a.content) == canonical(b.content)


def _head_changes(
    was: Snapshot, now: Snapshot, in_system: bool
) -> tuple[list[RequestBlock], list[RequestBlock]]:
    """The settings, the tools and the system prompt, where they differ."""
    old: list[RequestBlock] = []
    new: list[RequestBlock] = []
    ours, theirs = _settings(now), _settings(was)
    for key in dict.fromkeys([*theirs, *ours]):
        if canonical(theirs.get(key)) != canonical(ours.get(key)):
            old += [RequestBlock("settings", key, theirs[key])] if key in theirs else []
            new += [RequestBlock("settings", key, ours[key])] if key in ours else []
    if was.workflow is not now.workflow or options_at(was) != options_at(now):
        before, after = list(_tools(was)), list(_tools(now))
        for index in range(max(len(before), len(after))):
            one, another = before[index : index + 1], after[index : index + 1]
            if not (one and another and _equal(one[0], another[0])):
                old += one
                new += another
    prompt, later = _system(was, in_system), _system(now, in_system)
    if canonical(prompt) != canonical(later):
        old += [RequestBlock("system", "system", prompt)] if prompt else []
        new += [RequestBlock("system", "system", later)] if later else []
    return old, new


def _settings(s: Snapshot) -> dict[str, JsonValue]:
    """The settings that end what a cache can give, as far as they are set."""
    options = options_at(s)
    told = {} if options is None else {**options.as_json(), **options.extra}
    return {"model": s.settings.model} | {k: v for k, v in told.items() if k in _ENDS}


def _tools(s: Snapshot) -> Iterator[RequestBlock]:
    tools = s.workflow.tools
    for index, tool in enumerate(tools):
        content: JsonValue = {"description": tool.description, "schema": tool.schema}
        yield RequestBlock("tools", tool.name, content, None, index)
    options = options_at(s)
    for index, served in enumerate(options.server_tools if options else (), len(tools)):
        yield RequestBlock("tools", str(served.get("type")), served, None, index)


def _system(s: Snapshot, in_system: bool) -> str | list[dict[str, Any]]:
    last = s.messages[-1] if s.messages else None
    prompt = last.text if in_system and isinstance(last, StatePrompt) else ""
    system = request_at(s).system
    if isinstance(system, str):
        return "\n\n".join(part for part in (system, prompt) if part.strip())
    return [*system, text_block(prompt)] if prompt else system


def _flat(messages: Sequence[Message], first: int, in_system: bool) -> list[RequestBlock]:
    found: list[RequestBlock] = []
    for number, message in enumerate(messages, first):
        if in_system and isinstance(message, StatePrompt):
            continue  # It stands in the system prompt, and was compared there.
        found += _blocks(message, number)
    return found


def _blocks(message: Message, number: int) -> Iterator[RequestBlock]:
    match message:
        case UserText(record=record, text=text):
            content = message.content or text
            yield RequestBlock("messages", "user", content, number, 0, message.edited or record)
        case StatePrompt(record=record, text=text):
            yield RequestBlock("messages", "state prompt", text, number, 0, record)
        case Assistant(record=record, content=content):
            for index, block in enumerate(content):
                kind = block.get("type")
                name = kind if isinstance(kind, str) else "block"
                by = message.edited or record
                yield RequestBlock("messages", name, block, number, index, by)
        case Results(results=results):
            for index, result in enumerate(results):
                kind = f"error of {result.tool}" if result.is_error else f"result of {result.tool}"
                by = result.edited or result.record
                yield RequestBlock("messages", kind, result.content, number, index, by)


def placement_of(tree: Tree, called: int) -> str | None:
    """Where the state prompt stood in a request, as its answer says; else as was asked for."""
    answer = answer_of(tree, called, None)
    placed = answer.placement if answer is not None else None
    return placed or tree.snapshot_at(called).settings.placement


def usage_of(tree: Tree, called: int, towards: int | None = None) -> Usage | None:
    """What the answer to a model call used, on the way to a record if it is; None if unknown."""
    answer = answer_of(tree, called, towards)
    if answer is None:
        return None
    if usage(answer.reply) is None and answer.estimate is None:
        return None
    return answer_usage(answer)


def answer_of(tree: Tree, called: int, towards: int | None) -> ModelReplied | ModelFailed | None:
    """What came of a call: on the way to a record, or else the newest answer that is not edited."""
    found = [tree[child] for child in tree.children(called)]
    answers = [r for r in found if isinstance(r.event, ModelReplied | ModelFailed)]
    answers.sort(key=lambda r: _rank(tree, r, towards))
    event = answers[-1].event if answers else None
    return event if isinstance(event, ModelReplied | ModelFailed) else None


def _rank(tree: Tree, record: Record, towards: int | None) -> tuple[bool, bool, int]:
    here = towards is not None and tree.is_ancestor(record.id, towards)
    return here, record.source != "edited", record.id
