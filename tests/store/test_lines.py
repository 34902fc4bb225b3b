"""One record, one line, and back: for any record, and for any damage to a line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.store.build import AT, WORKFLOW, root, said
from tooltrace.core.model.events import (
    CallRef,
    ContextEdited,
    ErrorDetail,
    Event,
    ModelReplied,
    Record,
    RunStarted,
    Settings,
    Source,
    ToolReturned,
    Transitioned,
    Unknown,
    UserSaid,
    WorkflowChanged,
)
from tooltrace.store.event_codec import LINE_DEPTH
from tooltrace.store.lines import Damaged, WarnedRecord, decode, encode

NASTY = [
    "\ud800",
    "\udc00 \u2028\x85\x0b",
    "\x00\x1b]0;x\x07",
    "$blob",
    "\r\n",
    "\u202e",
    '","crc":"',
]
text = st.one_of(
    st.sampled_from(NASTY), st.text(st.characters(exclude_categories=()), max_size=12)
).filter(lambda t: json.loads(json.dumps(t)) == t)
number = st.one_of(
    st.integers(),
    st.integers(-(2**70), 2**70),
    st.sampled_from([2**63, 2**64, -(2**63) - 1, 2**200]),
)
leaf = st.one_of(
    st.none(), st.booleans(), number, st.floats(allow_nan=False, allow_infinity=False), text
)
value = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(text, inner, max_size=4),
        inner.map(lambda v: {"$blob": v}),
    ),
    max_leaves=12,
)
deep = st.integers(1, 198).map(lambda n: json.loads("[" * n + "]" * n))
fields = st.dictionaries(text, value, max_size=3)
ms = st.floats(0, 1e9)
ids = st.integers(0, 2**53)
events = st.one_of(
    st.builds(UserSaid, text),
    st.builds(ModelReplied, fields, ms, st.none() | text),
    st.builds(
        ToolReturned,
        st.builds(CallRef, number, number),
        value | deep,
        st.booleans(),
        ms,
        st.none() | st.builds(ErrorDetail, text, text, text),
        text,
    ),
    st.builds(Transitioned, text, st.none() | number, st.none() | number, st.none() | text),
    st.builds(ContextEdited, text, value),
    st.builds(
        RunStarted,
        st.just(WORKFLOW),
        st.builds(Settings, text, st.none() | text, number),
        text,
    ),
    st.builds(WorkflowChanged, st.just(WORKFLOW), text),
    st.builds(Unknown, text.map(lambda t: f"later {t}"), value),
)
strange = st.dictionaries(text.map(lambda t: f"later {t}"), value, min_size=1, max_size=2)


SOURCES: list[Source] = ["live", "recorded", "edited", "forced", "imported", "scripted"]


@st.composite
def records(draw: st.DrawFn) -> Record:
    event = draw(events)
    extra = None if isinstance(event, Unknown) else draw(st.none() | strange)
    source = draw(st.sampled_from(SOURCES))
    return Record(
        draw(ids), draw(st.none() | ids), draw(text), source, event,
        draw(st.none() | ids), extra, draw(st.none() | strange),
    )  # fmt: skip


@settings(max_examples=examples(100), deadline=None)
@given(records())
def test_a_record_comes_back_as_it_was(record: Record) -> None:
    line = encode(record)
    assert line.isascii()
    assert line.endswith(b'"}\n')
    assert line.count(b"\n") == 1
    back = decode(line[:-1])
    assert back == record
    assert repr(back) == repr(record)
    assert encode(back) == line


@settings(max_examples=examples(80), deadline=None)
@given(records(), st.data())
def test_both_decoders_agree_and_neither_raises(record: Record, data: st.DataObject) -> None:
    line = encode(record)[:-1]
    assert decode(b" " + line) == record
    at = data.draw(st.integers(0, len(line) - 1))
    flipped = bytearray(line)
    flipped[at] ^= 1 << data.draw(st.integers(0, 7))
    assert isinstance(decode(bytes(flipped)), Damaged | WarnedRecord)


ALTERED = "the checksum does not match: edited by hand?"


def test_the_layout_of_a_line() -> None:
    record = Record(17, 16, AT, "edited", ContextEdited("order", 2**70), of=12)
    head = b'{"id":17,"parent":16,"at":"%s","source":"edited","type":"context_edited","of":12,' % (
        AT.encode()
    )
    line = encode(record)
    assert line.startswith(head + b'"event":{"key":"order","value":1180591620717411303424},"crc":"')
    assert encode(root()).startswith(b'{"id":1,"parent":null,"at":')


def by_hand(payload: str, kind: str = "user_said", more: str = "") -> bytes:
    return (
        f'{{"id":2,"parent":1,"at":"x","source":"live","type":"{kind}",{more}"event":{payload}}}'
    ).encode()


def read(payload: str, kind: str = "user_said", more: str = "") -> Record:
    result = decode(by_hand(payload, kind, more))
    assert isinstance(result, WarnedRecord)
    return result.record


def test_what_this_version_does_not_know_is_carried_along() -> None:
    record = read('{"text":"a","mood":[1e5]}', more='"by":"ann",')
    assert record.event == UserSaid("a")
    assert record.extra == {"mood": [100000.0]}
    assert record.envelope == {"by": "ann"}
    again = decode(encode(record)[:-1])
    assert again == record

    later = read('{"a":[1,2]}', "teleported")
    assert later.event == Unknown("teleported", {"a": [1, 2]})
    assert decode(encode(later)[:-1]) == later

    nested = '{"workflow":{"name":"w","tools":[{"name":"t","cost":3}]},"ref":"r"}'
    record = read(nested, "run_started")
    assert isinstance(record.event, RunStarted)
    assert record.extra == {"workflow": json.loads(nested)["workflow"]}
    assert decode(encode(record)[:-1]) == record


def test_a_later_source_is_kept_and_named() -> None:
    line = by_hand('{"text":"a"}').replace(b'"live"', b'"dreamt"')
    result = decode(line)
    assert isinstance(result, WarnedRecord)
    assert result.record.source == "recorded"
    assert "dreamt" in result.why
    assert b'"source":"dreamt"' in encode(result.record)


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        ('{"text":5}', "Expected str, got int at $.text"),
        ("{}", "Object missing required field text"),
        ("[1]", "user_said is not an object"),
    ],
)
def test_a_payload_that_does_not_fit_is_kept_with_the_reason(payload: str, problem: str) -> None:
    event = read(payload).event
    assert event == Unknown("user_said", json.loads(payload), problem)
    again = decode(encode(said(3))[:-1].replace(b'{"text":"what was said in 3"}', payload.encode()))
    assert isinstance(again, WarnedRecord)
    assert again.record.event == event


def test_a_call_with_too_many_parts_is_not_cut_short() -> None:
    event = read('{"call":[3,0,"x"],"tool":"t"}', "tool_started").event
    assert isinstance(event, Unknown)
    assert event.payload == {"call": [3, 0, "x"], "tool": "t"}


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), {1, 2}, b"bytes", object()])
def test_what_is_not_json_is_refused(bad: Any) -> None:
    for event in (ContextEdited("k", [bad]), Unknown("t", {"k": bad})):
        with pytest.raises(ValueError):
            encode(Record(2, 1, AT, "live", event))


def test_depth_is_capped_both_ways() -> None:
    def nested(levels: int) -> Event:
        return Unknown("t", json.loads("[" * levels + "]" * levels))

    line = encode(Record(2, 1, AT, "live", nested(LINE_DEPTH)))
    assert isinstance(decode(line[:-1]), Damaged)
    fits = Record(2, 1, AT, "live", nested(LINE_DEPTH - 1))
    assert decode(encode(fits)[:-1]) == fits
    with pytest.raises(ValueError):
        encode(Record(2, 1, AT, "live", nested(LINE_DEPTH + 1)))
    for levels in (900, 5_000, 100_000):
        result = decode(by_hand("[" * levels + "]" * levels))
        assert isinstance(result, Damaged)
        assert "nested" in result.why


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"id":7,"parent":6,"at":"2026', "incomplete"),
        (b'{"id":7,"parent":6,"at":"x"}', "not a record: no source"),
        (by_hand('"\xff"').replace(b"\xc3\xbf", b"\xff"), "not UTF-8 at byte 73"),
        (by_hand("9" * 5000), "a number of too many digits"),
        (by_hand("1e999"), "too large"),
        (by_hand("NaN"), "NaN is not JSON"),
        (by_hand('"\x01"'), "not JSON at character 73"),
        (b"\x00" * 40, "not JSON at character 1"),
        (b"\xef\xbb\xbf[]", "not a record"),
        (by_hand("{}").replace(b'"id":2', b'"id":-2'), "its id is not"),
        (by_hand("{}").replace(b'"id":2', b'"id":true'), "its id is not"),
        (by_hand("{}").replace(b'"id":2', b'"id":1000000000000000000000'), "its id is not"),
        (by_hand("{}").replace(b'"parent":1', b'"parent":"1"'), "its parent is not"),
        (by_hand("{}").replace(b'"at":"x"', b'"at":3'), "its at is not text"),
        (by_hand('{"id":7,"parent":6,"at":"x').replace(b"}", b"") + b'{"id":3,"par"}', "not JSON"),
    ],
)
def test_damage_is_named(line: bytes, why: str) -> None:
    result = decode(line)
    assert isinstance(result, Damaged)
    assert why in result.why
    assert len(result.why) <= 120


def test_a_damaged_line_still_shows_which_record_it_was() -> None:
    assert decode(encode(said(7))[:50]) == Damaged("incomplete", 7, 6)


def test_hand_made_and_edited_lines_are_records_with_a_warning() -> None:
    line = encode(said(7))[:-1]
    assert decode(line + b"\r") == said(7)
    assert decode(b"\xef\xbb\xbf" + line) == said(7)
    assert decode(line.replace(b"in 7", b"in 8")) == WarnedRecord(
        said(7, "what was said in 8"), ALTERED, True
    )
    bare = line[: line.index(b',"crc"')] + b"}"
    assert decode(bare) == WarnedRecord(said(7), "no checksum: written by hand?")


def test_numbers_that_make_no_record_are_not_written() -> None:
    for bad in (
        Record(-1, None, AT, "live", UserSaid("")),
        Record(2**53 + 1, 1, AT, "live", UserSaid("")),
    ):
        with pytest.raises(ValueError, match="no place for a record"):
            encode(bad)
