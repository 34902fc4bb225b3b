"""Blocks of the Messages API, as they stand in a form that may come from elsewhere.

One of this API is the same in both, but for a field that is called ``rest`` here and means ours in
the form. One of another protocol is written where this API has its like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tooltrace.core.text.sanitize import clip, one_line
from tooltrace.models.wire.form import Block
from tooltrace.models.wire.rest import left_out

__all__ = ["came", "reply_came", "reply_sent", "sent", "unsaid"]

_NAME = "messages"
_TYPES = frozenset({"text", "image", "document", "thinking", "tool_use", "tool_result", "message"})


def came(block: Block) -> Block:
    """A block, a tool or a reply in the form; the same object where there is nothing to change."""
    block = _inside(block, came)
    if "rest" not in block:
        return block
    return {**block, "rest": {_NAME: {"fields": {"rest": block["rest"]}}}}


def sent(block: Block) -> Block | None:
    """The block as this API has it; None for one that it has no like of."""
    if _alien(block):
        return None
    block = _inside(block, sent)
    if "rest" not in block:
        return block
    made = {key: value for key, value in block.items() if key != "rest"}
    if _textual(block):
        made["input"] = {}
        del made["partial_json"]
    made |= block["rest"].get(_NAME, {}).get("fields", {})
    return made


def reply_came(message: dict[str, Any]) -> dict[str, Any]:
    """A reply in the form: its blocks, and its ``usage``, which is no block."""
    message, usage = came(message), message.get("usage")
    if not isinstance(usage, dict) or "rest" not in usage:
        return message
    return {**message, "usage": came(usage)}


def reply_sent(reply: dict[str, Any]) -> dict[str, Any]:
    """The reply as this API has it."""
    body, usage = sent(reply) or {}, reply.get("usage")
    if not isinstance(usage, dict) or "rest" not in usage:
        return body
    return {**body, "usage": sent(usage)}


def unsaid(blocks: Iterable[Block], place: str) -> list[str]:
    """What of these blocks the API has no words for, one line each."""
    lines: list[str] = []
    for index, block in enumerate(blocks):
        where = f"{place}[{index}]"
        if _alien(block):
            kind = clip(one_line(str(block.get("type"))), 60)
            lines.append(f"{where}: {'thinking, unsigned' if kind == 'thinking' else kind}")
            continue
        if _textual(block):
            lines.append(f"{where}: arguments that are no JSON object")
        lines += left_out(block.get("rest", {}), _NAME, where)
        content = block.get("content")
        if isinstance(content, list):
            inner = [one for one in content if isinstance(one, dict)]
            lines += unsaid(inner, f"{where}.content")
    return lines


def _inside(block: Block, change: Callable[[Block], Block | None]) -> Block:
    """The block with each block in its content changed, or left out where that gives none."""
    content = block.get("content")
    if not isinstance(content, list):
        return block
    pairs = [(one, change(one) if isinstance(one, dict) else one) for one in content]
    if all(a is b for a, b in pairs):
        return block
    return {**block, "content": [b for a, b in pairs if a is None or b is not None]}


def _foreign(block: Block) -> bool:
    """Whether a block comes from another protocol."""
    rest: dict[str, Any] = block.get("rest", {})
    return bool(rest) and _NAME not in rest


def _alien(block: Block) -> bool:
    if not _foreign(block):
        return False
    if block.get("type") == "thinking":
        return not block.get("signature")
    return block.get("type") not in _TYPES and "input_schema" not in block


def _textual(block: Block) -> bool:
    return _foreign(block) and "input" not in block and "partial_json" in block
