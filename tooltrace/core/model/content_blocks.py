"""Content blocks: what a person says and what a tool gives, where that is more than text.

A block is plain JSON as the Messages API shapes it: ``text``, ``image``, ``document`` or
``search_result`` (https://docs.claude.com/en/api/messages). Bytes stand in it as base64.
"""

from __future__ import annotations

import base64
import binascii
import struct
from typing import Any

from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.sanitize import clip, one_line

__all__ = [
    "BLOCK_KINDS",
    "IMAGE_TYPES",
    "MEDIA_KINDS",
    "Block",
    "block_problem",
    "bytes_words",
    "content_text",
    "content_texts",
    "dimensions",
    "media_type",
    "placeholder",
    "text_block",
]

Block = dict[str, Any]

MEDIA_KINDS = ("image", "document", "search_result")
BLOCK_KINDS = ("text", *MEDIA_KINDS)
IMAGE_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")
"""What the API takes as a picture."""

_SIGNS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)


def text_block(text: str) -> Block:
    """A block of text."""
    return {"type": "text", "text": text}


def media_type(data: bytes) -> str | None:
    """What bytes are by how they begin: a picture the API takes or a PDF; None for others."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for sign, kind in _SIGNS if data.startswith(sign)), None)


def block_problem(block: JsonValue) -> str | None:
    """Why a value is no block that can be sent; None when it is one."""
    if not isinstance(block, dict) or not isinstance(block.get("type"), str):
        return "it is no object with a type"
    kind = block["type"]
    if kind == "text":
        return None if isinstance(block.get("text"), str) else "a text block has its text in text"
    if kind in ("image", "document"):
        return _source_problem(kind, block.get("source"))
    if kind == "search_result":
        good = isinstance(block.get("source"), str) and isinstance(block.get("content"), list)
        return None if good else "a search_result has a source and a list of text blocks in content"
    return f"{clip(one_line(kind), 40)} is none of {', '.join(BLOCK_KINDS)}"


def _source_problem(kind: str, source: JsonValue) -> str | None:
    if not isinstance(source, dict):
        return f"the {kind} has no source"
    match source.get("type"):
        case "base64":
            data, media = source.get("data"), source.get("media_type")
            if not isinstance(data, str) or not isinstance(media, str):
                return f"the {kind} has no data with its media_type"
            if kind == "image" and media not in IMAGE_TYPES:
                return f"{clip(one_line(media), 40)} is none of {', '.join(IMAGE_TYPES)}"
            try:
                base64.b64decode(data, validate=True)
            except (binascii.Error, ValueError):
                return f"the data of the {kind} is not base64"
            return None
        case "url":
            return None if isinstance(source.get("url"), str) else f"the {kind} has no url"
        case "file":
            return None if isinstance(source.get("file_id"), str) else f"the {kind} has no file_id"
        case "text" | "content" if kind == "document":
            return None
        case _:
            return f"the source of the {kind} has no type that is known"


def content_texts(content: object) -> list[str]:
    """Each block as text: its own, or what stands for it."""
    blocks = content if isinstance(content, list) else []
    return [_text(block) for block in blocks]


def content_text(content: object) -> str:
    """The blocks as one text, paragraphs apart."""
    return "\n\n".join(text for text in content_texts(content) if text.strip())


def _text(block: object) -> str:
    if isinstance(block, dict) and block.get("type") == "text":
        text = block.get("text")
        return text if isinstance(text, str) else ""
    return placeholder(block)


def placeholder(block: object) -> str:
    """What stands for a block that is no text: ``[image png 640×480, 12.3 kB]``."""
    if not isinstance(block, dict):
        return "[block]"
    kind = block.get("type")
    name = clip(one_line(kind), 40) if isinstance(kind, str) else "block"
    title = block.get("title")
    called = f" {clip(one_line(title), 60)}" if isinstance(title, str) and title else ""
    source = block.get("source")
    if not isinstance(source, dict):
        where = f" {clip(one_line(source), 80)}" if isinstance(source, str) else ""
        return f"[{name}{called}{where}]"
    data = source.get("data")
    if source.get("type") == "text" and isinstance(data, str):
        return f"[{name}{called} text, {bytes_words(len(data.encode('utf-8', 'replace')))}]"
    if source.get("type") != "base64" or not isinstance(data, str):
        named = source.get("url") or source.get("file_id") or source.get("type") or ""
        return f"[{name}{called} {clip(one_line(str(named)), 80)}]"
    kind_of = clip(one_line(str(source.get("media_type"))).rpartition("/")[2], 40)
    size = len(data) * 3 // 4 - data[-2:].count("=")
    shape = dimensions(data)
    of = f" {shape[0]}×{shape[1]}" if shape else ""
    return f"[{name}{called} {kind_of}{of}, {bytes_words(size)}]"


def bytes_words(size: int) -> str:
    """A size for people: ``812 B``, ``12.3 kB``, ``4.0 MB``."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def dimensions(data: str) -> tuple[int, int] | None:
    """Width and height of a picture in pixels, read off the head of its base64; None if unknown."""
    try:
        raw = base64.b64decode(data[:64])
        if media_type(raw) == "image/jpeg":
            # 64 kB of a JPEG hold what an EXIF block can put before its size.
            raw = base64.b64decode(data[: 4 * 22_000])
    except (binascii.Error, ValueError):
        return None
    try:
        return _dimensions(raw)
    except (struct.error, IndexError):
        return None


def _dimensions(raw: bytes) -> tuple[int, int] | None:
    match media_type(raw):
        case "image/png":
            return struct.unpack(">II", raw[16:24])
        case "image/gif":
            return struct.unpack("<HH", raw[6:10])
        case "image/webp":
            return _webp(raw)
        case "image/jpeg":
            return _jpeg(raw)
        case _:
            return None


def _webp(raw: bytes) -> tuple[int, int] | None:
    if raw[12:16] == b"VP8X":
        wide, high = raw[24:27], raw[27:30]
        return int.from_bytes(wide, "little") + 1, int.from_bytes(high, "little") + 1
    if raw[12:16] == b"VP8L":
        bits = int.from_bytes(raw[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if raw[12:16] == b"VP8 ":
        wide, high = struct.unpack("<HH", raw[26:30])
        return wide & 0x3FFF, high & 0x3FFF
    return None


def _jpeg(raw: bytes) -> tuple[int, int] | None:
    at = 2
    while raw[at] == 0xFF:
        marker = raw[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            high, wide = struct.unpack(">HH", raw[at + 5 : at + 9])
            return wide, high
        at += 2 + int(struct.unpack(">H", raw[at + 2 : at + 4])[0])
    return None
