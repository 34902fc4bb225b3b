"""Messages of the Messages API as those of OpenTelemetry's GenAI conventions.

Their shapes are the JSON schemas of the conventions (``gen-ai-input-messages.json``,
``gen-ai-output-messages.json``): a role, and parts that each have a ``type``. A result is said by
the role ``tool`` and has a message of its own. What the schemas have no part for stays as it is,
which they allow (``GenericPart``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tooltrace.core.model.reply import blocks, stop
from tooltrace.core.text.exact_json import JsonValue

__all__ = ["input_messages", "instructions", "output_message"]

_Block = dict[str, Any]

_REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "tool_use": "tool_call",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "content_filter",
}
_MODALITIES = {"image": "image", "audio": "audio", "video": "video"}


def input_messages(messages: Iterable[_Block]) -> Iterator[_Block]:
    """The conversation of a request, message by message."""
    for message in messages:
        role = str(message.get("role") or "user")
        parts = _blocks(message.get("content"))
        results = [_part(block) for block in parts if block.get("type") == "tool_result"]
        others = [_part(block) for block in parts if block.get("type") != "tool_result"]
        if results:
            yield {"role": "tool", "parts": results}
        if others:
            yield {"role": role, "parts": others}


def output_message(reply: _Block) -> _Block:
    """A reply as the one message that it is."""
    reason = stop(reply)
    return {
        "role": "assistant",
        "parts": [_part(block) for block in blocks(reply)],
        "finish_reason": _REASONS.get(str(reason), "error" if reason is None else str(reason)),
    }


def instructions(system: JsonValue) -> list[_Block]:
    """A system prompt, text or blocks, as parts."""
    return [_part(block) for block in _blocks(system)]


def _blocks(content: JsonValue) -> list[_Block]:
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [block for block in content or () if isinstance(block, dict)]


def _part(block: _Block) -> _Block:
    match block:
        case {"type": "text", "text": str(text)}:
            return {"type": "text", "content": text}
        case {"type": "thinking", "thinking": str(text)}:
            return {"type": "reasoning", "content": text}
        case {"type": "tool_use", "name": str(name)}:
            call = {"type": "tool_call", "id": block.get("id"), "name": name}
            return {**call, "arguments": block.get("input")}
        case {"type": "tool_result"}:
            came = block.get("content")
            failed = {"is_error": True} if block.get("is_error") else {}
            answered = {"type": "tool_call_response", "id": block.get("tool_use_id")}
            return {**answered, "response": came, **failed}
        case {"type": "image" | "document", "source": {"type": "base64", "data": str(data)}}:
            kind = str(block["source"].get("media_type") or "")
            return {"type": "blob", **_media(kind), "content": data}
        case {"type": "image" | "document", "source": {"type": "url", "url": str(url)}}:
            modality = "image" if block["type"] == "image" else "document"
            return {"type": "uri", "modality": modality, "uri": url}
        case {"type": str()}:
            return block
        case _:
            return {**block, "type": "unknown"}


def _media(kind: str) -> _Block:
    return {"mime_type": kind, "modality": _MODALITIES.get(kind.partition("/")[0], "document")}
