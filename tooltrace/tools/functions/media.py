"""Pictures, documents and blocks as values: what a tool returns, and what a person attaches.

``image(path)`` and ``document(path)`` read a file; a picture of Pillow's is taken as it is. What a
tool returns otherwise stays what it was: a bare ``Path`` is text, no file is uploaded unasked.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tooltrace.core.model.content_blocks import (
    IMAGE_TYPES,
    Block,
    block_problem,
    dimensions,
    media_type,
    text_block,
)
from tooltrace.core.model.request_forms import FORM, as_text
from tooltrace.core.text.sanitize import one_line
from tooltrace.tools.functions.result_json import to_json

__all__ = ["Blocks", "Media", "attached", "content_blocks", "document", "image"]

MOST_BYTES = 32 << 20
"""What is read of one file: no provider takes a request that is larger."""

_PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Media:
    """Bytes with their type: ``Media(data, "image/png")``; ``title`` is what a document is called.

    A picture has one of the four types that the API takes; a document is a PDF, or text.
    """

    data: bytes = field(repr=False)
    media_type: str
    title: str = ""

    def block(self) -> Block:
        """The content block that it is sent as. Raises ValueError for a type nobody takes."""
        if self.media_type.startswith("text/"):
            said: dict[str, Any] = {"type": "text", "media_type": "text/plain"}
            said["data"] = self.data.decode("utf-8", "replace")
        elif self.media_type in (*IMAGE_TYPES, _PDF):
            data = base64.b64encode(self.data).decode()
            said = {"type": "base64", "media_type": self.media_type, "data": data}
        else:
            kinds = ", ".join((*IMAGE_TYPES, _PDF, "text/plain"))
            raise ValueError(f"a model takes {kinds}; this is {one_line(self.media_type)}")
        kind = "image" if self.media_type in IMAGE_TYPES else "document"
        titled = {"title": self.title} if self.title and kind == "document" else {}
        return {"type": kind, "source": said, **titled}


@dataclass(frozen=True, slots=True)
class Blocks:
    """Content blocks as the Messages API shapes them, to be sent as such. Raises ValueError."""

    blocks: Sequence[Block]

    def __post_init__(self) -> None:
        for index, block in enumerate(self.blocks):
            if why := block_problem(block):
                raise ValueError(f"block {index} cannot be sent: {why}")


def image(source: str | Path | bytes) -> Media:
    """A picture, from a file or from its bytes: PNG, JPEG, GIF or WebP.

    Raises ValueError for what is none, OSError for a file that cannot be read.
    """
    data = source if isinstance(source, bytes) else _read(Path(source))
    kind = media_type(data)
    what = _unreadable(data)
    if what is not None or kind not in IMAGE_TYPES:
        where = "" if isinstance(source, bytes) else f"{one_line(str(source))}: "
        what = what or f"not a picture that a model takes: {', '.join(IMAGE_TYPES)}"
        raise ValueError(f"{where}{what}")
    assert kind is not None
    return Media(data, kind)


def document(source: str | Path | bytes, title: str = "") -> Media:
    """A PDF or a text, from a file or from its bytes; ``title`` is the file's name unless given.

    Raises ValueError for what is neither, OSError for a file that cannot be read.
    """
    named = title or ("" if isinstance(source, bytes) else Path(source).name)
    data = source if isinstance(source, bytes) else _read(Path(source))
    if media_type(data) == _PDF:
        return Media(data, _PDF, named)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        what = _unreadable(data) or "no picture that a model takes, no PDF, and no text"
        raise ValueError(f"{one_line(named) or 'these bytes'}: {what}") from error
    return Media(data, "text/plain", named)


def attached(path: Path) -> Block:
    """The block of a file that a person attaches: a picture, or else a document.

    Raises ValueError, OSError.
    """
    data = _read(path)
    if media_type(data) in IMAGE_TYPES:
        return image(path).block()
    return document(data, path.name).block()


def _unreadable(data: bytes) -> str | None:
    """Of a picture that no model takes what it is, and why not; None for anything else."""
    kind, head = media_type(data), data[:16]
    name = "PNG" if b"PNG" in head[:5] else _PICTURES.get(kind or "")
    whole = kind is not None and dimensions(base64.b64encode(data[:96]).decode()) is not None
    if name is not None and (not whole or (name == "PNG" and b"IEND" not in data)):
        return f"a {name} that cannot be read: it is cut off, or damaged at its beginning"
    other = next((named for at, sign, named in _NOT_TAKEN if head[at:].startswith(sign)), None)
    return other and f"{other}, which no model takes: make a PNG, a JPEG or a PDF of it"


_PICTURES = {"image/png": "PNG", "image/gif": "GIF", "image/webp": "WebP"}
"""Those whose size stands at their beginning; a JPEG may have anything before it."""
_NOT_TAKEN = (
    (0, b"BM", "a BMP picture"),
    (0, b"II*\x00", "a TIFF picture"),
    (0, b"MM\x00*", "a TIFF picture"),
    (4, b"ftyphei", "a HEIC picture"),
    (4, b"ftypavif", "an AVIF picture"),
    (0, b"PK\x03\x04", "a ZIP archive, or an office document"),
)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        most = MOST_BYTES >> 20
        raise ValueError(f"{one_line(str(path))}: larger than {most} MB, the most that is sent")
    return data


def content_blocks(value: object, form: int = FORM) -> list[Block] | None:
    """The blocks that a tool's result is sent as; None where it is plain JSON.

    A list counts as blocks when one of its items is a picture, a document or ``Blocks``; what else
    is in it becomes text. Raises ValueError.
    """
    if (made := _blocks(value)) is not None:
        return made
    # A class of one's own may go on without end, and is no list of blocks.
    if type(value) not in (list, tuple) or not isinstance(value, list | tuple):
        return None
    parts = [(item, _blocks(item)) for item in value]
    if all(made is None for _, made in parts):
        return None
    found: list[Block] = []
    for item, made in parts:
        found += [text_block(as_text(to_json(item, form=form), form))] if made is None else made
    return found


def _blocks(value: object) -> list[Block] | None:
    if isinstance(value, Media):
        return [value.block()]
    if isinstance(value, Blocks):
        return [dict(block) for block in value.blocks]
    if type(value).__module__.partition(".")[0] == "PIL" and hasattr(value, "save"):
        return [Media(_png(value), "image/png").block()]
    return None


def _png(picture: Any) -> bytes:
    """A picture of Pillow's as PNG; one in a mode that PNG has no place for becomes RGB."""
    into = io.BytesIO()
    try:
        picture.save(into, "PNG")
    except OSError:
        into = io.BytesIO()
        picture.convert("RGB").save(into, "PNG")
    return into.getvalue()
