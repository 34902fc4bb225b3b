"""What a protocol has no place for, told in words in its place, so that a model misses nothing.

A picture or a document goes whole, or is named as left out. A search result, and a document that is
text, go as text. A result that is an error says so: these protocols have no mark for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from tooltrace.core.model.content_blocks import content_text, placeholder, text_block
from tooltrace.models.wire.form import Block, WireMessage, WireRequest

__all__ = ["Sayable", "left_out", "told_plainly"]

Sayable = Callable[[Block, bool], bool]
"""Whether a block has a place in a user's message, or, if that is so, inside a result."""


def told_plainly(request: WireRequest, sayable: Sayable) -> WireRequest:
    """The request with words in the place of each block of a user's that has none."""
    return replace(request, messages=[_message(one, sayable) for one in request.messages])


def left_out(request: WireRequest, sayable: Sayable) -> list[str]:
    """What goes as no more than its name, one line for each."""
    lines = []
    for message in request.messages:
        if message.role == "user":
            for block, inside in _leaves(message.content):
                if _text(block, sayable, inside) is None:
                    lines.append(f"{placeholder(block)}{' in a result' if inside else ''}")
    return lines


def _leaves(content: list[Block]) -> list[tuple[Block, bool]]:
    found = []
    for block in content:
        inner = block.get("content")
        if block.get("type") != "tool_result":
            found.append((block, False))
        elif isinstance(inner, list):
            found += [(one, True) for one in inner]
    return found


def _message(message: WireMessage, sayable: Sayable) -> WireMessage:
    if message.role != "user":
        return message
    return replace(message, content=[_block(block, sayable) for block in message.content])


def _block(block: Block, sayable: Sayable) -> Block:
    if block.get("type") != "tool_result":
        return _told(block, sayable, inside=False)
    content: Any = block.get("content", "")
    if isinstance(content, list):
        parts = [_told(one, sayable, inside=True) for one in content]
        texts = [part["text"] for part in parts if part.get("type") == "text"]
        # Servers differ in what they take as a list; text alone needs none.
        content = "\n\n".join(texts) if len(texts) == len(parts) else parts
    if block.get("is_error") and isinstance(content, str):
        content = content if content.lower().startswith("error") else f"Error: {content}"
    return {"type": "tool_result", "tool_use_id": block.get("tool_use_id", ""), "content": content}


def _told(block: Block, sayable: Sayable, *, inside: bool) -> Block:
    text = _text(block, sayable, inside)
    if text == "":
        return block
    return text_block(f"{placeholder(block)[:-1]}, left out]" if text is None else text)


def _text(block: Block, sayable: Sayable, inside: bool) -> str | None:
    """The block as text; empty where it goes as it is, None where only its name can be told."""
    if sayable(block, inside):
        return ""
    match block:
        case {"type": "search_result", "content": list() as content}:
            named = [block.get("title"), block.get("source"), content_text(content)]
            return "\n".join(one for one in named if isinstance(one, str) and one) or None
        case {"type": "document", "source": {"type": "text", "data": str() as data}}:
            title = block.get("title")
            return f"{title}\n\n{data}" if isinstance(title, str) and title else data
        case {"type": "document", "source": {"type": "content", "content": content}}:
            return (content if isinstance(content, str) else content_text(content)) or None
        case _:
            return None
