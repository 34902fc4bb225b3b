"""``chat``: the conversation as OpenAI's Chat Completions takes it, to be sent as it is.

It is made of the request of the Messages API, whose calls have ids and names that pass already.
Thinking is left out, as there is no place for it. What else the other API does not know, such as
the calls of a server's own tool, stands as JSON in the text. The reply that ended the run is its
last message; one whose calls have no results yet would be refused, and is not there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from tooltrace.core.text.exact_json import DEEPEST, JsonValue, plain, pretty
from tooltrace.formats.branch_data import BranchData
from tooltrace.formats.registry import Exporter
from tooltrace.formats.sound_request import sound_request

__all__ = ["EXPORTER"]

_Block = dict[str, Any]
_Message = dict[str, Any]

_LONGEST_ID = 40
_LONGEST_NAME = 64
_THINKING = ("thinking", "redacted_thinking")


def write(branch: BranchData) -> Iterator[str]:
    """One object with ``model``, ``messages`` and, if there are any, ``tools``."""
    request = sound_request(branch)
    made: _Message = {"model": request["model"], "messages": list(_messages(request))}
    made["messages"] += _last_words(branch)
    if tools := request.get("tools"):
        made["tools"] = [_tool(tool) for tool in tools]
    yield pretty(made, DEEPEST) + "\n"


def _messages(request: dict[str, Any]) -> Iterator[_Message]:
    if system := request.get("system"):
        yield {"role": "system", "content": system}
    for message in request["messages"]:
        role, content = message["role"], message["content"]
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        if role == "assistant":
            yield from _replied(blocks)
        else:
            yield from _said(role, blocks)


def _last_words(branch: BranchData) -> Iterator[_Message]:
    content = (branch.answer or {}).get("content")
    blocks = [b for b in content if isinstance(b, dict)] if isinstance(content, list) else []
    if not any(block.get("type") == "tool_use" for block in blocks):
        yield from _replied(blocks)


def _said(role: str, blocks: Iterable[_Block]) -> Iterator[_Message]:
    """The results first, each a message of its own, then what was said in the same turn."""
    parts: list[_Block] = []
    for block in blocks:
        if block.get("type") == "tool_result":
            yield _result(block)
        else:
            parts.append(_part(block))
    if all(part["type"] == "text" for part in parts):
        text = "\n\n".join(part["text"] for part in parts)
        if text:
            yield {"role": role, "content": text}
    else:
        yield {"role": role, "content": parts}


def _result(block: _Block) -> _Message:
    text = _text(block.get("content"))
    if block.get("is_error") and not text.lower().startswith("error"):
        text = f"Error: {text}"  # There is no other way to say so.
    return {
        "role": "tool",
        "tool_call_id": _cut(block["tool_use_id"], _LONGEST_ID),
        "content": text,
    }


def _replied(blocks: Iterable[_Block]) -> Iterator[_Message]:
    texts: list[str] = []
    calls: list[_Block] = []
    for block in blocks:
        if block.get("type") == "tool_use":
            calls.append(_call(block))
        elif block.get("type") not in _THINKING:
            part = _part(block)
            texts.append(part["text"] if part["type"] == "text" else _json(block))
    texts = [text for text in texts if text.strip()]
    message: _Message = {"role": "assistant", "content": "\n\n".join(texts) or None}
    if calls:
        yield {**message, "tool_calls": calls}
    elif texts:
        yield message


def _call(block: _Block) -> _Block:
    function = {"name": _cut(block["name"], _LONGEST_NAME), "arguments": _json(block["input"])}
    return {"id": _cut(block["id"], _LONGEST_ID), "type": "function", "function": function}


def _tool(tool: _Block) -> _Block:
    function = {"name": _cut(tool["name"], _LONGEST_NAME), "parameters": tool["input_schema"]}
    if "description" in tool:
        function["description"] = tool["description"]
    return {"type": "function", "function": function}


def _part(block: _Block) -> _Block:
    match block:
        case {"type": "text", "text": str(text)}:
            return {"type": "text", "text": text}
        case {
            "type": "image",
            "source": {"type": "base64", "media_type": str(kind), "data": str(data)},
        }:
            return {"type": "image_url", "image_url": {"url": f"data:{kind};base64,{data}"}}
        case {"type": "image", "source": {"type": "url", "url": str(url)}}:
            return {"type": "image_url", "image_url": {"url": url}}
        case _:
            return {"type": "text", "text": _json(block)}


def _text(content: JsonValue) -> str:
    return content if isinstance(content, str) else _json(content)


def _json(value: JsonValue) -> str:
    return plain(value, DEEPEST)


def _cut(name: str, longest: int) -> str:
    """The name itself if it is short enough; else one that no other name is cut to."""
    if len(name) <= longest:
        return name
    digest = hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=8).hexdigest()
    return f"{name[: longest - len(digest) - 1]}_{digest}"


EXPORTER = Exporter(
    "chat",
    ".json",
    write,
    about="the conversation as JSON of OpenAI's Chat Completions",
    needs=("request",),
)
