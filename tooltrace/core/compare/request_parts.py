"""A request's body as parts in order: settings, tools, system prompt, messages block by block.

A body is plain JSON of one protocol. Where its parts are is said by one function for each protocol,
and nothing else here or above knows a key of a body.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from tooltrace.core.compare.openai_parts import chat_parts, responses_parts
from tooltrace.core.compare.request_part import (
    SECTIONS,
    Records,
    RequestPart,
    Section,
    kind_of,
    list_of,
    text_of,
)
from tooltrace.core.text.exact_json import JsonValue

__all__ = ["PROTOCOLS", "SECTIONS", "RequestPart", "Section", "request_parts"]


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
    for index, tool in enumerate(list_of(body.get("tools"))):
        name = text_of(tool, "name") or text_of(tool, "type")
        found.append(
            RequestPart("tools", name, tool, ("tools", index), cache=_breakpoint(tool)),
        )
    system = body.get("system")
    if isinstance(system, list):
        for index, block in enumerate(system):
            where = ("system", index)
            found.append(
                RequestPart("system", kind_of(block), block, where, cache=_breakpoint(block))
            )
    elif system:
        found.append(RequestPart("system", "text", system, ("system",)))
    for number, message in enumerate(list_of(body.get("messages"))):
        found += _message(number, message, records[number] if number < len(records) else ())
    if found and found[-1].section == "messages" and found[-1].cache is None:
        # Asked for as a whole, the cache goes up to the last block that can be cached.
        found[-1] = replace(found[-1], cache=body.get("cache_control"))
    return found


def _message(
    number: int, message: JsonValue, records: Sequence[int | None]
) -> Iterator[RequestPart]:
    role, content = text_of(message, "role"), message
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
        yield RequestPart("messages", kind_of(block), block, (*where, index), role, record, cache)


def _breakpoint(value: JsonValue) -> JsonValue:
    return value.get("cache_control") if isinstance(value, dict) else None


PROTOCOLS: dict[str, Callable[[Mapping[str, Any], Records], list[RequestPart]]] = {
    "messages": _messages_parts,
    "chat": chat_parts,
    "responses": responses_parts,
}
"""By the name of a protocol, what finds the parts of its bodies."""
