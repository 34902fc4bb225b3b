"""Pictures as half blocks: sound ones are drawn, and whatever else comes is a sentence."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.test_media import GIF, JPEG, WEBP, png
from tooltrace.tui.pictures import MOST_PIXELS, NotDrawn, half_blocks

Image = pytest.importorskip("PIL.Image", reason="Pillow is not installed")

RED, BLUE, GROUND = (255, 0, 0), (0, 0, 255), (1, 2, 3)


def saved(picture: Any, kind: str, **how: Any) -> bytes:
    into = io.BytesIO()
    picture.save(into, kind, **how)
    return into.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP", "JPEG"])
def test_a_picture_fits_and_keeps_its_shape(kind: str) -> None:
    lines = half_blocks(saved(Image.new("RGB", (400, 200), RED), kind), 40, 30, GROUND)
    assert len(lines) == 10
    for cells in lines:
        assert sum(count for count, _, _ in cells) == 40
        for _, over, under in cells:
            assert all(abs(a - b) < 12 for a, b in zip(over + under, RED + RED, strict=True))


def test_two_pixels_stand_in_a_cell_and_what_is_transparent_shows_the_ground() -> None:
    picture = Image.new("RGBA", (2, 3), (*RED, 255))
    picture.putpixel((0, 1), (*BLUE, 255))
    picture.putpixel((1, 1), (0, 0, 0, 0))
    lines = half_blocks(saved(picture, "PNG"), 40, 30, GROUND)
    assert lines == [[(1, RED, BLUE), (1, RED, GROUND)], [(2, RED, GROUND)]]


@pytest.mark.parametrize("side", [7_000, 30_000])
def test_a_bomb_is_told_by_its_head_and_not_decoded(side: int) -> None:
    bomb = bytearray(png())
    head = struct.pack(">4sIIBBBBB", b"IHDR", side, side, 8, 0, 0, 0, 0)
    bomb[12:33] = head + struct.pack(">I", zlib.crc32(head))
    with pytest.raises(NotDrawn, match=f"is more than {MOST_PIXELS:,} pixels"):
        half_blocks(bytes(bomb), 40, 30, GROUND)


@pytest.mark.parametrize("data", [b"", b"x", GIF, JPEG, WEBP, png()[:40], b"%PDF-1.4"])
def test_what_is_broken_is_a_sentence(data: bytes) -> None:
    with pytest.raises(NotDrawn, match="not drawn"):
        half_blocks(data, 40, 30, GROUND)


def test_a_format_that_no_model_takes_is_not_decoded() -> None:
    with pytest.raises(NotDrawn, match="not drawn"):
        half_blocks(saved(Image.new("RGB", (4, 4)), "TIFF"), 40, 30, GROUND)


SOUND = [saved(Image.new("RGB", (20, 20), RED), kind) for kind in ("PNG", "GIF", "WEBP", "JPEG")]


@given(st.sampled_from(SOUND), st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=3))))
def test_no_damage_raises_anything_else(data: bytes, damage: list[tuple[int, bytes]]) -> None:
    broken = bytearray(data)
    for at, put in damage:
        place = at % len(broken)
        broken[place : place + len(put)] = put
    try:
        lines = half_blocks(bytes(broken), 10, 5, GROUND)
    except NotDrawn as error:
        assert str(error)
    else:
        assert len(lines) <= 5
