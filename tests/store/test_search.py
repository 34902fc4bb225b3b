"""Searching a session line by line finds what reading all of it finds."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.given import Given, call
from tests.timing import within
from tests.tui.view.build import REFUND
from tooltrace.core.model import events as e
from tooltrace.core.text.needed_text import needed_text
from tooltrace.store.blobs import Blobs
from tooltrace.store.event_codec import reference
from tooltrace.store.files import Files
from tooltrace.store.lines import assemble, encode
from tooltrace.store.search import Hit, SessionSearch, Wanted
from tooltrace.store.search_filter import line_filter
from tooltrace.store.search_values import found_in


def search(path: Path, pattern: str, ignore_case: bool = False, **wanted: Any) -> SessionSearch:
    flags = re.MULTILINE | (re.IGNORECASE if ignore_case else 0)
    may_hold = line_filter(needed_text(pattern), ignore_case)
    return SessionSearch(path, re.compile(pattern, flags).search, may_hold, Wanted(**wanted))


def hits(path: Path, pattern: str, ignore_case: bool = False, **wanted: Any) -> list[Hit]:
    searched = search(path, pattern, ignore_case, **wanted)
    found = [*searched.hits()]
    assert searched.problems == []
    return found


def written(path: Path, given: Given) -> Path:
    path.write_bytes(b"".join(encode(record) for record in given.tree.records.values()))
    return path


def refund() -> Given:
    given = Given(REFUND).user("Refund order 1001.").replies(call("fetch_order", order_id="1001"))
    given.returns("fetch_order", {"id": "1001", "total": 59.9, "to": "Zoë"}).moves("validating")
    given.replies(call("check_policy"), call("check_policy"))
    given.starts("check_policy")
    last = given.tree.last_id - 1
    return given.append(e.ToolReturned(e.CallRef(last, 0), "Timeout: too late", is_error=True))


def test_what_is_told_of_a_match(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", refund())
    (found,) = hits(path, "too .ate")
    assert found == Hit(
        record=11,
        event="tool_returned",
        source="live",
        tools=("check_policy",),
        state="validating",
        field="content",
        text="Timeout: too late",
        begin=9,
        end=17,
    )
    assert [(hit.record, hit.field) for hit in hits(path, "Zo[ëe]")] == [(6, "content.to")]
    assert [hit.field for hit in hits(path, r"^59\.9$")] == ["content.total"]
    assert [hit.field for hit in hits(path, "^order_id$", tool="fetch_order")] == [
        "reply.content.0.input.order_id"
    ]


def test_only_what_is_wanted_is_looked_into(tmp_path: Path) -> None:
    given = refund()
    path = written(tmp_path / "a.jsonl", given)
    assert {hit.event for hit in hits(path, ".", errors=True)} == {"tool_returned"}
    assert [hit.record for hit in hits(path, ".", errors=True)] == [given.head]
    assert [hit.record for hit in hits(path, ".", tool="fetch_order")] == [4, 5, 6]
    assert [hit.record for hit in hits(path, ".", tool="check_policy")] == [9, 10, 11]
    assert {hit.state for hit in hits(path, ".", state="validating")} == {"validating"}
    assert [hit.record for hit in hits(path, ".", state="validating")] == [7, 8, 9, 10, 11]
    assert hits(path, ".", source="edited") == []


def test_the_state_is_that_of_the_records_own_branch(tmp_path: Path) -> None:
    given = refund().back_to(2).user("Anew.")
    path = written(tmp_path / "a.jsonl", given)
    assert [hit.state for hit in hits(path, "Anew")] == ["pending"]


_LETTERS = 'aAkKsSiIé\u212a\u017f\u0131\u0130漢"\\/\n .1\U0001f600'
_WORDS = st.text(st.sampled_from(_LETTERS), min_size=1, max_size=3) | st.sampled_from(
    ["a/", "a/k", "as", "Sa", "ia", "ka", "a\n", "1.50", "1e5", "aé"]
)
_SAME = {"k": "kK\u212a", "s": "sS\u017f", "i": "iI\u0131\u0130", "a": "aA"}
_MORE = st.sampled_from(
    ["", "*", "+", "?", "{0,2}", "|a", "[aé]", r"\d?", "$", ".", "(a)?", "(?:)", "(?!b)"]
)
_AROUND = st.sampled_from(["%s", "(%s)", "(?:%s)?", "x|%s", "(%s)+?", "(?:x?(%s))"])


@st.composite
def a_line(draw: st.DrawFn, word: str) -> bytes:
    """A line with a text or a name that may be the word, letters spelled in any way."""
    said = "".join(draw(st.sampled_from(_SAME.get(char.lower(), char))) for char in word)
    value = spelled(draw, draw(st.sampled_from(["", "x"])) + said)
    event = draw(st.sampled_from(["%s", "[1.50,%s]", '{"x":%s}', "{%s:1e5}", "{%s:true}", "-0.0"]))
    text = event.replace("%s", value).encode("utf-8", "surrogatepass")
    head = b'{"id":1,"parent":null,"at":"","source":"live","type":"odd","event":%b' % text
    return head + b',"crc":"%08x"}\n' % crc32(head) if draw(st.booleans()) else head + b"}\n"


def spelled(draw: st.DrawFn, text: str) -> str:
    """A JSON string for a text, each letter as it is or as one of its escapes."""
    made = ""
    for char in text:
        units = char.encode("utf-16-be")
        escape = "".join(rf"\u{units[at]:02x}{units[at + 1]:02X}" for at in range(0, len(units), 2))
        plain = {'"': r"\"", "\\": r"\\", "\n": r"\n"}.get(char, char)
        other = r"\/" if char == "/" else plain
        made += draw(st.sampled_from([plain, plain, other, escape]))
    return f'"{made}"'


@given(st.data(), _WORDS, _MORE, st.booleans())
def test_no_line_with_a_match_is_passed_by(
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
    word: str,
    more: str,
    ignore_case: bool,
) -> None:
    pattern = data.draw(_AROUND).replace("%s", re.escape(word) + more)
    line = data.draw(a_line(word))
    expression = re.compile(pattern, re.MULTILINE | (re.IGNORECASE if ignore_case else 0))
    event = json.loads(line, parse_float=str, parse_int=str)["event"]
    there = found_in(event, expression.search) is not None
    assert line_filter(needed_text(pattern), ignore_case)(line) or not there
    path = tmp_path_factory.getbasetemp() / "line.jsonl"
    path.write_bytes(line)
    assert bool([*search(path, pattern, ignore_case).hits()]) == there


@pytest.mark.parametrize(
    ("pattern", "ignore_case", "event"),
    [
        ("as", True, '"a\u017f"'),
        ("ka", True, '"\u212aa"'),
        ("AI", True, '"a\u0131"'),
        ("a/b", False, r'"a\/b"'),
        ("über", False, r'"\u00fcber"'),
        ("über", True, '"Über"'),
        ("eligible", False, r'{"\u0065ligible":1}'),
        ("1.50", False, "1.50"),
        ("👩", False, r'"\ud83d\udc69"'),
    ],
)
def test_letters_with_more_than_one_spelling(
    tmp_path: Path, pattern: str, ignore_case: bool, event: str
) -> None:
    path = tmp_path / "a.jsonl"
    head = '{"id":1,"parent":null,"at":"","source":"live","type":"odd","event":' + event
    path.write_bytes(head.encode() + b',"crc":"%08x"}\n' % crc32(head.encode()))
    assert len(hits(path, pattern, ignore_case)) == 1
    assert hits(path, pattern + "x", ignore_case) == []


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        ("refund", [["refund"]]),
        (r"order_id: \d+ of", [["order_id: ", " of"]]),
        ("ab*c+d", [["a", "c", "d"]]),
        ("ab{2}c", [["a", "c"]]),
        ("cash|card", [["cash"], ["card"]]),
        ("a[bc]d[]x]e", [["a", "d", "e"]]),
        (r"1\.5", [["1.5"]]),
        ("cash|", None),
        ("(cash)", [["cash"]]),
        ("a(?:cash|card)b", [["a", "b"]]),
        ("a(cash)?b", [["a", "b"]]),
        ("a(ca(s)h)+b", [["a", "ca", "s", "h", "b"]]),
        (r"a(?P<x>c[)]\)d)b", [["a", "c", ")d", "b"]]),
        ("(?i)cash", None),
        ("a(?i:cash)", None),
        ("a(?!cash)b(?=c)d", [["a", "b", "d"]]),
        ("(cash|card)", None),
        (r"\x41bc", None),
        (r"\d+", None),
        ("", None),
    ],
)
def test_what_all_matches_have_in_them(pattern: str, needed: list[list[str]] | None) -> None:
    assert needed_text(pattern) == needed


def test_a_damaged_line_is_named_and_the_others_are_searched(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", refund())
    kept = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*kept[:3], b'{"id":4,"parent"\n', b"\xff\n", b"\n", *kept[4:]]))
    searched = search(path, "too late")
    assert [hit.record for hit in searched.hits()] == [11]
    assert searched.problems == [
        "line 4: incomplete, set aside",
        "line 5: not UTF-8 at byte 1, set aside",
    ]


def test_a_session_that_is_being_written_is_no_trouble(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", refund())
    data = path.read_bytes()
    path.write_bytes(data[:-30])
    assert [hit.record for hit in hits(path, "1001")] == [2, 4, 6, 8]
    path.write_bytes(data[:-1])
    assert [hit.record for hit in hits(path, "too late")] == [11]


def test_lines_of_other_hands_are_searched(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", refund())
    spaced = [json.dumps(json.loads(line), indent=None) for line in path.read_text().splitlines()]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(spaced).encode() + b"\r\n")
    (found,) = hits(path, "too late", tool="check_policy", state="validating")
    assert (found.record, found.tools) == (11, ("check_policy",))


def test_a_payload_beside_the_file_is_searched(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    given = Given(REFUND)
    said = given.user("long, and somewhere in it a needle").tree[2]
    name = Blobs(path, Files()).put(b'{"text":"somewhere a needle"}')
    path.write_bytes(encode(given.tree[1]) + assemble(said, reference(name)))
    assert [hit.text for hit in hits(path, "needle")] == ["somewhere a needle"]
    for blob in (tmp_path / "a.jsonl.blobs").iterdir():
        blob.unlink()
    searched = search(path, "needle")
    assert [*searched.hits()] == []
    assert len(searched.problems) == 1 and "cannot be read" in searched.problems[0]


def test_depth_that_nothing_can_read_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    head = b'{"id":1,"parent":null,"at":"","source":"live","type":"odd","event":'
    head += b"[" * 50_000 + b'"needle"' + b"]" * 50_000
    path.write_bytes(head + b',"crc":"%08x"}\n' % crc32(head))
    searched = search(path, "needle")
    assert [*searched.hits()] == [] and len(searched.problems) == 1


def many(count: int) -> Iterator[bytes]:
    """Records as a run of a model has them, one in a thousand with a needle."""
    yield encode(e.Record(1, None, "", "live", e.RunStarted(REFUND)))
    for number in range(2, count + 1, 4):
        said = "a needle" if number % 1000 == 2 else "the order is on its way, Zoë " * 8
        asked = e.ModelCalled("state: pending\nnext: fetch_order " * 4)
        use = {"type": "tool_use", "id": "t", "name": "fetch_order", "input": {"order_id": "1"}}
        reply = {"content": [{"type": "text", "text": said}, use], "stop_reason": "tool_use"}
        ref = e.CallRef(number + 1, 0)
        facts = (asked, e.ModelReplied(reply), e.ToolStarted(ref, "fetch_order"))
        for at, event in enumerate((*facts, e.ToolReturned(ref, {"total": 59.9})), number):
            yield encode(e.Record(at, at - 1, "", "live", event))


@pytest.mark.benchmark
def test_a_hundred_thousand_records(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        file.writelines(many(100_000))
    with within(0.1, time.process_time):
        assert next(search(path, "a needle").hits()).tools == ("fetch_order",)
    with within(0.8, time.process_time):
        assert len(hits(path, "a needle")) == 100
    with within(0.8, time.process_time):
        assert len(hits(path, "A NEEDLE", ignore_case=True)) == 100
