"""Given bytes in any portions, expect the events that came whole."""

from __future__ import annotations

import pytest

from tooltrace.models.wire.sse import EventStream

STREAM = (
    b"\xef\xbb\xbfevent: a\r\ndata: x\r\ndata:  y\r\n\r\n: a comment\ndata:z\nid: 7\nretry: 9\n\n"
    b"event: nothing\n\ndata\n\nevent: b\rdata: \xe2\x9c\x93\r\rdata: \xff\n\nwhat: ever\n\n"
    b"event: cut\ndata: cut"
)
EVENTS = [("a", b"x\n y"), ("", b"z"), ("", b""), ("b", "✓".encode()), ("", b"\xff")]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 1_000])
def test_events_come_whole_wherever_they_are_cut(size: int) -> None:
    stream = EventStream()
    portions = [STREAM[at : at + size] for at in range(0, len(STREAM), size)]
    assert [event for portion in portions for event in stream.feed(portion)] == EVENTS
    assert list(stream.feed(b"")) == []


def test_a_line_feed_after_a_portion_belongs_to_its_carriage_return() -> None:
    stream = EventStream()
    found = [list(stream.feed(part)) for part in (b"data: x\r", b"\n", b"\n", b"\r", b"\n\n")]
    assert found == [[], [], [("", b"x")], [], []]


def test_a_long_line_in_many_portions_is_joined_once() -> None:
    stream = EventStream()
    assert list(stream.feed(b"data: ")) == []
    for _ in range(20_000):
        assert list(stream.feed(b"x" * 50)) == []
    assert list(stream.feed(b"\n\n")) == [("", b"x" * 1_000_000)]
