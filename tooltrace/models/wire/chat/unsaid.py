"""What Chat Completions has no words for, of a request that came in another protocol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tooltrace.core.text.sanitize import clip, one_line
from tooltrace.models.wire.chat.content import NAME, sayable
from tooltrace.models.wire.form import Block, WireRequest
from tooltrace.models.wire.rest import left_out

__all__ = ["unsaid"]

_FIELDS = {
    "text": {"text"},
    "image": {"source"},
    "document": {"source", "title"},
    "thinking": {"thinking"},
    "tool_use": {"id", "name", "input", "partial_json"},
    "tool_result": {"tool_use_id", "content", "is_error"},
}
_TOOL = {"name", "description", "input_schema", "strict", "type"}


def unsaid(request: WireRequest) -> list[str]:
    """One line each."""
    lines = left_out(request.rest, NAME, "the request")
    for index, block in enumerate(request.system):
        lines += _part(block, f"system[{index}]")
    for index, tool in enumerate(request.tools):
        lines += _tool(tool, f"tools[{index}]")
    for index, message in enumerate(request.messages):
        place = f"messages[{index}]"
        lines += left_out(message.rest, NAME, place)
        for number, block in enumerate(message.content):
            lines += _block(block, f"{place}.content[{number}]")
        if (ranks := list(_ranks(message.content))) != sorted(ranks):
            lines.append(f"{place}: the order of its blocks")
    return lines


def _ranks(content: Iterable[Block]) -> Iterator[int]:
    """Where each block stands in a message of this API: results, thinking, text, calls."""
    for block in content:
        match block.get("type"):
            case "tool_result":
                yield 0
            case "thinking":
                yield 1
            case "tool_use":
                yield 3
            case _:
                yield 2


def _block(block: Block, place: str) -> list[str]:
    match block:
        case {"type": "thinking"}:
            # What was signed for one protocol is nothing to another.
            return [] if NAME in block.get("rest", {}) else [f"{place}: thinking"]
        case {"type": "tool_use"}:
            return _more(block, place)
        case {"type": "tool_result"}:
            lines = _more(block, place)
            if block.get("is_error"):
                lines.append(f"{place}: that it is an error")
            content = block.get("content")
            for index, inner in enumerate(content if isinstance(content, list) else ()):
                lines += _part(inner, f"{place}.content[{index}]", inside_result=True)
            return lines
        case _:
            return _part(block, place)


def _part(block: Block, place: str, inside_result: bool = False) -> list[str]:
    if sayable(block, inside_result):
        return _more(block, place)
    return [f"{place}: {_shown(block.get('type'))}"]


def _tool(tool: Block, place: str) -> list[str]:
    if NAME in tool.get("rest", {}):
        return []
    if "input_schema" not in tool:
        return [f"{place}: {_shown(tool.get('type'))}"]
    return _named([key for key in tool if key not in _TOOL], tool, place)


def _more(block: Block, place: str) -> list[str]:
    known = _FIELDS.get(block.get("type", ""))
    more = [key for key in block if known and key not in known and key != "type"]
    return _named(more, block, place)


def _named(more: Iterable[str], block: Block, place: str) -> list[str]:
    fields = ", ".join(_shown(key) for key in more if key != "rest")
    lines = left_out(block.get("rest", {}), NAME, place)
    return [*lines, f"{place}: {fields}"] if fields else lines


def _shown(value: object) -> str:
    return clip(one_line(str(value)), 60)
