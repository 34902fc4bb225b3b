"""The pieces of Chat Completions that are one block each: parts, calls, results, tools.

Source: ``types/chat`` of the official SDK (openai 3.57). Arguments of a call are JSON in a string.
One that is no JSON object, or says a key twice, is no ``input``: its text stands in
``partial_json``, as that of a call which did not come whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tooltrace.core.text.exact_json import loads, plain
from tooltrace.models.wire.form import Block
from tooltrace.models.wire.rest import Piece

__all__ = ["CALL", "NAME", "PART", "RESULT", "TOOL", "sayable", "text_of"]

NAME = "chat"

_DATA_URL = re.compile(r"data:([^;,]+);base64,(.*)", re.DOTALL)
_ANY_OBJECT: dict[str, Any] = {"type": "object", "properties": {}}


def _read_part(part: Mapping[str, Any]) -> Block:
    match part:
        case {"type": "text", "text": str(text)} | {"type": "refusal", "refusal": str(text)}:
            return {"type": "text", "text": text}
        case {"type": "image_url", "image_url": {"url": str(url)}}:
            return {"type": "image", "source": _inline(url) or {"type": "url", "url": url}}
        case {"type": "file", "file": {"file_data": str(url), **more}} if source := _inline(url):
            named = {"title": more["filename"]} if isinstance(more.get("filename"), str) else {}
            return {"type": "document", "source": source, **named}
        case _:
            kind = part.get("type")
            return {"type": kind if isinstance(kind, str) else "unknown"}


def _write_part(block: Block) -> dict[str, Any]:
    match block:
        case {"type": "text", "text": text}:
            return {"type": "text", "text": text}
        case {"type": "image", "source": {"type": "url", "url": url}}:
            return {"type": "image_url", "image_url": {"url": url}}
        case {"type": "image", "source": {"media_type": kind, "data": data}}:
            return {"type": "image_url", "image_url": {"url": f"data:{kind};base64,{data}"}}
        case {"type": "document", "source": {"media_type": kind, "data": data}}:
            named = {"filename": block["title"]} if block.get("title") else {}
            return {"type": "file", "file": {"file_data": f"data:{kind};base64,{data}", **named}}
        case _:
            return {"type": block.get("type", "unknown")}


def _inline(url: str) -> dict[str, Any] | None:
    found = _DATA_URL.fullmatch(url)
    return found and {"type": "base64", "media_type": found[1], "data": found[2]}


PART = Piece(
    NAME,
    _read_part,
    _write_part,
    frozenset({"type", "text", "refusal", "image_url", "file"}),
    alien=lambda block: block.keys() == {"type"},
)
"""A part of a content. One that is no text, image or file is a block of its type and no more."""


def _read_call(call: Mapping[str, Any]) -> Block:
    named = call.get("function") or call.get("custom")
    fields = named if isinstance(named, dict) else {}
    ident, name = call.get("id"), fields.get("name")
    return {
        "type": "tool_use",
        "id": ident if isinstance(ident, str) else "",
        "name": name if isinstance(name, str) else "",
        **_input(fields.get("arguments", fields.get("input"))),
    }


def _input(arguments: object) -> dict[str, Any]:
    if isinstance(arguments, dict):
        return {"input": arguments}
    text = arguments if isinstance(arguments, str) else ""
    if arguments == "":  # What some servers send for a tool without parameters.
        return {"input": {}}
    try:
        value = loads(text, once=True)
    except ValueError:
        return {"partial_json": text}
    return {"input": value} if isinstance(value, dict) else {"partial_json": text}


def _write_call(block: Block) -> dict[str, Any]:
    function = {
        "name": block.get("name", ""),
        "arguments": plain(block["input"]) if "input" in block else block.get("partial_json", ""),
    }
    return {"id": block.get("id", ""), "type": "function", "function": function}


CALL = Piece(
    NAME,
    _read_call,
    _write_call,
    frozenset({"id", "type", "function", "custom", "index"}),
    alien=lambda call: "input" not in call,
)
"""A tool call of a reply; the text of a custom tool is no JSON, and so no input."""


def _read_result(message: Mapping[str, Any]) -> Block:
    ident, content = message.get("tool_call_id"), message.get("content")
    if isinstance(content, list):
        parts = [_inside(PART.read(part)) for part in content if isinstance(part, dict)]
        return {"type": "tool_result", "tool_use_id": _text(ident), "content": parts}
    return {"type": "tool_result", "tool_use_id": _text(ident), "content": _text(content)}


def _inside(part: Block) -> Block:
    """A part of a result: what the API has no words for there, only this server takes."""
    return part if sayable(part, inside_result=True) else {**part, "rest": {NAME: {}}}


def _write_result(block: Block) -> dict[str, Any]:
    content = block.get("content", "")
    if isinstance(content, list):
        content = [PART.write(one) for one in content if sayable(one, inside_result=True)]
    return {"role": "tool", "tool_call_id": block.get("tool_use_id", ""), "content": content}


RESULT = Piece(NAME, _read_result, _write_result, frozenset({"role", "tool_call_id", "content"}))
"""A message with one result. Of blocks in it, only text can be said to this API."""


def _read_tool(tool: Mapping[str, Any]) -> Block:
    function: Any = tool.get("function")
    if tool.get("type") != "function" or not isinstance(function, dict):
        return {"type": _text(tool.get("type")) or "unknown"}
    schema = function.get("parameters")
    return {
        "name": _text(function.get("name")),
        **{key: function[key] for key in ("description", "strict") if key in function},
        "input_schema": schema if isinstance(schema, dict) else _ANY_OBJECT,
    }


def _write_tool(block: Block) -> dict[str, Any]:
    if "input_schema" not in block:
        return {"type": block.get("type", "unknown")}
    function: dict[str, Any] = {
        "name": block.get("name", ""),
        **{key: block[key] for key in ("description", "strict") if key in block},
        "parameters": block["input_schema"],
    }
    return {"type": "function", "function": function}


TOOL = Piece(
    NAME,
    _read_tool,
    _write_tool,
    frozenset({"type", "function"}),
    alien=lambda tool: "input_schema" not in tool,
)
"""A tool of a request. One that is no function is a block of its type and no more."""


def sayable(block: object, inside_result: bool = False) -> bool:
    """Whether this API has words for a part that is in a content, or inside a result."""
    match block:
        case {"rest": {"chat": _}}:
            return True
        case {"type": "text", "text": str()}:
            return True
        case {"type": "image", "source": {"type": "url", "url": str()}}:
            return not inside_result
        case {"type": "image" | "document", "source": {"type": "base64"}}:
            return not inside_result
        case _:
            return False


def text_of(block: Block) -> str | None:
    """The text of a block that is nothing else; None for any other."""
    text = block.get("text") if block.get("type") == "text" else None
    return text if isinstance(text, str) and NAME not in block.get("rest", {}) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
