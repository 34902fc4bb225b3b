"""A request in the form between the protocols, made from a ``Request`` and nothing else.

State prompts, the limit of a result's text, pictures that go whole or not at all, edits and what
code gave are the same here as in a body of the Messages API: both are made of the same turns.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tooltrace.core.model.content_blocks import text_block
from tooltrace.core.model.messages import Request
from tooltrace.core.model.request_settings import RequestSettings
from tooltrace.core.model.sendable_messages import outgoing
from tooltrace.models.request.prompt import system_content, tool_definition
from tooltrace.models.request.turns import Placed, Turn, turns
from tooltrace.models.wire.form import Block, WireMessage, WireRequest

__all__ = ["conversation", "of_turns", "wire_request"]

_SHARED = ("temperature", "top_p", "tool_choice")


def wire_request(request: Request, model: str, placement: Placed) -> WireRequest:
    """The request for a model; of its settings, those that every protocol has a name for.

    What is left is for the provider: ``effort``, ``thinking``, ``metadata``, ``service_tier``,
    ``server_tools``, ``extra`` and the others.
    """
    return of_turns(request, model, placement, conversation(request, placement))


def conversation(request: Request, placement: Placed) -> list[Turn]:
    """The turns that its messages are made of, each block with the record that it comes from."""
    return turns(outgoing(request.messages), placement, request)


def of_turns(request: Request, model: str, placement: Placed, said: Iterable[Turn]) -> WireRequest:
    """The request for a model with these turns as its messages."""
    system = system_content(request, placement)
    return WireRequest(
        model,
        [_message(turn) for turn in said],
        ([text_block(system)] if system else []) if isinstance(system, str) else system,
        [tool_definition(tool) for tool in request.workflow.tools],
        _settings(request),
    )


def _message(turn: Turn) -> WireMessage:
    match turn.role:
        case "assistant" | "system" as role:
            return WireMessage(role, turn.blocks)
        case _:
            # What a person or a tool gives has no mark of a protocol, whatever it is called.
            return WireMessage("user", [_unmarked(block) for block in turn.blocks])


def _unmarked(block: Block) -> Block:
    content = block.get("content")
    if isinstance(content, list):
        inner = [_unmarked(one) if isinstance(one, dict) else one for one in content]
        block = {**block, "content": inner}
    return {key: value for key, value in block.items() if key != "rest"}


def _settings(request: Request) -> dict[str, Any]:
    options = request.options or RequestSettings()
    given = {name: getattr(options, name) for name in _SHARED}
    settings = {name: value for name, value in given.items() if value is not None}
    if options.stop_sequences:
        settings["stop_sequences"] = list(options.stop_sequences)
    return {"max_tokens": request.max_tokens, **settings}
