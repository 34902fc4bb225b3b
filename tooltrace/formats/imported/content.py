"""Content as other programs write it, made into blocks that a session can hold and go on from.

What has no place in them is kept as it came: a block of a type that is not known passes, and what
is no block at all stands as JSON in a text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tooltrace.core.text.exact_json import DEEPEST, JsonValue, loads, plain

__all__ = ["arguments_of", "as_reply", "as_text", "result_content", "said_content"]

_STOPS = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "toolUse": "tool_use",
    "function_call": "tool_use",
    "content_filter": "refusal",
}


def as_text(value: JsonValue) -> str:
    """A value as text: text as it is, nothing for None, anything else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else plain(value, DEEPEST)


def arguments_of(value: object) -> dict[str, Any]:
    """What a call was made with: an object, or JSON of one; anything else under ``arguments``."""
    if isinstance(value, dict):
        return value
    if value is None or value == "":
        return {}
    if isinstance(value, str):
        try:
            found = loads(value)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict):
            return found
    return {"arguments": value}


def as_reply(
    content: list[Any], ident: str, model: str, stop: str | None, usage: Mapping[str, Any] | None
) -> dict[str, Any]:
    """A reply that can be folded and sent back; why it stopped is made up where nobody said it."""
    blocks = [_block(block) for block in content]
    calls = any(block["type"] == "tool_use" for block in blocks)
    said = _STOPS.get(stop or "", stop)
    if not said or (calls and said == "end_turn"):
        said = "tool_use" if calls else "end_turn"
    if said == "tool_use" and not calls:
        said = "end_turn"
    reply: dict[str, Any] = {
        "id": ident,
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": blocks,
        "stop_reason": said,
    }
    return {**reply, "usage": dict(usage)} if usage is not None else reply


def _block(block: Any) -> dict[str, Any]:
    match block:
        case {"type": "tool_use"}:
            name, ident = block.get("name"), block.get("id")
            return {
                **{key: value for key, value in block.items() if key != "partial_json"},
                "id": ident if isinstance(ident, str) else "",
                "name": name if isinstance(name, str) and name else "unknown",
                "input": arguments_of(block.get("input", block.get("partial_json"))),
            }
        case {"type": "text", "text": str()} | {"type": "thinking", "thinking": str()}:
            return dict(block)
        case {"type": str(kind)} if kind not in ("text", "thinking"):
            return dict(block)
        case _:
            return {"type": "text", "text": as_text(block)}


def result_content(content: object) -> tuple[JsonValue, bool]:
    """What a tool gave, and whether it is a list of content blocks."""
    if not isinstance(content, list) or not content:
        return ("" if content is None else content), False
    if all(isinstance(block, dict) and isinstance(block.get("type"), str) for block in content):
        one = content[0]
        if len(content) == 1 and one.keys() == {"type", "text"} and one["type"] == "text":
            return as_text(one["text"]), False
        return content, True
    return content, False


def said_content(content: object) -> tuple[str, list[dict[str, Any]]]:
    """What a person said as text, and as blocks where it is more than text."""
    if not isinstance(content, list):
        return as_text(content), []
    blocks = [_block(block) for block in content]
    texts = [block["text"] for block in blocks if block["type"] == "text"]
    if len(blocks) == len(texts) == 1 and blocks[0].keys() == {"type", "text"}:
        return texts[0], []
    return "\n\n".join(texts), blocks
