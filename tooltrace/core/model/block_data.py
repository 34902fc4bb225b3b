"""The bytes in content blocks: told by size and digest, or taken out for an editor and put back.

In a block they stand as base64 in ``source.data``. Nobody reads that, and megabytes of it neither
belong on a screen nor in an editor.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any

from tooltrace.core.model.content_blocks import BLOCK_KINDS, Block, placeholder
from tooltrace.core.text.exact_json import JsonValue

__all__ = ["abridged", "block_bytes", "is_blocks", "media_kind", "put_back", "taken_out"]

_REF = "$data:"
_MOST_BLOCKS = 1000
"""As many blocks are looked at; a longer list is none that a model is sent."""


def is_blocks(value: object) -> bool:
    """Whether a value is a list of content blocks, one of them more than text."""
    if not isinstance(value, list) or not 0 < len(value) <= _MOST_BLOCKS:
        return False
    kinds = [block.get("type") if isinstance(block, dict) else None for block in value]
    return all(kind in BLOCK_KINDS for kind in kinds) and any(kind != "text" for kind in kinds)


def block_bytes(block: object) -> bytes | None:
    """The bytes of a picture or document, a text's as UTF-8; None where it only refers to them."""
    source = block.get("source") if isinstance(block, dict) else None
    data = source.get("data") if isinstance(source, dict) else None
    if not isinstance(source, dict) or not isinstance(data, str):
        return None
    if source.get("type") == "text":
        return data.encode("utf-8", "replace")
    try:
        return base64.b64decode(data, validate=True) if source.get("type") == "base64" else None
    except (binascii.Error, ValueError):
        return None


def media_kind(block: object) -> str:
    """The media type that a block says its bytes have; empty where it says none."""
    source = block.get("source") if isinstance(block, dict) else None
    kind = source.get("media_type") if isinstance(source, dict) else None
    return kind if isinstance(kind, str) else ""


def abridged(value: JsonValue) -> JsonValue:
    """A list of blocks in which size and digest stand for base64; anything else as it is."""
    return [_abridged(block) for block in value] if _holds_data(value) else value


def _abridged(block: Block) -> Block:
    source = _base64_of(block)
    if source is None:
        return block
    data = block_bytes(block)
    digest = "" if data is None else f" sha256 {hashlib.sha256(data).hexdigest()[:16]}"
    return {**block, "source": {**source, "data": f"{placeholder(block)}{digest}"}}


def _holds_data(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= _MOST_BLOCKS
        and any(_base64_of(block) is not None for block in value)
    )


def _base64_of(block: object) -> dict[str, Any] | None:
    """The source of a block whose bytes stand in it as base64."""
    source = block.get("source") if isinstance(block, dict) else None
    if isinstance(source, dict) and source.get("type") == "base64":
        return source if isinstance(source.get("data"), str) else None
    return None


def taken_out(value: JsonValue) -> tuple[JsonValue, dict[str, str]]:
    """Blocks with a reference such as ``$data:1`` in place of each base64, and what they stand for.

    Blocks are the value itself or its ``content``. Without any the value is the very same.
    """
    data: dict[str, str] = {}
    if isinstance(value, dict) and _holds_data(value.get("content")):
        return {**value, "content": _without(value["content"], data)}, data
    return (_without(value, data) if _holds_data(value) else value), data


def _without(blocks: Any, data: dict[str, str]) -> JsonValue:
    found: list[JsonValue] = []
    for block in blocks:
        source = _base64_of(block)
        if source is not None:
            name = f"{_REF}{len(data) + 1}"
            data[name] = source["data"]
            block = {**block, "source": {**source, "data": name}}
        found.append(block)
    return found


def put_back(value: JsonValue, data: dict[str, str]) -> JsonValue:
    """The value with what its references stand for. Raises ValueError for one that is unknown."""
    if not data:
        return value
    if isinstance(value, dict) and isinstance(value.get("content"), list):
        return {**value, "content": [_with(block, data) for block in value["content"]]}
    return [_with(block, data) for block in value] if isinstance(value, list) else value


def _with(block: Any, data: dict[str, str]) -> Any:
    source = _base64_of(block)
    if source is None or not source["data"].startswith(_REF):
        return block
    if source["data"] not in data:
        raise ValueError(f"there is no {source['data'][:40]}: there are {', '.join(data)}")
    return {**block, "source": {**source, "data": data[source["data"]]}}
