"""Messages of a page, and what is none."""

from __future__ import annotations

import json

import pytest

from tooltrace.cli.serve.browser_message import (
    BadMessage,
    Focus,
    Ping,
    Resize,
    Typed,
    message,
    size_within,
)


def test_what_a_page_says() -> None:
    assert message('["stdin", "n"]') == Typed("n")
    assert message('["resize", {"width": 100, "height": 30}]') == Resize(100, 30)
    assert message('["ping", "1764352800000"]') == Ping("1764352800000")
    assert [message('["focus"]'), message('["blur"]')] == [Focus(True), Focus(False)]


@pytest.mark.parametrize(
    "text",
    [
        *("", "n", "{", "[]", "{}", "null", "7", '"stdin"', '["stdin"]', '["stdin", 7]'),
        *('["stdin", null]', '["stdin", "a", "b"]', '["focus", 1, 2]', "[" * 100_000),
        *('["resize"]', '["resize", {}]', '["resize", [80, 24]]'),
        '["resize", {"width": 1e400, "height": 2}]',
        '["resize", {"width": "80", "height": 24}]',
        '["resize", {"width": 80.5, "height": 24}]',
        f'["resize", {{"width": {"9" * 5000}, "height": 2}}]',
        *('["ping"]', '["ping", {}]', json.dumps(["ping", "1" * 41])),
        *('["quit"]', '["exit", {}]', '["deliver_chunk_request", {}]'),
    ],
    ids=lambda text: text[:30],
)
def test_what_no_page_says(text: str) -> None:
    with pytest.raises(BadMessage):
        message(text)


@pytest.mark.parametrize(
    ("asked", "given"),
    [((100_000, 100_000), (500, 200)), ((0, -5), (1, 1)), ((80, 24), (80, 24))],
)
def test_a_size_is_one_that_can_be_drawn(asked: tuple[int, int], given: tuple[int, int]) -> None:
    assert size_within(*asked) == given
    text = json.dumps(["resize", {"width": asked[0], "height": asked[1]}])
    assert message(text) == Resize(*given)


def test_what_was_typed_is_bytes_whatever_it_is() -> None:
    assert Typed("é\ud800").data == b"\xc3\xa9?"


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("n", ""),
        ("\x1b[<64;10;5M", "\x1b[<64;10;5M"),
        ("\x1b[<65;10;5M\x1b[5~", "\x1b[<65;10;5M\x1b[5~"),
        ("\x1b[A\x1bOB\x1b[H\x1b[F\x1b[6~", "\x1b[A\x1bOB\x1b[H\x1b[F\x1b[6~"),
        ("\x1b[<0;10;5M\x1b[<0;10;5m", ""),
        ("\x1b[<35;10;5M", ""),
        ("\x1b[200~y\x1b[201~", ""),
        ("\x1b[3~\x1b[C\x1b[D\r\x03\x11", ""),
        ("y\x1b[<64;1;1My", "\x1b[<64;1;1M"),
    ],
)
def test_who_watches_can_scroll_alone(typed: str, left: str) -> None:
    assert Typed(typed).scrolling == left
