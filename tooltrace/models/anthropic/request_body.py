"""The request body of the Messages API, made from a ``Request`` and nothing else.

What was sent before a reply is sent again unchanged after it, so that cached prompts stay cached
and thinking that is bound to its conversation stays valid. The one exception is the ``system``
placement, which asks for a system prompt that moves.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from msgspec import Struct

from tooltrace.core.model.messages import Request
from tooltrace.core.model.request_settings import RequestSettings
from tooltrace.core.model.sendable_messages import outgoing
from tooltrace.models.anthropic.body_settings import mark_cache, settings_body
from tooltrace.models.request.prompt import system_content, tool_definition
from tooltrace.models.request.traced import TracedBody
from tooltrace.models.request.turns import Placed, Placement, sendable, turns
from tooltrace.models.wire.messages.content import sent

__all__ = [
    "Capabilities",
    "body",
    "capabilities",
    "placed",
    "traced_body",
]

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


def body(
    request: Request, *, model: str, placement: Placed = "beside", official: bool = False
) -> dict[str, Any]:
    """The JSON body for one request.

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
    if system := system_content(request, placement):
        made["system"] = system
    if tools := [*map(tool_definition, spec.tools), *options.server_tools]:
        made["tools"] = tools
    messages = islice(outgoing(request.messages, official), begin, None)
    said = turns(messages, placement, request, sent)
    made["messages"] = [turn.message() for turn in said]
    made["stream"] = True
    mark_cache(made, options.cache or ())
    records = tuple([tuple(turn.records) for turn in said])
    return TracedBody({key: sendable(value) for key, value in made.items()}, records)
