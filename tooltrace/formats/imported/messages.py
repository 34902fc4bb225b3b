"""Messages of a conversation, in any of the ways they are written, told to a run one by one.

Calls stand in ``tool_calls`` (Chat Completions, tau2, Inspect) or are blocks of the content
(Messages API); results are messages of the role ``tool``, or blocks of a person's message.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tooltrace.core.model.events import Record
from tooltrace.core.model.workflow import ToolSpec
from tooltrace.formats.imported.content import arguments_of
from tooltrace.formats.imported.run import ImportedReply, ImportedRun
from tooltrace.models.wire.chat.content import PART
from tooltrace.models.wire.chat.usage import USAGE

__all__ = ["content_blocks", "is_message", "system_of", "tell", "tools_of", "usage_of"]

_Message = Mapping[str, Any]
_SYSTEM = ("system", "developer")
_ROLES = (*_SYSTEM, "user", "assistant", "tool", "function")
_READ = frozenset({"role", "content", "tool_calls", "tool_call_id", "tool_call_ids", "timestamp"})
_ERRORS = ("Error: ", "error: ", "ERROR: ", "Error executing", "<tool_use_error>")


def is_message(value: object) -> bool:
    """Whether a value is a message of some conversation."""
    if not isinstance(value, dict) or value.get("role") not in _ROLES:
        return False
    return "content" in value or "tool_calls" in value


def system_of(messages: list[Any]) -> tuple[str | list[dict[str, Any]], list[Any]]:
    """The system prompt at the beginning of a conversation, and the messages after it."""
    blocks: list[dict[str, Any]] = []
    count = 0
    for message in messages:
        if not isinstance(message, dict) or message.get("role") not in _SYSTEM:
            break
        blocks += content_blocks(message.get("content"))
        count += 1
    if len(blocks) == 1 and blocks[0].keys() == {"type", "text"}:
        return blocks[0]["text"], messages[count:]
    return blocks or "", messages[count:]


def tools_of(tools: object) -> tuple[ToolSpec, ...]:
    """Tools as requests declare them, in the ways of both protocols; each name once."""
    found: dict[str, ToolSpec] = {}
    for tool in tools if isinstance(tools, list) else ():
        if not isinstance(tool, dict):
            continue
        inner = tool.get("function")
        said = inner if isinstance(inner, dict) else tool
        name, about = said.get("name"), said.get("description")
        schema = said.get("input_schema", said.get("parameters"))
        if isinstance(name, str) and name:
            spec = ToolSpec(
                name,
                about if isinstance(about, str) else "",
                schema if isinstance(schema, dict) else {},
            )
            found.setdefault(name, spec)
    return tuple(found.values())


def usage_of(usage: object) -> dict[str, Any] | None:
    """Token counts, named as the Messages API names them; None where there are none."""
    if not isinstance(usage, dict):
        return None
    if "prompt_tokens" in usage or "completion_tokens" in usage:
        return USAGE.read(usage)
    return usage if "input_tokens" in usage or "output_tokens" in usage else None


def content_blocks(content: object) -> list[dict[str, Any]]:
    """A content as blocks: parts of Chat Completions and of Inspect become what they are here."""
    if content is None or content == "":
        return []
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    if not isinstance(content, list):
        return [{"type": "text", "text": str(content)}]
    return [_block(part) for part in content]


def _block(part: Any) -> dict[str, Any]:
    match part:
        case {"type": "image_url" | "file" | "refusal"}:
            return PART.read(part)
        case {"type": "reasoning", "reasoning": str(thought)}:
            made = {"type": "thinking", "thinking": thought}
            signature = part.get("signature")
            return {**made, "signature": signature} if isinstance(signature, str) else made
        case {"type": "image", "image": str(url)}:
            return PART.read({"type": "image_url", "image_url": {"url": url}})
        case {"type": str()}:
            return dict(part)
        case _:
            return {"type": "text", "text": part if isinstance(part, str) else str(part)}


def tell(
    run: ImportedRun, messages: Iterable[Any], extra: Mapping[str, Any] | None = None
) -> Iterator[Record]:
    """All these messages; ``extra`` is kept beside each."""
    for message in messages:
        if not is_message(message):
            yield from run.unknown("message", message)
            continue
        yield from _told(run, message, extra)


def _told(run: ImportedRun, message: _Message, extra: Mapping[str, Any] | None) -> Iterator[Record]:
    role, at = message["role"], message.get("timestamp")
    rest: dict[str, Any] = {k: v for k, v in message.items() if k not in _READ and v is not None}
    rest |= extra or {}
    if role == "assistant":
        yield from run.replied(_reply(message), at, rest)
    elif message.get("requestor") == "user" or (role == "user" and message.get("tool_calls")):
        # A simulated user has tools of its own: nothing that the model was told of.
        yield from run.unknown("user_tool", dict(message), at)
    elif role in ("tool", "function"):
        ident = _ident(message)
        content = message.get("content")
        content = content_blocks(content) if isinstance(content, list) else content
        yield from run.returned(ident, _with_error(message, content), _failed(message), at, rest)
    else:
        if role in _SYSTEM:
            rest["role"] = role
        yield from _said(run, message.get("content"), at, rest)


def _said(run: ImportedRun, content: object, at: object, rest: dict[str, Any]) -> Iterator[Record]:
    blocks = content_blocks(content)
    results = [block for block in blocks if block.get("type") == "tool_result"]
    others = [block for block in blocks if block.get("type") != "tool_result"]
    for block in results:
        ident, value = block.get("tool_use_id"), block.get("content")
        value = content_blocks(value) if isinstance(value, list) else value
        failed = block.get("is_error") is True
        yield from run.returned(ident if isinstance(ident, str) else "", value, failed, at, rest)
    if others or not results:
        yield from run.said(others or "", at, rest)


def _reply(message: _Message) -> ImportedReply:
    thought = message.get("reasoning_content")
    blocks: list[Any] = []
    if isinstance(thought, str) and thought:
        blocks.append({"type": "thinking", "thinking": thought})
    blocks += content_blocks(message.get("content"))
    calls = message.get("tool_calls")
    blocks += [_call(c) for c in calls if isinstance(c, dict)] if isinstance(calls, list) else []
    if isinstance(single := message.get("function_call"), dict):
        blocks.append(_call({"function": single}))
    came = message.get("raw_data")
    raw: _Message = came if isinstance(came, dict) else message
    ident, model, stop = (raw.get(name) for name in ("id", "model", "stop_reason"))
    cost = message.get("cost")
    return ImportedReply(
        blocks,
        ident if isinstance(ident, str) else "",
        model if isinstance(model, str) else "",
        stop if isinstance(stop, str) else None,
        usage_of(message.get("usage")),
        cost=float(cost) if isinstance(cost, int | float) else None,
    )


def _call(call: dict[str, Any]) -> dict[str, Any]:
    named = call.get("function", call.get("custom"))
    said = named if isinstance(named, dict) else call
    name = named if isinstance(named, str) else said.get("name")
    arguments = said.get("arguments", said.get("input"))
    return {
        "type": "tool_use",
        "id": call.get("id"),
        "name": name,
        "input": arguments_of(arguments),
    }


def _ident(message: _Message) -> str:
    several = message.get("tool_call_ids")
    first = several[0] if isinstance(several, list) and several else None
    for ident in (message.get("tool_call_id"), first, message.get("id")):
        if isinstance(ident, str):
            return ident
    return ""


def _failed(message: _Message) -> bool:
    """Whether a result tells of an error: by a flag, an object, or how its text begins."""
    said = message.get("error", message.get("is_error"))
    if said is not None:
        return bool(said)
    content = message.get("content")
    return isinstance(content, str) and content.startswith(_ERRORS)


def _with_error(message: _Message, content: object) -> object:
    """What the model read: the words of an error where there is nothing else."""
    error = message.get("error")
    if not content and isinstance(error, dict) and isinstance(error.get("message"), str):
        return error["message"]
    return content
