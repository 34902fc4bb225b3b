"""A line that the quick decoder takes is what the exact one makes of it."""

from __future__ import annotations

from pathlib import Path

from scripts.record import SESSIONS
from tooltrace.store.lines import _decode_exactly, decode_fast

OLD = Path(__file__).parents[1] / "old"


def test_both_decoders_agree_on_every_line_that_both_take() -> None:
    files = [*SESSIONS.glob("demo-*.jsonl"), *OLD.glob("*.jsonl")]
    lines = [line for file in files for line in file.read_bytes().splitlines()]
    quick = [(line, found) for line in lines if (found := decode_fast(line)) is not None]
    assert len(quick) > len(lines) * 0.8
    for line, found in quick:
        assert _decode_exactly(line, None) == found, line


def test_the_quick_decoder_leaves_what_it_could_not_keep() -> None:
    (file, *_) = sorted(SESSIONS.glob("demo-*.jsonl"))
    line = next(one for one in file.read_bytes().splitlines() if b'"user_said"' in one)
    assert decode_fast(line) is not None
    for other in (
        line.replace(b'"event":{', b'"event":{"unknown":1,'),
        line.replace(b'"id":2', b'"id":3'),
        line + b" ",
        line[:-1],
    ):
        assert decode_fast(other) is None, other
