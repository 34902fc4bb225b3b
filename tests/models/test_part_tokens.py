"""Estimates of parts: they add up to what the server counted."""

from __future__ import annotations

import base64
import struct

from hypothesis import given
from hypothesis import strategies as st

from tooltrace.core.compare.request_parts import request_parts
from tooltrace.models.part_tokens import part_tokens, shared_out

BODY = {
    "model": "m",
    "system": "s" * 400,
    "messages": [{"role": "user", "content": [{"type": "text", "text": "t" * 200}]}],
}


@given(st.integers(0, 10**7), st.lists(st.integers(0, 10**6), min_size=1, max_size=60))
def test_shares_add_up_and_are_off_by_less_than_one(total: int, weights: list[int]) -> None:
    shares = shared_out(total, weights)
    whole = sum(weights)
    assert sum(shares) == (total if whole else 0)
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * whole - total * weight) <= whole


def test_a_setting_has_none_and_text_four_bytes_each() -> None:
    assert part_tokens(request_parts(BODY)) == [None, 100, 50]
    assert part_tokens(request_parts(BODY), 15) == [None, 10, 5]


def test_what_no_model_reads_as_text_weighs_nothing() -> None:
    block = {"type": "thinking", "thinking": "hm, well", "signature": "x" * 4000}
    body = {"messages": [{"role": "assistant", "content": [block]}]}
    assert part_tokens(request_parts(body)) == [2]


def test_a_picture_costs_what_its_size_says_not_its_bytes() -> None:
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 300, 250)
    data = base64.b64encode(head + b"\0" * 400_000).decode()
    source = {"type": "base64", "media_type": "image/png", "data": data}
    image = {"type": "image", "source": source}
    huge = {"type": "image", "source": {**source, "data": data[100:]}}
    pdf = {"type": "document", "source": {**source, "media_type": "application/pdf"}}
    result = {"type": "tool_result", "tool_use_id": "x", "content": [image, {"type": "text"}]}
    body = {"messages": [{"role": "user", "content": [image, huge, pdf, result]}]}
    assert part_tokens(request_parts(body)) == [100, 1600, 10_000, 100]
