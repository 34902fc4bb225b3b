"""A content block to read: its facts in a line, and its text where it has one."""

from __future__ import annotations

from tooltrace.core.model.block_data import block_bytes, media_kind
from tooltrace.core.model.content_blocks import Block, content_text, media_type

__all__ = ["block_facts", "block_text"]


def block_text(block: Block) -> str | None:
    """The text of a block: its own, a document's, a search result's, an address; None for bytes."""
    source = block.get("source")
    if block.get("type") == "text":
        text = block.get("text")
        return text if isinstance(text, str) else ""
    if block.get("type") == "search_result":
        said = [part for part in (block.get("title"), source) if isinstance(part, str)]
        return "\n".join([*said, "", content_text(block.get("content"))]).strip()
    if not isinstance(source, dict):
        return None
    match source.get("type"):
        case "text":
            data = source.get("data")
            return data if isinstance(data, str) else ""
        case "url" | "file":
            return str(source.get("url") or source.get("file_id") or "")
        case "content":
            inner = source.get("content")
            return inner if isinstance(inner, str) else content_text(inner)
        case _:
            return None


def block_facts(block: Block) -> str:
    """What its bytes are said to be, and what they are where that is something else."""
    said, data = media_kind(block), block_bytes(block)
    if data is None:
        return said
    source = block.get("source")
    if isinstance(source, dict) and source.get("type") == "text":
        return f"{said} · {len(data):,} bytes"
    real = media_type(data)
    but = "" if real == said else f", but its bytes are {real or 'no picture and no PDF'}"
    return f"{said}{but} · {len(data):,} bytes"
