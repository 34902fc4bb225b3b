"""Bodies of requests and responses as loggers keep them: decoded, as text, as base64, streamed."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Any

from msgspec import Struct, field

from tooltrace.core.text.exact_json import JsonValue, loads
from tooltrace.formats.imported.items import item_messages
from tooltrace.formats.imported.messages import content_blocks
from tooltrace.formats.imported.run import ImportedReply
from tooltrace.models.wire.chat.codec import ChatCodec
from tooltrace.models.wire.errors import words
from tooltrace.models.wire.form import Codec
from tooltrace.models.wire.messages.codec import MessagesCodec
from tooltrace.models.wire.responses.codec import ResponsesCodec
from tooltrace.models.wire.sse import EventStream

__all__ = ["RequestBody", "request_of", "response_of"]

_MESSAGES, _CHAT, _RESPONSES = MessagesCodec(), ChatCodec(), ResponsesCodec()
_MOST_UNPACKED = 64 << 20
_BODIES = ("parsed_body", "body", "json", "content")
_READ = ("messages", "input", "system", "instructions", "tools", "model")


class RequestBody(Struct, frozen=True):
    """What a request says; ``settings`` are all else in it.

    ``previous`` is the id of the reply that it goes on from, where it does not repeat what came
    before.
    """

    messages: list[Any] = field(default_factory=list)
    system: Any = ""
    tools: Any = None
    model: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    previous: str = ""


def request_of(request: object) -> RequestBody:
    """The request that a log has: its body, or the log's entry around it."""
    body = request
    if isinstance(request, dict) and not request.keys() & {"messages", "input"}:
        body = _parsed(_body(request))
    if not isinstance(body, dict):
        return RequestBody()
    messages, model = body.get("messages"), body.get("model")
    if not isinstance(messages, list):
        messages = item_messages(body.get("input"))
    system = body.get("system", body.get("instructions"))
    return RequestBody(
        messages,
        system if isinstance(system, str) else content_blocks(system),
        _tools(body),
        model if isinstance(model, str) else "",
        {name: value for name, value in body.items() if name not in _READ},
        _previous(body),
    )


def _tools(body: dict[str, Any]) -> Any:
    """The tools that a request declares; Codex declares its own in an item, by namespaces."""
    items, found = body.get("input"), body.get("tools")
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict) and item.get("type") == "additional_tools":
            more = item.get("tools")
            found = [*(found or ()), *(more if isinstance(more, list) else ())]
    if not isinstance(found, list):
        return found
    inside = (tool.get("tools") if _is_namespace(tool) else [tool] for tool in found)
    return [tool for tools in inside if isinstance(tools, list) for tool in tools]


def _is_namespace(tool: Any) -> bool:
    return isinstance(tool, dict) and tool.get("type") == "namespace"


def _previous(body: dict[str, Any]) -> str:
    thread = body.get("thread")
    of_thread = thread.get("previous_message_id") if isinstance(thread, dict) else None
    named = body.get("previous_response_id") or of_thread
    return named if isinstance(named, str) else ""


def response_of(response: object) -> ImportedReply:
    """The reply that a log has; an error, or what is no reply at all, is a reply that failed."""
    body = response
    if isinstance(response, dict) and not response.keys() & {"choices", "output", "role", "error"}:
        body = _parsed(_body(response))
    if isinstance(body, bytes | str):
        return _streamed(body.encode() if isinstance(body, str) else body)
    for codec in _codecs(body):
        try:
            return _reply(codec.read_reply(body))
        except ValueError as error:
            told = codec.read_error(_status(response), body)
            return ImportedReply([], error=words(told) if told is not None else str(error))
    return ImportedReply([], error="what came back is no reply")


def _codecs(body: JsonValue) -> list[Codec]:
    if not isinstance(body, dict):
        return []
    if "choices" in body:
        return [_CHAT]
    return [_RESPONSES] if "output" in body else [_MESSAGES]


def _reply(reply: dict[str, Any]) -> ImportedReply:
    stop, usage = reply.get("stop_reason"), reply.get("usage")
    ident, model = reply.get("id"), reply.get("model")
    return ImportedReply(
        reply["content"],
        ident if isinstance(ident, str) else "",
        model if isinstance(model, str) else "",
        stop if isinstance(stop, str) else None,
        usage if isinstance(usage, dict) else None,
    )


def _streamed(data: bytes) -> ImportedReply:
    codec: Codec = _MESSAGES
    if b"chat.completion.chunk" in data[:4096]:
        codec = _CHAT
    elif b'"response.' in data[:4096]:
        codec = _RESPONSES
    events, stream = EventStream(), codec.stream()
    for name, event in [*events.feed(data), *events.feed(b"\n\n")]:
        stream.take(name, event)
    stream.end()
    reply = stream.message()
    if reply is None:
        return ImportedReply([], error="what came back is no reply")
    broken = stream.broken
    made = _reply(reply)
    return made if broken is None else ImportedReply(made.content, made.id, error=broken.why)


def _status(response: object) -> int:
    status = response.get("status") if isinstance(response, dict) else None
    code = status.get("code") if isinstance(status, dict) else status
    return code if isinstance(code, int) else 200


def _body(entry: dict[str, Any]) -> Any:
    """The body in an entry of a log; VCR puts a response's under ``string`` once more."""
    body = next((entry[name] for name in _BODIES if entry.get(name) is not None), None)
    if isinstance(body, dict) and body.keys() & {"string", "base64_string"}:
        packed = body.get("base64_string")
        if isinstance(packed, str):
            try:
                return base64.b64decode(packed)
            except binascii.Error:
                return packed
        return body.get("string")
    return body


def _unpacked(body: bytes) -> bytes:
    """A body as it was before it was compressed for the wire, up to a size that replies have."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return zlib.decompressobj(wbits=31).decompress(body, _MOST_UNPACKED)
    except zlib.error:
        return body


def _parsed(body: Any) -> Any:
    """A body that is JSON as its value; any other as it came."""
    if not isinstance(body, bytes | str):
        return body
    if isinstance(body, bytes):
        body = _unpacked(body)
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    try:
        return loads(text)
    except (ValueError, RecursionError):
        return body
