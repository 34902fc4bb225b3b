"""The request body of the Messages API, made from a ``Request`` and nothing else.

What was sent before a reply is sent again unchanged after it, so that cached prompts stay cached
and thinking that is bound to its conversation stays valid. The one exception is the ``system``
placement, which asks for a system prompt that moves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal, assert_never

from msgspec import Struct

from tooltrace.core.jsonio import JsonValue
from tooltrace.core.messages import (
    Assistant,
    Message,
    Request,
    Result,
    Results,
    StatePrompt,
    UserText,
)
from tooltrace.core.spec import ToolSpec
from tooltrace.core.text import clip, one_line

__all__ = ["RESULT_LIMIT", "Capabilities", "Placement", "body", "capabilities", "problems"]

Placement = Literal["auto", "message", "beside", "system"]

RESULT_LIMIT = 64 * 1024
"""How much of one tool result the model is given, in bytes of UTF-8; people see all of it."""

_SYSTEM_MESSAGES = frozenset(
    {
        "claude-fable-5",
        "claude-fable-5-1",
        "claude-fable-5-2",
        "claude-haiku-5-5",
        "claude-mythos-5",
        "claude-mythos-5-1",
        "claude-mythos-5-2",
        "claude-opus-4-8",
        "claude-opus-5",
        "claude-opus-5-5",
        "claude-sonnet-5-5",
    }
)
_DATED = re.compile(r"-\d{8}$")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class Capabilities(Struct, frozen=True):
    """What a model is known to accept: ``system_messages`` are system turns in mid-conversation."""

    system_messages: bool


def capabilities(model: str) -> Capabilities:
    """What the model of that name accepts; one nobody has heard of gets what every model takes."""
    return Capabilities(system_messages=_DATED.sub("", model) in _SYSTEM_MESSAGES)


def body(
    request: Request, *, model: str, max_tokens: int, placement: Placement = "auto"
) -> dict[str, Any]:
    """The JSON body for one request.

    ``placement`` says where state prompts go: ``message`` as system turns of the conversation,
    ``beside`` as text in the user's turn, ``system`` only the last one, after the system prompt;
    ``auto`` takes the first of these that the model accepts. ``max_tokens`` limits the reply.
    """
    if placement == "auto":
        placement = "message" if capabilities(model).system_messages else "beside"
    spec = request.workflow
    system = [spec.system]
    if placement == "system":
        prompts = [message.text for message in request.messages if isinstance(message, StatePrompt)]
        system += prompts[-1:]
    made: dict[str, Any] = {"model": model, "max_tokens": max_tokens}
    if text := "\n\n".join(part for part in system if part.strip()):
        made["system"] = text
    if spec.tools:
        made["tools"] = [_tool(tool) for tool in spec.tools]
    made["messages"] = _messages(request.messages, placement)
    return {key: _sendable(value) for key, value in made.items()}


def _tool(tool: ToolSpec) -> dict[str, Any]:
    described = {"description": tool.description} if tool.description.strip() else {}
    return {"name": tool.name, **described, "input_schema": {"type": "object", **tool.schema}}


def _messages(messages: Iterable[Message], placement: Placement) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    # A state prompt is placed when its reply comes, so that a request that failed and was made
    # again leaves one prompt and not two, and so that nothing stands between it and the reply.
    waiting = ""
    for message in messages:
        match message:
            case UserText(text=text):
                _add_user(out, [_text(text)])
            case Results(results=results):
                _add_user(out, [_result(result) for result in results])
            case StatePrompt(text=text):
                waiting = text if placement != "system" else ""
            case Assistant(content=content):
                blocks = [block for block in content if not _blank(block)]
                if blocks:
                    _add_prompt(out, waiting, placement)
                    _add(out, "assistant", blocks)
                    waiting = ""
            case _:
                assert_never(message)
    _add_prompt(out, waiting, placement)
    return out


def _add(out: list[dict[str, Any]], role: str, blocks: list[dict[str, Any]]) -> None:
    if out and out[-1]["role"] == role:
        out[-1]["content"] += blocks
    else:
        out.append({"role": role, "content": list(blocks)})


def _add_user(out: list[dict[str, Any]], blocks: list[dict[str, Any]]) -> None:
    if said := [block for block in blocks if not _blank(block)]:
        _add(out, "user", said)
        # The API wants results before anything that was said in the same turn.
        out[-1]["content"].sort(key=lambda block: block["type"] != "tool_result")


def _add_prompt(out: list[dict[str, Any]], text: str, placement: Placement) -> None:
    last: dict[str, Any] = out[-1] if out else {"role": "", "content": []}
    if not text.strip() or (last["role"] == "assistant" and _paused(last["content"])):
        return
    # The API takes a system turn only right after a user's.
    if placement == "message" and last["role"] == "user":
        out.append({"role": "system", "content": text})
    else:
        _add_user(out, [_text(text)])


def _paused(content: list[dict[str, Any]]) -> bool:
    """Whether a reply stopped between a tool of the server's and what the model makes of it.

    Such a reply has to be sent back as it is; the state cannot have changed since.
    """
    kind = content[-1].get("type")
    return isinstance(kind, str) and (kind == "server_tool_use" or kind.endswith("_tool_result"))


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _blank(block: dict[str, Any]) -> bool:
    text = block.get("text")
    return block.get("type") == "text" and isinstance(text, str) and not text.strip()


def _result(result: Result) -> dict[str, Any]:
    block = {
        "type": "tool_result",
        "tool_use_id": result.tool_use_id,
        "content": _capped(result.text),
    }
    if not result.is_error:
        return block
    # An error without content is refused by the API.
    return {
        **block,
        "content": block["content"] or "The tool failed without a message.",
        "is_error": True,
    }


def _capped(text: str) -> str:
    if len(text) * 4 <= RESULT_LIMIT:
        return text
    raw = _LONE_SURROGATE.sub("\ufffd", text).encode()
    if len(raw) <= RESULT_LIMIT:
        return text
    kept = raw[:RESULT_LIMIT].decode("utf-8", "ignore")
    cut = len(raw) - len(kept.encode())
    return f"{kept}\n[tooltrace cut {cut:,} of {len(raw):,} bytes here]"


def _sendable(value: JsonValue) -> JsonValue:
    """A copy in which every lone surrogate, which UTF-8 cannot carry, became U+FFFD."""
    match value:
        case str():
            return _LONE_SURROGATE.sub("\ufffd", value)
        case list():
            return [_sendable(item) for item in value]
        case dict():
            return {_sendable(key): _sendable(item) for key, item in value.items()}
        case _:
            return value


def problems(body: dict[str, Any]) -> list[str]:
    """Why the API would refuse this conversation, one line each; empty when it would not.

    A line names the index of the message and, where there is one, the id of the call.
    """
    messages: list[dict[str, Any]] = body.get("messages") or []
    if not messages:
        return ["message 0: there is nothing to send"]
    found: list[str] = []
    for index, message in enumerate(messages):
        before = messages[index - 1] if index else None
        after = messages[index + 1] if index + 1 < len(messages) else None
        for check in (_order, _content, _calls, _answers):
            found += [f"message {index}: {text}" for text in check(message, before, after)]
    return found


_Message = dict[str, Any]


def _order(message: _Message, before: _Message | None, after: _Message | None) -> Iterator[str]:
    role = message["role"]
    earlier = before["role"] if before else None
    if role == "system":
        if earlier != "user":
            yield "a system turn has to follow the user's"
        if after and after["role"] != "assistant":
            yield "a system turn has to be last, or answered by the assistant"
    elif before is None and role != "user":
        yield "the conversation has to begin with the user"
    elif role == earlier:
        yield f"two {_shown(role)} turns in a row"


def _content(message: _Message, _before: object, _after: object) -> Iterator[str]:
    content = message["content"]
    if not content or (isinstance(content, str) and not content.strip()):
        yield "it is empty"
    elif not isinstance(content, str) and any(_blank(block) for block in content):
        yield "a text block is empty"


def _calls(message: _Message, _before: object, after: _Message | None) -> Iterator[str]:
    calls = _ids(message, "assistant", "tool_use", "id")
    answered = _ids(after, "user", "tool_result", "tool_use_id")
    for position, call in enumerate(calls):
        if not call:
            yield f"call {position} has no id"
        elif call in calls[:position]:
            yield f"two calls have the id {_shown(call)}"
        elif call not in answered:
            yield f"call {_shown(call)} has no result in the next message"


def _answers(message: _Message, before: _Message | None, _after: object) -> Iterator[str]:
    answered = _ids(message, "user", "tool_result", "tool_use_id")
    calls = _ids(before, "assistant", "tool_use", "id")
    for position, call in enumerate(answered):
        if call not in calls:
            yield f"a result for {_shown(call)}, which the message before does not call"
        elif call in answered[:position]:
            yield f"call {_shown(call)} has two results"
    content = message["content"]
    if answered and any(block.get("type") != "tool_result" for block in content[: len(answered)]):
        yield f"the result for {_shown(answered[-1])} has to come before text"


def _ids(message: _Message | None, role: str, kind: str, field: str) -> list[str]:
    """The ids in blocks of one kind, in order; an id that is not text counts as none."""
    if message is None or message["role"] != role or isinstance(message["content"], str):
        return []
    found = (block.get(field) for block in message["content"] if block.get("type") == kind)
    return [value if isinstance(value, str) else "" for value in found]


def _shown(text: str) -> str:
    return clip(one_line(text), 80) or "(empty)"
