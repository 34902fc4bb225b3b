"""Bodies of requests and responses as they go over the wire, read for a conversation.

Each request repeats what was said before. So its messages are told apart without being read, and
those that are known by their bytes are not read again.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
from msgspec.structs import replace

from tooltrace.core.text.exact_json import JsonValue, loads
from tooltrace.formats.imported.body import RequestBody, request_of, response_of
from tooltrace.formats.imported.conversations import message_key
from tooltrace.formats.imported.run import ImportedReply
from tooltrace.formats.source.json_parts import decode
from tooltrace.models.wire.errors import text_error

__all__ = ["reply_read", "request_read"]

_REMEMBERED = 2048
_MOST_BYTES = 32 << 10
_FIELDS: msgspec.json.Decoder[dict[str, msgspec.Raw]] = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ITEMS: msgspec.json.Decoder[list[msgspec.Raw]] = msgspec.json.Decoder(list[msgspec.Raw])


def request_read(body: bytes) -> tuple[RequestBody, list[str] | None]:
    """What a request says, and the keys of its messages where they are cheap to know.

    Raises ValueError for what is no JSON object.
    """
    try:
        parts = _FIELDS.decode(body)
        raw = [bytes(each) for each in _ITEMS.decode(parts.pop("messages"))]
    except (ValueError, KeyError):
        value = loads(body.decode("utf-8"))
        if not isinstance(value, dict):
            raise ValueError("a request that is no JSON object") from None
        return request_of(value), None
    told = [_message(each) for each in raw]
    read = request_of(
        {name: _value(bytes(each)) for name, each in parts.items()} | {"messages": []}
    )
    return replace(read, messages=[message for message, _ in told]), [key for _, key in told]


def reply_read(status: int, body: bytes, error: str = "") -> ImportedReply:
    """The reply that a response is; ``error`` says why there is no more of it, if there is none."""
    if not body:
        return ImportedReply([], error=error or f"HTTP {status} without a body")
    if status >= 400 and not body.lstrip().startswith(b"{"):
        told = text_error(status, body.decode("utf-8", "replace"))
        return ImportedReply([], error=told.message if told and told.message else f"HTTP {status}")
    reply = response_of({"status": status, "body": body})
    if status >= 400 and reply.error is None:
        return replace(reply, error=f"HTTP {status}")
    return replace(reply, error=error) if error and reply.error is not None else reply


def _message(raw: bytes) -> tuple[JsonValue, str]:
    return _known_message(raw) if len(raw) <= _MOST_BYTES else _read(raw)


def _value(raw: bytes) -> JsonValue:
    # Tools and system prompts are the same, request after request.
    return _known_value(raw)


def _read(raw: bytes) -> tuple[JsonValue, str]:
    value: Any = decode(raw)
    return value, message_key(value)


_known_message = lru_cache(maxsize=_REMEMBERED)(_read)
_known_value = lru_cache(maxsize=64)(decode)
