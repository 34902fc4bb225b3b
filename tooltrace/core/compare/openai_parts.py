"""Where the parts are in bodies of OpenAI's protocols.

The keys are those of platform.openai.com/docs/api-reference, "Chat" and "Responses". What the
system prompt is stands before the conversation in both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from tooltrace.core.compare.request_part import Records, RequestPart, kind_of, list_of, text_of
from tooltrace.core.text.exact_json import JsonValue

__all__ = ["chat_parts", "responses_parts"]

_SYSTEM = ("system", "developer")
_GIVEN = "_output"
"""How the types of items end that a client gives."""


def chat_parts(body: Mapping[str, Any], records: Records) -> list[RequestPart]:
    """The parts of ``POST /chat/completions``."""
    found = [*_settings(body, "messages"), *_tools(body)]
    leads = True
    for index, message in enumerate(list_of(body.get("messages"))):
        leads = leads and text_of(message, "role") in _SYSTEM
        pieces = list(_chat_message(index, message, "system" if leads else "messages"))
        found += _with_records(pieces, records, index)
    return found


def _chat_message(index: int, message: JsonValue, section: Any) -> Iterator[RequestPart]:
    role, where = text_of(message, "role"), ("messages", index)
    if not isinstance(message, dict) or role == "tool":
        yield RequestPart(section, "result", message, where, role)
        return
    for key in ("reasoning_content", "reasoning"):
        if message.get(key):
            yield RequestPart(section, "thinking", message[key], (*where, key), role)
    yield from _content(message.get("content"), (*where, "content"), section, role)
    for place, call in enumerate(list_of(message.get("tool_calls"))):
        yield RequestPart(section, "call", call, (*where, "tool_calls", place), role)


def responses_parts(body: Mapping[str, Any], records: Records) -> list[RequestPart]:
    """The parts of ``POST /responses``."""
    found = [*_settings(body, "input", "instructions"), *_tools(body)]
    if body.get("instructions"):
        found.append(RequestPart("system", "text", body["instructions"], ("instructions",)))
    given = body.get("input")
    if isinstance(given, str):
        found.append(RequestPart("messages", "text", given, ("input",), "user"))
    leads = True
    for index, item in enumerate(list_of(given)):
        leads = leads and text_of(item, "role") in _SYSTEM
        pieces = list(_item(index, item, "system" if leads else "messages"))
        found += _with_records(pieces, records, index)
    return found


def _item(index: int, item: JsonValue, section: Any) -> Iterator[RequestPart]:
    role = text_of(item, "role")
    if isinstance(item, dict) and role:
        yield from _content(item.get("content"), ("input", index, "content"), section, role)
        return
    kind = kind_of(item)
    said = "user" if kind.endswith(_GIVEN) else "assistant"
    yield RequestPart(section, kind, item, ("input", index), said)


def _content(
    content: JsonValue, where: tuple[str | int, ...], section: Any, role: str
) -> Iterator[RequestPart]:
    if isinstance(content, list):
        for place, part in enumerate(content):
            yield RequestPart(section, kind_of(part), part, (*where, place), role)
    elif content:
        yield RequestPart(section, "text", content, where, role)


def _settings(body: Mapping[str, Any], *others: str) -> Iterator[RequestPart]:
    for key, value in body.items():
        if key not in ("tools", *others):
            yield RequestPart("settings", key, value, (key,))


def _tools(body: Mapping[str, Any]) -> Iterator[RequestPart]:
    for index, tool in enumerate(list_of(body.get("tools"))):
        inside = tool.get("function") if isinstance(tool, dict) else None
        name = text_of(tool, "name") or text_of(inside, "name") or text_of(tool, "type")
        yield RequestPart("tools", name, tool, ("tools", index))


def _with_records(pieces: list[RequestPart], records: Records, index: int) -> Iterator[RequestPart]:
    known = records[index] if index < len(records) else ()
    for place, piece in enumerate(pieces):
        yield replace(piece, record=known[place]) if place < len(known) else piece
