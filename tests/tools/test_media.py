"""Pictures, documents and blocks as results: sent as such, and nothing is sent unasked."""

from __future__ import annotations

import asyncio
import base64
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

from tests.models.build import request, user
from tooltrace import Blocks, Media, document, image
from tooltrace.core.model.content_blocks import content_text, dimensions, placeholder
from tooltrace.core.model.events import CallRef, ToolReturned
from tooltrace.core.model.messages import Assistant, Result, Results
from tooltrace.core.model.ports import ToolCall
from tooltrace.models.anthropic.request_body import body
from tooltrace.models.request.turns import MOST_MEDIA
from tooltrace.tools.functions.function import FunctionTool
from tooltrace.tools.functions.function_port import FunctionPort
from tooltrace.tools.functions.media import attached


def png(wide: int = 3, high: int = 2) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)
    rows = b"".join(b"\0" + b"\x7f" * wide for _ in range(high))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


GIF = b"GIF89a" + struct.pack("<HH", 4, 5) + b"\0\0\0"
JPEG = b"\xff\xd8\xff\xe0\0\4ab\xff\xc0\0\x11\x08" + struct.pack(">HH", 6, 7) + b"\3" * 12
WEBP = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\x07\0\0" + b"\x08\0\0"


def called(give: Any) -> ToolReturned:
    def look() -> Any:
        return give

    port = FunctionPort({"look": FunctionTool.build(look)})
    try:
        made = ToolCall(CallRef(1, 0), "look", {}, "key")
        return asyncio.run(port.call(made)).event
    finally:
        port.close()


@pytest.mark.parametrize(
    ("data", "kind", "size"),
    [
        (png(), "png", (3, 2)),
        (GIF, "gif", (4, 5)),
        (JPEG, "jpeg", (7, 6)),
        (WEBP, "webp", (8, 9)),
    ],
)
def test_a_picture_is_known_by_its_bytes_and_shown_with_its_size(
    data: bytes, kind: str, size: tuple[int, int]
) -> None:
    made = image(data)
    assert made.media_type == f"image/{kind}"
    block = made.block()
    assert base64.b64decode(block["source"]["data"]) == data
    assert dimensions(block["source"]["data"]) == size
    assert placeholder(block) == f"[image {kind} {size[0]}×{size[1]}, {len(data)} B]"


def test_what_a_tool_returns_goes_out_as_blocks() -> None:
    came = called(["before", image(png()), {"total": 5}])
    assert came.blocks
    assert [block["type"] for block in came.content] == ["text", "image", "text"]
    result = Result(3, "look", "t", came.content, False, came.blocks)
    reply = Assistant(2, [{"type": "tool_use", "id": "t", "name": "look", "input": {}}])
    sent = body(request(user("Go."), reply, Results((result,))), model="m")["messages"][-1]
    assert sent["content"][0]["content"] == came.content
    assert content_text(came.content) == (
        f'before\n\n[image png 3×2, {len(png())} B]\n\n{{"total":5}}'
    )


@pytest.mark.parametrize(
    "value", [Path("/etc/hostname"), b"\x89PNG\r\n\x1a\n", [{"type": "text", "text": "x"}], "x"]
)
def test_what_is_no_picture_by_its_type_stays_what_it_was(value: Any) -> None:
    assert not called(value).blocks


def test_blocks_are_checked_when_they_are_made() -> None:
    assert called(Blocks([{"type": "text", "text": "x"}])).blocks
    for wrong in ([{"type": "image"}], ["x"], [{"type": "audio"}]):
        with pytest.raises(ValueError, match="block 0 cannot be sent"):
            Blocks(wrong)  # type: ignore[arg-type]


def test_a_type_that_no_model_takes_is_the_tools_failure() -> None:
    came = called(Media(b"x", "audio/wav"))
    assert came.is_error
    assert not came.blocks
    assert "a model takes image/png" in str(came.content)


def test_a_picture_of_pillows_is_sent_as_png() -> None:
    Image = pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    for mode in ("RGB", "RGBA", "L", "CMYK"):
        came = called(Image.new(mode, (3, 2)))
        assert came.blocks
        assert placeholder(came.content[0]).startswith("[image png 3×2, ")


def test_a_picture_goes_whole_or_not_at_all_and_texts_share_the_limit() -> None:
    large = Media(png() + b"\0" * MOST_MEDIA["image"], "image/png").block()
    texts = [{"type": "text", "text": "a" * 40_000}, {"type": "text", "text": "b" * 40_000}]
    result = Result(3, "look", "t", [large, *texts], False, True)
    reply = Assistant(2, [{"type": "tool_use", "id": "t", "name": "look", "input": {}}])
    sent = body(request(user("Go."), reply, Results((result,))), model="m")["messages"][-1]
    first, second, third = sent["content"][0]["content"]
    assert first["text"].endswith("left out: the API takes at most 5 MB]")
    assert second["text"] == "a" * 40_000
    assert "[tooltrace cut 14,464 of 40,000 bytes here]" in third["text"]


def test_an_error_is_text_whatever_it_holds() -> None:
    result = Result(3, "look", "t", [image(png()).block()], True, True)
    reply = Assistant(2, [{"type": "tool_use", "id": "t", "name": "look", "input": {}}])
    sent = body(request(user("Go."), reply, Results((result,))), model="m")["messages"][-1]
    assert sent["content"][0]["content"].startswith("[image png 3×2")


def test_a_file_that_a_person_attaches(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png())
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4")
    (tmp_path / "a.txt").write_text("größe")
    (tmp_path / "a.bin").write_bytes(b"\xff\xfe\x00")
    assert attached(tmp_path / "a.png")["type"] == "image"
    assert attached(tmp_path / "a.pdf")["source"]["media_type"] == "application/pdf"
    text = attached(tmp_path / "a.txt")
    assert (text["title"], text["source"]["data"]) == ("a.txt", "größe")
    with pytest.raises(ValueError, match=r"a\.bin: no picture that a model takes, no PDF"):
        attached(tmp_path / "a.bin")
    with pytest.raises(OSError, match="No such file"):
        attached(tmp_path / "gone")
    assert document(b"x").block()["source"]["type"] == "text"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (png()[:40], "a PNG that cannot be read"),
        (png()[:12], "a PNG that cannot be read"),
        (b"\x89PNG\n\x1a\n\xff" + png()[8:], "a PNG that cannot be read"),
        (b"GIF89a\x01", "a GIF that cannot be read"),
        (b"RIFF\x00\x00\x00\x00WEBPVP9 \xff", "a WebP that cannot be read"),
        (b"BM\xff\x00", "a BMP picture, which no model takes: make a PNG, a JPEG or a PDF of it"),
        (b"\x00\x00\x00\x18ftypheic\xff", "a HEIC picture, which no model takes"),
        (b"PK\x03\x04\xff", "an office document, which no model takes"),
    ],
)
def test_a_picture_that_no_model_could_read_is_called_what_it_is(
    data: bytes, why: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(data)
    with pytest.raises(ValueError, match=f"^a.png: .*{why}|a.png: {why}"):
        attached(file)
    with pytest.raises(ValueError, match=why):
        image(data)
