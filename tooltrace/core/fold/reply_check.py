"""Check whether a reply can be relied on: acted on, and sent back in the next request.

The same judgement holds for what a model sent and for what a person wrote. Ids and names of calls
are not judged: what the API would refuse in them is made to pass on the way out (see
``sendable_messages``).
"""

from __future__ import annotations

from typing import Any

from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.sanitize import clip, one_line

__all__ = ["broken"]


def broken(reply: JsonValue) -> str | None:
    """Why nothing of a reply may run, in a few words; None when it is whole.

    What it stopped for is another question (``stop_reasons``), but for a call that is not there.
    """
    if not isinstance(reply, dict):
        return "it is not an object"
    content = reply.get("content")
    if not isinstance(content, list):
        return "it has no list of content blocks"
    calls = 0
    for index, block in enumerate(content):
        kind = block.get("type") if isinstance(block, dict) else None
        if not isinstance(kind, str):
            return f"content block {index} has no type"
        if kind == "text" and not isinstance(block.get("text"), str):
            return f"content block {index} (text) has no text"
        if kind == "tool_use":
            calls += 1
            if wrong := _wrong_call(index, block):
                return wrong
    stop_reason = reply.get("stop_reason")
    if not isinstance(stop_reason, str) or not stop_reason:
        return "it has no stop_reason, such as end_turn or tool_use"
    if stop_reason == "tool_use" and not calls:
        return "it stopped for tool_use, but there is no call in it"
    return None


def _wrong_call(index: int, block: dict[str, Any]) -> str | None:
    name = block.get("name")
    if not isinstance(name, str):
        return f"content block {index} (tool_use) has no name"
    if not isinstance(block.get("input"), dict):
        return f"the input of tool call {clip(one_line(name), 60)} is not an object"
    return None
