"""The Messages API: its requests and replies are almost the form itself.

Source: docs.anthropic.com, "Messages"; blocks, tools and settings are named as there. What is not
known here passes as it came, blocks of any type included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tooltrace.core.model.ports import OnDelta
from tooltrace.models.wire.form import Block, WireError, WireMessage, WireRequest
from tooltrace.models.wire.messages.content import came, reply_came, reply_sent, sent, unsaid
from tooltrace.models.wire.messages.reply import as_message, read_error
from tooltrace.models.wire.messages.stream import MessageStream
from tooltrace.models.wire.rest import difference, left_out, objects, put_back
from tooltrace.models.wire.same import same

__all__ = ["MessagesCodec"]

_NAME = "messages"
_SETTINGS = ("max_tokens", "stop_sequences", "temperature", "top_p", "stream", "tool_choice")
_KNOWN = frozenset({"model", "messages", "system", "tools", *_SETTINGS})


class MessagesCodec:
    """Reads and writes the bodies of ``/v1/messages``."""

    name = _NAME
    calls = b'"tool_use"'

    def read_request(self, body: Mapping[str, Any]) -> WireRequest:
        """See ``Codec``."""
        messages = objects(body.get("messages"), "messages")
        read = WireRequest(
            _model(body),
            [_message(message, f"messages[{index}]") for index, message in enumerate(messages)],
            _content(body.get("system", []), "system"),
            _tools(body),
            {name: body[name] for name in _SETTINGS if name in body},
        )
        if kept := difference(body, self.write_request(read), _KNOWN):
            read.rest[_NAME] = kept
        return read

    def write_request(self, request: WireRequest) -> dict[str, Any]:
        """See ``Codec``."""
        made: dict[str, Any] = {"model": request.model}
        if request.system:
            made["system"] = _written(request.system)
        if request.tools:
            made["tools"] = _written(request.tools)
        made["messages"] = [_body(message) for message in request.messages]
        made |= request.settings

        def holds(body: dict[str, Any]) -> bool:
            system = _content(body.get("system", []), "system")
            found = [_model(body), system, _tools(body)]
            return same(found, [request.model, request.system, request.tools])

        return put_back(made, request.rest.get(_NAME), holds)

    def unsaid(self, request: WireRequest) -> list[str]:
        """See ``Codec``."""
        lines = left_out(request.rest, _NAME, "the request")
        lines += unsaid(request.system, "system")
        lines += unsaid(request.tools, "tools")
        for index, message in enumerate(request.messages):
            lines += left_out(message.rest, _NAME, f"messages[{index}]")
            lines += unsaid(message.content, f"messages[{index}].content")
        return lines

    def read_reply(self, body: object) -> dict[str, Any]:
        """See ``Codec``: the reply is the body itself."""
        return reply_came(as_message(body))

    def write_reply(self, reply: Mapping[str, Any]) -> dict[str, Any]:
        """See ``Codec``."""
        return reply_sent(dict(reply))

    def read_error(self, status: int, body: object) -> WireError | None:
        """See ``Codec``."""
        return read_error(status, body)

    def stream(self, heard: OnDelta | None = None) -> MessageStream:
        """See ``Codec``."""
        return MessageStream(heard)


def _model(body: Mapping[str, Any]) -> str:
    model = body.get("model")
    return model if isinstance(model, str) else ""


def _tools(body: Mapping[str, Any]) -> list[Block]:
    tools = body.get("tools")
    return [] if tools is None else [came(tool) for tool in objects(tools, "tools")]


def _message(message: Mapping[str, Any], place: str) -> WireMessage:
    role, content = message.get("role"), message.get("content")
    if role not in ("user", "assistant", "system"):
        raise ValueError(f"{place} has no role of user, assistant or system")
    read = WireMessage(role, _content(content, f"{place}.content"))
    if kept := difference(message, _body(read), ("role", "content")):
        read.rest[_NAME] = kept
    return read


def _content(content: object, place: str) -> list[Block]:
    """The blocks of a content or a system prompt, which may be text."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [came(block) for block in objects(content, place)]


def _body(message: WireMessage) -> dict[str, Any]:
    made = {"role": message.role, "content": _written(message.content)}

    def holds(body: dict[str, Any]) -> bool:
        return same(_content(body["content"], "content"), message.content)

    return put_back(made, message.rest.get(_NAME), holds)


def _written(blocks: Iterable[Block]) -> list[Block]:
    return [block for block in map(sent, blocks) if block is not None]
