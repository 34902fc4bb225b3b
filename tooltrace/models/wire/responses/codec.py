"""The OpenAI Responses API, both ways.

The fields are those of ``openai/types/responses/response_create_params.py`` in the official Python
SDK, 3.57.0. What the model is told stands in ``instructions`` and in messages of the roles system
and developer that lead the input: both are the ``system`` of the form. What is neither input, nor
tools, nor a setting that the protocols share (``reasoning``, ``text``, ``store``, ``include``,
``previous_response_id``, …) is kept in ``rest``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from tooltrace.core.model.ports import OnDelta
from tooltrace.models.wire.form import Block, ReplyStream, WireError, WireMessage, WireRequest
from tooltrace.models.wire.openai_error import read_error
from tooltrace.models.wire.responses.items import Role, read_item, written_items
from tooltrace.models.wire.responses.parts import NAME, own
from tooltrace.models.wire.responses.reply import read_reply, write_reply
from tooltrace.models.wire.responses.settings import read_settings, written_settings
from tooltrace.models.wire.responses.stream import ResponsesStream
from tooltrace.models.wire.responses.tools import read_tool, written_tools
from tooltrace.models.wire.responses.unsaid import unsaid
from tooltrace.models.wire.rest import difference, put_back
from tooltrace.models.wire.same import same

__all__ = ["ResponsesCodec"]

_KNOWN = frozenset(
    {"model", "input", "instructions", "tools", "max_output_tokens", "temperature", "top_p"}
    | {"stream", "tool_choice", "parallel_tool_calls"}
)


class ResponsesCodec:
    """``POST /v1/responses`` as a codec."""

    name = NAME
    calls = b'_call"'

    def read_request(self, body: Mapping[str, Any]) -> WireRequest:
        """The request that a body is.

        Raises ValueError, with the place, for a body, a model, an input or a list of tools that has
        another shape than the API's; whatever else is odd is kept.
        """
        request = _read(body)
        kept = difference(body, _written(request), _KNOWN)
        return replace(request, rest={NAME: kept}) if kept else request

    def write_request(self, request: WireRequest) -> dict[str, Any]:
        """The body for a request, whichever protocol it came from."""
        made, kept = _written(request), request.rest.get(NAME)
        if not kept:
            return made
        # Blocks of a person or of another protocol bear no marks: they read as they are written.
        bare = replace(request, rest={})
        alike = (bare, _read(made))
        return put_back(made, kept, lambda came: _among(_read(came), alike))

    def unsaid(self, request: WireRequest) -> list[str]:
        """What of a request has no words here, one line each."""
        return unsaid(request)

    def read_reply(self, body: object) -> dict[str, Any]:
        """A reply as the Messages API shapes it. Raises ValueError for what is none."""
        return read_reply(body)

    def write_reply(self, reply: Mapping[str, Any]) -> dict[str, Any]:
        """The response that a reply stands for."""
        return write_reply(reply)

    def read_error(self, status: int, body: object) -> WireError | None:
        """What a body that is no reply says."""
        return read_error(status, body)

    def stream(self, heard: OnDelta | None = None) -> ReplyStream:
        """A reader for the events of one streamed reply."""
        return ResponsesStream(heard)


def _among(request: WireRequest, others: Iterable[WireRequest]) -> bool:
    return any(same(request, other) for other in others)


def _read(body: Mapping[str, Any]) -> WireRequest:
    """The request without what only this protocol says of it."""
    if not isinstance(body, Mapping):
        raise ValueError("the body is not an object")
    model, tools = body.get("model"), body.get("tools")
    if not isinstance(model, str | None):
        raise ValueError("model: it is not text")
    if not isinstance(tools, list | None):
        raise ValueError("tools: they are not a list")
    system, messages = _conversation(body.get("input"))
    told = body.get("instructions")
    if isinstance(told, str) and told:
        system = [{"type": "text", "text": told, "rest": {NAME: {"instructions": True}}}, *system]
    return WireRequest(
        model=model or "",
        messages=messages,
        system=system,
        tools=[read_tool(tool) for tool in tools or ()],
        settings=read_settings(body),
    )


def _conversation(given: object) -> tuple[list[Block], list[WireMessage]]:
    """The system blocks that lead an input, and the messages after them."""
    if isinstance(given, str):
        given = [{"role": "user", "content": given}]
    if not isinstance(given, list | None):
        raise ValueError("input: it is neither text nor a list of items")
    system: list[Block] = []
    messages: list[tuple[Role, list[Block]]] = []
    for item in given or ():
        role, blocks = read_item(item)
        if not messages and role == "system":
            system += blocks
        elif messages and role in (None, messages[-1][0]):
            messages[-1][1].extend(blocks)
        else:
            messages.append((role or "user", blocks))
    return system, [WireMessage(role, blocks) for role, blocks in messages]


def _written(request: WireRequest) -> dict[str, Any]:
    """The body for a request, as this codec writes it by itself."""
    body: dict[str, Any] = {"model": request.model} if request.model else {}
    told, system = _instructions(request.system)
    if told:
        body["instructions"] = told
    customs: set[str] = set()
    items = written_items(system, "system", customs)
    for message in request.messages:
        items += written_items(message.content, message.role, customs)
    if items or request.messages:
        body["input"] = items
    if tools := written_tools(request.tools):
        body["tools"] = tools
    return {**body, **written_settings(request.settings)}


def _instructions(system: list[Block]) -> tuple[str, list[Block]]:
    """What goes into ``instructions``, and the blocks that go before the input.

    One text does, if it did not come as an item. Several are parts of a message, since as one text
    they could not be told apart any more.
    """
    match system:
        case [{"type": "text", "text": str() as text} as first, *others] if "instructions" in own(
            first
        ) or (not others and "begins" not in own(first)):
            return text, others
        case _:
            return "", system
