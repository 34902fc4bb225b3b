"""The request body of the Messages API, made from a ``Request`` and nothing else.

What was sent before a reply is sent again unchanged after it, so that cached prompts stay cached
and thinking that is bound to its conversation stays valid. The one exception is the ``system``
placement, which asks for a system prompt that moves.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any, Literal

from msgspec import Struct

from tooltrace.core.model.content_blocks import text_block
from tooltrace.core.model.messages import Request, StatePrompt
from tooltrace.core.model.request_settings import RequestSettings
from tooltrace.core.model.sendable_messages import outgoing
from tooltrace.core.model.workflow import ToolSpec
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.models.anthropic.body_messages import (
    LONE_SURROGATE,
    MOST_MEDIA,
    RESULT_LIMIT,
    Placed,
    blank,
    turns,
)
from tooltrace.models.anthropic.body_settings import mark_cache, settings_body

__all__ = [
    "MOST_MEDIA",
    "RESULT_LIMIT",
    "Capabilities",
    "Placed",
    "Placement",
    "TracedBody",
    "blank",
    "body",
    "capabilities",
    "placed",
    "traced_body",
]

Placement = Placed | Literal["auto"]

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


class TracedBody(Struct, frozen=True):
    """A body, and for each of its messages the record that each of its blocks comes from."""

    body: dict[str, Any]
    records: tuple[tuple[int, ...], ...]


def body(
    request: Request, *, model: str, placement: Placed = "beside", official: bool = False
) -> dict[str, Any]:
    """The JSON body for one request, but for ``stream``.

    The ``official`` API is asked to cache the prompt up to its last block, unless cache places are
    set: a conversation only grows, so that the next request reads what this one wrote.
    """
    return traced_body(request, model=model, placement=placement, official=official).body


def traced_body(
    request: Request,
    *,
    model: str,
    placement: Placed = "beside",
    official: bool = False,
    begin: int = 0,
) -> TracedBody:
    """The same, and where it comes from.

    ``begin`` is that of a reply, and leaves out the messages before it: what follows a reply is the
    same whatever came before.
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
    sent = turns(islice(outgoing(request.messages, official), begin, None), placement, request)
    made["messages"] = [turn.message() for turn in sent]
    mark_cache(made, options.cache or ())
    records = tuple([tuple(turn.records) for turn in sent])
    return TracedBody({key: _sendable(value) for key, value in made.items()}, records)


def _system(request: Request, placement: Placed) -> str | list[dict[str, Any]]:
    prompt = ""
    if placement == "system":
        said = [message.text for message in request.messages if isinstance(message, StatePrompt)]
        prompt = said[-1] if said else ""
    system = request.system
    if isinstance(system, str):
        return "\n\n".join(part for part in (system, prompt) if part.strip())
    blocks = [block for block in system if not blank(block)]
    return [*blocks, text_block(prompt)] if prompt.strip() else blocks


def _tool(tool: ToolSpec) -> dict[str, Any]:
    described = {"description": tool.description} if tool.description.strip() else {}
    return {"name": tool.name, **described, "input_schema": {"type": "object", **tool.schema}}


def _sendable(value: JsonValue) -> JsonValue:
    """A copy in which every lone surrogate, which UTF-8 cannot carry, became U+FFFD."""
    match value:
        case str():
            return value if value.isascii() else LONE_SURROGATE.sub("\ufffd", value)
        case list():
            return [_sendable(item) for item in value]
        case dict():
            return {_sendable(key): _sendable(item) for key, item in value.items()}
        case _:
            return value
