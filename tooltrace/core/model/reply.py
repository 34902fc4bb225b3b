"""What a recorded reply says. The keys of the Messages API in it are read here, and judged in
``fold/reply_check``.

Total: a reply is whatever a server sent. What is not there, or is not what it should be, is left
out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tooltrace.core.text.exact_json import JsonValue

__all__ = [
    "arguments",
    "blocks",
    "call_at",
    "calls",
    "is_call",
    "stop",
    "stop_details",
    "text",
    "thinking",
    "tool_name",
    "usage",
]

Reply = Mapping[str, Any]
Block = dict[str, Any]

_THOUGHT = ("thinking", "redacted_thinking")


def blocks(reply: Reply | None) -> list[Block]:
    """The content blocks of a reply, in order."""
    content = reply.get("content") if reply else None
    if not isinstance(content, list):
        return []
    return [block for block in content if isinstance(block, dict)]


def is_call(block: Block) -> bool:
    """Whether a block calls a tool of ours."""
    return block.get("type") == "tool_use"


def calls(reply: Reply | None) -> list[Block]:
    """The blocks that call a tool, in order: their places are those of ``CallRef.index``."""
    return [block for block in blocks(reply) if is_call(block)]


def call_at(reply: Reply | None, index: int) -> Block | None:
    """The call at a place; None where there is none."""
    found = calls(reply)
    return found[index] if 0 <= index < len(found) else None


def tool_name(call: Block) -> str:
    """The name that a call is made with; empty where it has none."""
    name = call.get("name")
    return name if isinstance(name, str) else ""


def arguments(call: Block) -> JsonValue:
    """What a tool is called with; None where it is not known."""
    return call.get("input")


def text(reply: Reply | None) -> list[str]:
    """What a reply says, a text for each block that has one."""
    texts = (block.get("text") for block in blocks(reply) if block.get("type") == "text")
    return [one for one in texts if isinstance(one, str) and one]


def thinking(reply: Reply | None) -> list[Block]:
    """The blocks of what was thought before, also those that the API keeps to itself.

    What came in another protocol is none of them: it is never sent to that API again.
    """
    return [
        block
        for block in blocks(reply)
        if block.get("type") in _THOUGHT and not _other_protocol(block)
    ]


def _other_protocol(block: Block) -> bool:
    """Whether a block has what only other protocols say (``models/wire/form.py``), and no more."""
    rest = block.get("rest")
    return isinstance(rest, dict) and bool(rest) and "messages" not in rest


def stop(reply: Reply) -> JsonValue:
    """Why a reply stopped, as it came (see ``stop_reasons``)."""
    return reply.get("stop_reason")


def stop_details(reply: Reply) -> dict[str, Any]:
    """What a refusal says of itself; empty where it says nothing."""
    details = reply.get("stop_details")
    return details if isinstance(details, dict) else {}


def usage(reply: Reply | None) -> dict[str, Any] | None:
    """What the reply used, as the server counted it; None where it did not."""
    told = reply.get("usage") if reply else None
    return told if isinstance(told, dict) else None
