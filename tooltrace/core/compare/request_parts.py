"""A request's body as parts in order: settings, tools, system prompt, messages block by block.

A body is plain JSON of one protocol. Where its parts are is said by one function for each protocol,
and nothing else here or above knows a key of a body.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.text.exact_json import JsonValue

__all__ = ["PROTOCOLS", "SECTIONS", "RequestPart", "Section", "request_parts"]

Section = Literal["settings", "tools", "system", "messages"]

SECTIONS: tuple[Section, ...] = ("settings", "tools", "system", "messages")
"""In this order parts are listed; a cache holds them in the same, settings aside."""

Records = Sequence[Sequence[int | None]]


class RequestPart(Struct, frozen=True, gc=False):
    """A part of a body: ``path`` leads to it, keys and indices from the outside in.

    ``name`` is that of a setting or a tool, or the kind of a block; ``content`` is what stands
    there. ``record`` is the record that it comes from, as far as it comes from one, ``cache`` what
    asks the server to cache the request up to here.
    """

    section: Section
    name: str
    content: JsonValue
    path: tuple[str | int, ...]
    role: str = ""
    record: int | None = None
    cache: JsonValue = None

    @property
    def said(self) -> JsonValue:
        """What of it the model is given: where a cache ends, or whether a text stands in a block
        of its own, says nothing to a model."""
        content = self.content
        if not isinstance(content, dict):
            return content
        if "cache_control" in content:
            content = {key: value for key, value in content.items() if key != "cache_control"}
        bare = content.keys() == {"type", "text"} and content["type"] == "text"
        return content["text"] if bare else content


def request_parts(
    body: Mapping[str, Any], records: Records = (), protocol: str = "messages"
) -> list[RequestPart]:
    """The parts of a body in the order of ``SECTIONS``. KeyError for an unknown protocol.

    ``records`` has for each message the records that its blocks come from.
    """
    return PROTOCOLS[protocol](body, records)


def _messages_parts(body: Mapping[str, Any], records: Records) -> list[RequestPart]:
    """Where the parts are in a body of the Messages API: ``POST /v1/messages`` of its reference."""
    found = [
        RequestPart("settings", key, value, (key,))
        for key, value in body.items()
        if key not in ("tools", "system", "messages")
    ]
    for index, tool in enumerate(_list(body.get("tools"))):
        name = _text(tool, "name") or _text(tool, "type")
        found.append(
            RequestPart("tools", name, tool, ("tools", index), cache=_breakpoint(tool)),
        )
    system = body.get("system")
    if isinstance(system, list):
        for index, block in enumerate(system):
            where = ("system", index)
            found.append(
                RequestPart("system", _kind(block), block, where, cache=_breakpoint(block))
            )
    elif system:
        found.append(RequestPart("system", "text", system, ("system",)))
    for number, message in enumerate(_list(body.get("messages"))):
        found += _message(number, message, records[number] if number < len(records) else ())
    if found and found[-1].section == "messages" and found[-1].cache is None:
        # Asked for as a whole, the cache goes up to the last block that can be cached.
        found[-1] = replace(found[-1], cache=body.get("cache_control"))
    return found


def _message(
    number: int, message: JsonValue, records: Sequence[int | None]
) -> Iterator[RequestPart]:
    role, content = _text(message, "role"), message
    where: tuple[str | int, ...] = ("messages", number)
    if isinstance(message, dict) and "content" in message:
        content, where = message["content"], (*where, "content")
    if not isinstance(content, list):
        record = records[0] if records else None
        yield RequestPart("messages", "text", content, where, role, record)
        return
    for index, block in enumerate(content):
        record = records[index] if index < len(records) else None
        cache = _breakpoint(block)
        yield RequestPart("messages", _kind(block), block, (*where, index), role, record, cache)


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _text(value: JsonValue, key: str) -> str:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def _kind(block: JsonValue) -> str:
    return _text(block, "type") or "block"


def _breakpoint(value: JsonValue) -> JsonValue:
    return value.get("cache_control") if isinstance(value, dict) else None


PROTOCOLS: dict[str, Callable[[Mapping[str, Any], Records], list[RequestPart]]] = {
    "messages": _messages_parts
}
"""By the name of a protocol, what finds the parts of its bodies."""
