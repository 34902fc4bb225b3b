"""The request body of the Messages API, made from a ``Request`` and nothing else.

What was sent before a reply is sent again unchanged after it, so that cached prompts stay cached
and thinking that is bound to its conversation stays valid. The one exception is the ``system``
placement, which asks for a system prompt that moves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Literal, assert_never

from msgspec import Struct

from tooltrace.core.model.content_blocks import placeholder
from tooltrace.core.model.messages import (
    Assistant,
    Message,
    Request,
    Result,
    Results,
    StatePrompt,
    UserText,
)
from tooltrace.core.model.request_settings import RequestSettings
from tooltrace.core.model.sendable_messages import outgoing
from tooltrace.core.model.workflow import ToolSpec
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.models.anthropic.body_settings import mark_cache, settings_body

__all__ = [
    "MOST_MEDIA",
    "RESULT_LIMIT",
    "Capabilities",
    "Placed",
    "Placement",
    "blank",
    "body",
    "capabilities",
    "placed",
]

Placed = Literal["message", "beside", "system"]
"""Where state prompts go: as system turns of the conversation, as text in the user's turn, or only
the last one, after the system prompt."""
Placement = Placed | Literal["auto"]

RESULT_LIMIT = 64 * 1024
"""How much text of one tool result the model is given, in bytes of UTF-8, unless a run says
otherwise; people see all of it."""

MOST_MEDIA = {"image": 5 << 20, "document": 32 << 20}
"""The largest picture, and the largest request, that the API takes, in bytes."""

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


def placed(placement: Placement, model: str, official: bool) -> Placed:
    """Where the state prompts of a request go: as asked, else where the model takes them.

    ``official`` is false for a server that only speaks the Messages API, and may take no system
    turns whatever its models are called.
    """
    if placement != "auto":
        return placement
    return "message" if official and capabilities(model).system_messages else "beside"


def body(
    request: Request, *, model: str, placement: Placed = "beside", official: bool = False
) -> dict[str, Any]:
    """The JSON body for one request, but for ``stream``.

    The ``official`` API is asked to cache the prompt up to its last block, unless cache places are
    set: a conversation only grows, so that the next request reads what this one wrote.
    """
    spec, options = request.workflow, request.options or RequestSettings()
    made: dict[str, Any] = {"model": model, "max_tokens": request.max_tokens}
    if official and options.cache is None:
        made["cache_control"] = {"type": "ephemeral"}
    made |= settings_body(options, drop_bound_thinking=request.drop_bound_thinking)
    if system := _system(request, placement):
        made["system"] = system
    if tools := [*map(_tool, spec.tools), *options.server_tools]:
        made["tools"] = tools
    made["messages"] = _messages(outgoing(request.messages, official), placement, request)
    mark_cache(made, options.cache or ())
    return {key: _sendable(value) for key, value in made.items()}


def _system(request: Request, placement: Placed) -> str | list[dict[str, Any]]:
    prompt = ""
    if placement == "system":
        said = [message.text for message in request.messages if isinstance(message, StatePrompt)]
        prompt = said[-1] if said else ""
    system = request.system
    if isinstance(system, str):
        return "\n\n".join(part for part in (system, prompt) if part.strip())
    blocks = [block for block in system if not blank(block)]
    return [*blocks, _text(prompt)] if prompt.strip() else blocks


def _tool(tool: ToolSpec) -> dict[str, Any]:
    described = {"description": tool.description} if tool.description.strip() else {}
    return {"name": tool.name, **described, "input_schema": {"type": "object", **tool.schema}}


def _messages(
    messages: Iterable[Message], placement: Placed, request: Request
) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    # A state prompt is placed when its reply comes, so that a request that failed and was made
    # again leaves one prompt and not two, and so that nothing stands between it and the reply.
    waiting = ""
    for message in messages:
        match message:
            case UserText(text=text, content=blocks):
                _add_user(out, [_whole(block) for block in blocks] if blocks else [_text(text)])
            case Results(results=results):
                _add_user(out, [_result(result, request) for result in results])
            case StatePrompt(text=text):
                waiting = text
            case Assistant(content=content):
                blocks = [block for block in content if not blank(block)]
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
    if said := [block for block in blocks if not blank(block)]:
        _add(out, "user", said)
        # The API wants results before anything that was said in the same turn.
        out[-1]["content"].sort(key=lambda block: block["type"] != "tool_result")


def _add_prompt(out: list[dict[str, Any]], text: str, placement: Placed) -> None:
    last: dict[str, Any] = out[-1] if out else {"role": "", "content": []}
    if not text.strip() or (last["role"] == "assistant" and _paused(last["content"])):
        return
    # The model ended its turn, and nobody but the state has anything to say to it.
    if placement == "system" and last["role"] != "assistant":
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


def blank(block: dict[str, Any]) -> bool:
    """Whether a block is text that says nothing, which the API refuses."""
    text = block.get("text")
    return block.get("type") == "text" and isinstance(text, str) and not text.strip()


def _result(result: Result, request: Request) -> dict[str, Any]:
    limit = request.settings.result_limit or RESULT_LIMIT
    block = {"type": "tool_result", "tool_use_id": result.tool_use_id}
    if result.blocks and not result.is_error:
        return {**block, "content": _capped_blocks(result.content, limit)}
    block["content"] = _capped(result.told(request.form), limit)
    if not result.is_error:
        return block
    # An error without content is refused by the API, and so is one with a picture in it.
    content = block["content"] or "The tool failed without a message."
    return {**block, "content": content, "is_error": True}


def _capped_blocks(content: Any, limit: int) -> list[dict[str, Any]]:
    """The blocks of a result: texts share the limit, pictures and documents go whole."""
    sent: list[dict[str, Any]] = []
    for block in content:
        if block.get("type") == "text" and isinstance(block.get("text"), str):
            text = _capped(block["text"], limit)
            limit = max(0, limit - len(text.encode("utf-8", "surrogatepass")))
            block = block if text == block["text"] else {**block, "text": text}
        if not blank(block):
            sent.append(_whole(block))
    return sent


def _whole(block: dict[str, Any]) -> dict[str, Any]:
    """A picture or a document as it is, or words that say that it is too large: never a part."""
    source = block.get("source")
    data = source.get("data") if isinstance(source, dict) else None
    most = MOST_MEDIA.get(str(block.get("type")))
    if most is None or not isinstance(data, str) or len(data) * 3 // 4 <= most:
        return block
    return _text(f"{placeholder(block)[:-1]}, left out: the API takes at most {most >> 20} MB]")


def _capped(text: str, limit: int) -> str:
    if len(text) * 4 <= limit:
        return text
    raw = _LONE_SURROGATE.sub("\ufffd", text).encode()
    if len(raw) <= limit:
        return text
    kept = raw[:limit].decode("utf-8", "ignore")
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
