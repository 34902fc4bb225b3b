"""Chat Completions, as OpenAI and those who follow it have them.

Source: platform.openai.com/docs/api-reference/chat, and ``types/chat`` of the official SDK (openai
3.57). What is in no other protocol (``n``, ``stream_options``, ``response_format``, …) passes as it
came.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile
from typing import Any

from tooltrace.core.model.ports import OnDelta
from tooltrace.models.wire.chat.content import NAME, TOOL
from tooltrace.models.wire.chat.messages import (
    read_messages,
    read_system,
    write_messages,
    write_system,
)
from tooltrace.models.wire.chat.reply import read_error, read_reply, write_reply
from tooltrace.models.wire.chat.settings import KNOWN, read_settings, write_settings
from tooltrace.models.wire.chat.stream import ChatStream
from tooltrace.models.wire.chat.unsaid import unsaid
from tooltrace.models.wire.form import Block, WireError, WireRequest
from tooltrace.models.wire.rest import difference, objects, put_back
from tooltrace.models.wire.same import same

__all__ = ["ChatCodec"]

_KNOWN = KNOWN | {"model", "tools"}


class ChatCodec:
    """Reads and writes the bodies of ``/v1/chat/completions``."""

    name = NAME
    calls = b'"tool_calls"'

    def read_request(self, body: Mapping[str, Any]) -> WireRequest:
        """See ``Codec``."""
        messages = objects(body.get("messages"), "messages")
        first = list(takewhile(_is_system, messages))
        system, kept = read_system(first)
        turns = list(read_messages(messages[len(first) :], len(first)))
        settings = read_settings(body)
        request = WireRequest(_model(body), turns, system, _tools(body), settings)
        others = {key: value for key, value in body.items() if key != "messages"}
        # A choice that is not understood is a field like any other.
        known = _KNOWN if "tool_choice" in settings else _KNOWN - {"tool_choice"}
        rest = difference(others, _frame(request), known)
        if kept:
            rest["system"] = kept
        if rest:
            request.rest[NAME] = rest
        return request

    def write_request(self, request: WireRequest) -> dict[str, Any]:
        """See ``Codec``."""

        def holds(body: dict[str, Any]) -> bool:
            found = [_model(body), _tools(body), read_settings(body)]
            return same(found, [request.model, request.tools, request.settings])

        rest = request.rest.get(NAME, {})
        frame = put_back(_frame(request), rest, holds)
        messages = write_system(request.system, rest.get("system", []))
        messages += write_messages(request)
        return {"messages": messages, **frame}

    def unsaid(self, request: WireRequest) -> list[str]:
        """See ``Codec``."""
        return unsaid(request)

    def read_reply(self, body: object) -> dict[str, Any]:
        """See ``Codec``: the first choice is the reply."""
        return read_reply(body)

    def write_reply(self, reply: Mapping[str, Any]) -> dict[str, Any]:
        """See ``Codec``."""
        return write_reply(reply)

    def read_error(self, status: int, body: object) -> WireError | None:
        """See ``Codec``."""
        return read_error(status, body)

    def stream(self, heard: OnDelta | None = None) -> ChatStream:
        """See ``Codec``."""
        return ChatStream(heard)


def _is_system(message: Mapping[str, Any]) -> bool:
    return message.get("role") in ("system", "developer")


def _model(body: Mapping[str, Any]) -> str:
    model = body.get("model")
    return model if isinstance(model, str) else ""


def _tools(body: Mapping[str, Any]) -> list[Block]:
    tools = body.get("tools")
    return [] if tools is None else [TOOL.read(tool) for tool in objects(tools, "tools")]


def _frame(request: WireRequest) -> dict[str, Any]:
    """The body for a request, but for its messages."""
    tools = [
        TOOL.write(tool)
        for tool in request.tools
        if "input_schema" in tool or NAME in tool.get("rest", {})
    ]
    return {
        "model": request.model,
        **({"tools": tools} if tools else {}),
        **write_settings(request.settings),
    }
