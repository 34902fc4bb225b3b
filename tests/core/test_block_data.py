"""The bytes of blocks: neither shown nor edited, and told apart all the same."""

from __future__ import annotations

import hashlib

import pytest

from tests.tools.test_media import GIF, png
from tooltrace.core.model.block_data import abridged, block_bytes, is_blocks, put_back, taken_out
from tooltrace.core.model.content_blocks import placeholder, text_block
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.tools.functions.media import document, image

PNG = image(png()).block()
TWO = [text_block("a"), PNG, image(GIF).block()]


def test_size_and_digest_stand_for_bytes() -> None:
    shown = abridged(TWO)
    assert shown[0] == TWO[0]
    digest = hashlib.sha256(png()).hexdigest()[:16]
    assert shown[1]["source"]["data"] == f"[image png 3×2, {len(png())} B] sha256 {digest}"
    assert shown[1]["source"]["media_type"] == "image/png"
    assert abridged({"a": 1}) == {"a": 1}
    other = png() + b"\0"
    assert abridged([image(other).block()]) != abridged([PNG])


def test_references_are_put_back_and_whole_blocks_may_go() -> None:
    value, data = taken_out(TWO)
    assert [block["source"]["data"] for block in value[1:]] == ["$data:1", "$data:2"]
    assert put_back(value, data) == TWO
    assert put_back([{"type": "text", "text": "$data:1"}, value[2]], data) == [
        {"type": "text", "text": "$data:1"},
        TWO[2],
    ]
    failed: JsonValue = {"is_error": True, "content": TWO}
    value, data = taken_out(failed)
    assert len(data) == 2 and put_back(value, data) == failed
    with pytest.raises(ValueError, match=r"there is no \$data:9: there are \$data:1"):
        put_back([{**PNG, "source": {**PNG["source"], "data": "$data:9"}}], data)
    plain: JsonValue = {"rows": [1, 2]}
    assert taken_out(plain) == (plain, {}) and taken_out(plain)[0] is plain


def test_bytes_of_a_block() -> None:
    assert block_bytes(PNG) == png()
    assert block_bytes(document(b"caf\xc3\xa9").block()) == "café".encode()
    assert block_bytes({"type": "image", "source": {"type": "url", "url": "https://x"}}) is None
    wrong = {"type": "base64", "media_type": "image/png", "data": "é"}
    assert block_bytes({"type": "image", "source": wrong}) is None
    assert block_bytes("x") is None


def test_what_is_blocks() -> None:
    assert is_blocks(TWO)
    assert not is_blocks([text_block("a")])
    assert not is_blocks([{"type": "image"}, 1])
    assert not is_blocks("x") and not is_blocks([])


def test_a_document_that_is_text_says_its_size() -> None:
    assert placeholder(document("größe".encode(), "a.txt").block()) == "[document a.txt text, 7 B]"
