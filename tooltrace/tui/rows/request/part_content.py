"""What of a request's part is worth reading: its text where it is text, else its JSON."""

from __future__ import annotations

from tooltrace.core.compare.request_parts import RequestPart
from tooltrace.core.model.content_blocks import placeholder
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.tui.rows.values import brief

__all__ = ["part_brief", "part_contents", "part_label"]

_CALLS = ("tool_use", "server_tool_use", "mcp_tool_use")
_BARE = ({"type", "text"}, {"type", "text", "cache_control"})


def part_label(part: RequestPart) -> str:
    """What a part is called in its section."""
    if part.section == "messages":
        number = part.path[1] if len(part.path) > 1 else 0
        return f"{number} {part.role} {part.name}"
    return part.name or "(no name)"


def part_contents(part: RequestPart) -> list[tuple[str, JsonValue]]:
    """What stands in it, in pieces, each with its name; "" for one that needs none."""
    content = _without_bytes(part.content)
    if not isinstance(content, dict):
        return [("", content)]
    if content.keys() in _BARE:
        return [("", content["text"])]
    if part.section == "tools":
        rest = {key: value for key, value in content.items() if key not in ("name", "description")}
        said = content.get("description")
        pieces = [("", said)] if isinstance(said, str) else []
        return [*pieces, *rest.items()]
    if part.name in _CALLS:
        return [("", {key: value for key, value in content.items() if key != "type"})]
    if part.name == "tool_result":
        rest = {key: value for key, value in content.items() if key not in ("type", "content")}
        return [("", rest), ("", content.get("content"))]
    if part.name == "thinking" and isinstance(content.get("thinking"), str):
        rest = {key: value for key, value in content.items() if key not in ("type", "thinking")}
        return [("", content["thinking"]), *rest.items()]
    return [("", content)]


def part_brief(part: RequestPart, most: int) -> str:
    """The same in at most so many characters of one line."""
    content = _without_bytes(part.content)
    if isinstance(content, dict):
        if part.name in _CALLS:
            return f"{content.get('name')} {brief(content.get('input'), most)}"[:most]
        for key in ("text", "thinking", "description", "content", "input_schema"):
            if key in content:
                content = content[key]
                break
    # A text needs no quotes, and of a long one only the beginning is looked at.
    return content[:most].lstrip() if isinstance(content, str) else brief(content, most)


def _without_bytes(content: JsonValue) -> JsonValue:
    """A block with what stands for a picture or a document in its place; a copy has the bytes."""
    match content:
        case {"type": "image" | "document", "source": {"type": "base64"}}:
            return placeholder(content)
        case {"type": "tool_result", "content": list(blocks)}:
            return {**content, "content": [_without_bytes(block) for block in blocks]}
        case _:
            return content
