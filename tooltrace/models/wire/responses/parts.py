"""Parts of a content in the Responses API, and the blocks that they are.

The parts are those of ``openai/types/responses`` in the official Python SDK, 3.57.0:
``input_text``, ``input_image`` and ``input_file`` in what is given, ``output_text`` and ``refusal``
in what a model said. A part of an assistant's may be of the latter two only: the API answers
``input_text`` there with "Invalid value: 'input_text'. Supported values are: 'output_text' and
'refusal'."
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

from tooltrace.models.wire.form import Block
from tooltrace.models.wire.rest import Piece

__all__ = ["NAME", "as_kept", "kept", "own", "read_part", "write_part"]

NAME = "responses"

_KNOWN_BLOCKS = {"text", "image", "document", "thinking", "tool_use", "tool_result"}
_DATA_URL = re.compile(r"data:([\w.+-]+/[\w.+-]+);base64,(.*)", re.DOTALL)


def own(block: Mapping[str, Any]) -> dict[str, Any]:
    """What this protocol keeps of a block beside the form; empty where it keeps nothing."""
    rest = block.get("rest")
    mine = rest.get(NAME) if isinstance(rest, dict) else None
    return mine if isinstance(mine, dict) else {}


def kept(thing: object, place: str) -> Block:
    """A block for what has no other form: the thing as it came, and what it was there."""
    fields = thing if isinstance(thing, dict) else {}
    kind = fields.get("type")
    shown = kind if isinstance(kind, str) and kind not in _KNOWN_BLOCKS else "other"
    more = {"fields": fields} if fields else {"bare": thing}
    return {"type": shown, "rest": {NAME: {"whole": place, **more}}}


def as_kept(block: Mapping[str, Any], place: str) -> list[Any]:
    """What was kept of that place; nothing if the block is of another kind."""
    mine = own(block)
    if mine.get("whole") != place:
        return []
    return [mine["fields"] if "fields" in mine else mine.get("bare")]


def _read_text(part: Mapping[str, Any]) -> Block:
    return {"type": "text", "text": part["refusal" if part["type"] == "refusal" else "text"]}


def _write_input_text(block: Block) -> dict[str, Any]:
    return {"type": "input_text", "text": block.get("text")}


def _write_output_text(block: Block) -> dict[str, Any]:
    return {"type": "output_text", "annotations": [], "text": block.get("text")}


def _read_image(part: Mapping[str, Any]) -> Block:
    return {"type": "image", "source": _source(part.get("image_url"), part.get("file_id"))}


def _write_image(block: Block) -> dict[str, Any]:
    source = block["source"]
    if source["type"] == "file":
        return {"type": "input_image", "detail": "auto", "file_id": source["file_id"]}
    return {"type": "input_image", "detail": "auto", "image_url": _url(source)}


def _read_file(part: Mapping[str, Any]) -> Block:
    source = _source(part.get("file_data") or part.get("file_url"), part.get("file_id"))
    name = part.get("filename")
    titled = {"title": name} if isinstance(name, str) else {}
    return {"type": "document", "source": source, **titled}


def _write_file(block: Block) -> dict[str, Any]:
    source, title = block["source"], block.get("title")
    named = {"filename": title} if isinstance(title, str) else {}
    match source["type"]:
        case "file":
            return {"type": "input_file", "file_id": source["file_id"], **named}
        case "url":
            return {"type": "input_file", "file_url": source["url"], **named}
        case _:
            # Data without a name is refused.
            return {"type": "input_file", "filename": "document", "file_data": _url(source)} | named


def _source(url: object, file: object) -> dict[str, Any]:
    """Where a picture or a file is. Raises ValueError when neither names a place."""
    if isinstance(file, str) and not url:
        return {"type": "file", "file_id": file}
    if not isinstance(url, str):
        raise ValueError("it names no place")
    if data := _DATA_URL.fullmatch(url):
        return {"type": "base64", "media_type": data[1], "data": data[2]}
    return {"type": "url", "url": url}


def _url(source: Mapping[str, Any]) -> str:
    match source["type"]:
        case "url":
            return str(source["url"])
        case "text":
            data = base64.b64encode(source["data"].encode("utf-8", "surrogatepass")).decode()
            return f"data:text/plain;base64,{data}"
        case _:
            return f"data:{source['media_type']};base64,{source['data']}"


_TEXT_KEYS = frozenset({"type", "text", "refusal", "annotations", "logprobs"})
_GIVEN_TEXT = Piece(NAME, _read_text, _write_input_text, _TEXT_KEYS)
_SAID_TEXT = Piece(NAME, _read_text, _write_output_text, _TEXT_KEYS)
_IMAGE = Piece(
    NAME, _read_image, _write_image, frozenset({"type", "image_url", "file_id", "detail"})
)
_FILE = Piece(
    NAME,
    _read_file,
    _write_file,
    frozenset({"type", "file_data", "file_url", "file_id", "filename"}),
)


def read_part(part: Any, role: str) -> Block:
    """The block for a part of a content; one that is not known, or not whole, is kept."""
    match part:
        case {"type": "input_text" | "output_text", "text": str()} | {
            "type": "refusal",
            "refusal": str(),
        }:
            return (_SAID_TEXT if role == "assistant" else _GIVEN_TEXT).read(part)
        case {"type": "input_image" | "input_file" as kind}:
            try:
                return (_IMAGE if kind == "input_image" else _FILE).read(part)
            except ValueError:
                return kept(part, "part")
        case _:
            return kept(part, "part")


def write_part(block: Block, role: str) -> list[Any]:
    """The part for a block, whatever it was read from; nothing where there is none."""
    if whole := as_kept(block, "part"):
        return whole
    match block:
        case {"type": "text", "text": str()}:
            return [(_SAID_TEXT if role == "assistant" else _GIVEN_TEXT).write(block)]
        case {"type": "image", "source": source} if _placed(source) and role != "assistant":
            return [_IMAGE.write(block)]
        case {"type": "document", "source": source} if _placed(source) and role != "assistant":
            return [_FILE.write(block)]
        case _:
            return []


def _placed(source: object) -> bool:
    match source:
        case (
            {"type": "url", "url": str()}
            | {"type": "file", "file_id": str()}
            | {"type": "base64", "media_type": str(), "data": str()}
            | {"type": "text", "data": str()}
        ):
            return True
        case _:
            return False
