"""Anything a tool can return becomes JSON, and says so where it had to be described."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import sqlite3
import uuid
from collections import OrderedDict, UserDict, deque, namedtuple
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tooltrace.core.text import exact_json
from tooltrace.tools.functions.result_json import DEEPEST, MOST_VALUES, TAG, describe, to_json


@dataclasses.dataclass
class Order:
    number: int
    lines: tuple[str, ...]


class Line(msgspec.Struct):
    total: Decimal


class Model:
    def model_dump(self) -> dict[str, Any]:
        return {"at": datetime.date(2026, 1, 2)}


class Colour(enum.Enum):
    RED = ("r", 1)


class Level(enum.IntEnum):
    LOW = 1


class Silent:
    def __repr__(self) -> str:
        raise SystemExit(3)


class Answers:
    """Has every attribute one asks for."""

    def __getattr__(self, name: str) -> Any:
        raise KeyboardInterrupt

    def __repr__(self) -> str:
        return "answers"


class Endless(dict):  # type: ignore[type-arg]
    def items(self) -> Any:
        raise RecursionError


Pair = namedtuple("Pair", "left right")


def tagged(kind: str, text: str, **more: Any) -> dict[str, Any]:
    return {TAG: kind, "text": text, **more}


AS_JSON = [
    (None, None),
    (True, True),
    (2**70, 2**70),
    (-0.5, -0.5),
    ("\ud800 \x1b", "\ud800 \x1b"),
    ((1, [2, ("a",)]), [1, [2, ["a"]]]),
    ({3, 1, "a", (2,)}, ["a", 1, 3, [2]]),
    (frozenset({"b", "a"}), ["a", "b"]),
    (Order(7, ("mug",)), {"number": 7, "lines": ["mug"]}),
    (Line(Decimal("59.90")), {"total": "59.90"}),
    (Model(), {"at": "2026-01-02"}),
    (Pair(1, 2), {"left": 1, "right": 2}),
    (Colour.RED, ["r", 1]),
    (Level.LOW, 1),
    (OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
    (UserDict({"a": deque([1])}), {"a": [1]}),
    (range(3), [0, 1, 2]),
    ({"b": 1, "a": 2}.keys(), ["b", "a"]),
    ({1: 2, None: 3, 2.5: 5, (1, 2): 6}, {"1": 2, "null": 3, "2.5": 5, "[1,2]": 6}),
    ({Colour.RED: 1, datetime.date(2026, 1, 2): 2}, {'["r",1]': 1, "2026-01-02": 2}),
    (datetime.datetime(2026, 1, 2, 3, 4, tzinfo=datetime.UTC), "2026-01-02T03:04:00+00:00"),
    (datetime.timedelta(days=1, seconds=2), "P1DT2S"),
    (uuid.UUID(int=5), "00000000-0000-0000-0000-000000000005"),
    (Path("a/b"), "a/b"),
    (float("nan"), tagged("float", "nan")),
    (float("-inf"), tagged("float", "-inf")),
    ({"rate": float("inf")}, {"rate": tagged("float", "inf")}),
    (1 << 20_000, tagged("int", hex(1 << 20_000))),
    (b"plain", tagged("bytes", "plain", encoding="utf-8")),
    (bytearray(b"\xff\x00"), tagged("bytes", "/wA=", encoding="base64")),
    (memoryview(b"x"), tagged("bytes", "x", encoding="utf-8")),
    (
        {1: "a", "1": "b"},
        tagged("dict", "two keys read the same as text", items=[[1, "a"], ["1", "b"]]),
    ),
    (object(), tagged("object", "<object object>")),
    (Order, tagged("object", "<class 'tests.tools.test_result_json.Order'>")),
    (1 + 2j, tagged("object", "(1+2j)")),
    (Silent(), tagged("object", "<Silent whose repr raised SystemExit>")),
    (ValueError("x"), tagged("object", "ValueError('x')")),
    (SimpleNamespace(a=1), tagged("object", "namespace(a=1)")),
    (Endless(a=1), tagged("object", "{'a': 1}", why="RecursionError")),
]


@pytest.mark.parametrize(("value", "expected"), AS_JSON, ids=lambda value: type(value).__name__)
def test_values_become_what_they_most_naturally_are(value: object, expected: Any) -> None:
    got = to_json(value)
    assert got == expected
    assert type(got) is type(expected)
    assert exact_json.loads(exact_json.dumps(got)) == expected


def test_an_object_that_answers_to_every_name_is_not_taken_for_a_model() -> None:
    assert to_json([Answers(), 1]) == [tagged("object", "answers"), 1]


def test_a_generator_is_described_and_not_run() -> None:
    ran: list[int] = []

    def running() -> Iterator[int]:
        ran.append(1)
        yield 1

    result = to_json(running())
    assert result[TAG] == "object" and "generator" in result["text"]
    assert not ran


def test_a_row_of_a_database_becomes_an_object() -> None:
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    rows = connection.execute("SELECT 1 AS a, 'x' AS b").fetchall()
    connection.close()
    assert to_json(rows) == [{"a": 1, "b": "x"}]


def test_cycles_say_how_far_up_they_lead() -> None:
    loop: dict[str, Any] = {"name": "a"}
    loop["self"] = loop
    loop["deep"] = [[loop]]
    assert to_json(loop) == {
        "name": "a",
        "self": tagged("cycle", "the dict 1 level up"),
        "deep": [[tagged("cycle", "the dict 3 levels up")]],
    }


def test_the_same_part_twice_is_no_cycle() -> None:
    part = [1]
    assert to_json([part, part]) == [[1], [1]]


@pytest.mark.parametrize("keys", [("a",), (1, "1")], ids=["plain", "colliding keys"])
@pytest.mark.parametrize("levels", [DEEPEST - 1, DEEPEST + 1, 5_000])
def test_nesting_is_cut_where_a_journal_line_can_still_hold_it(levels: int, keys: Any) -> None:
    value: Any = "bottom"
    for _ in range(levels):
        value = dict.fromkeys(keys, value) if len(keys) == 1 else {keys[0]: value, keys[1]: 0}
    text = exact_json.dumps({"event": {"content": to_json(value)}})
    assert exact_json.loads(text)
    assert ("bottom" in text) is (levels < DEEPEST and len(keys) == 1)
    assert ("levels" in text or "read the same" in text) is ("bottom" not in text)


def test_a_result_that_explodes_is_cut_and_says_so() -> None:
    value: Any = ["x"]
    for _ in range(60):
        value = {"a": value, "b": value}
    text = exact_json.dumps(to_json(value, most=10_000))
    assert "more than 10000 values" in text
    assert len(text) < 1_000_000


def test_what_is_left_out_of_an_endless_list_is_noted_at_its_end() -> None:
    result = to_json(range(10**12), most=10_000)
    assert result[:3] == [0, 1, 2]
    assert result[-1] == tagged("cut", "the rest is left out: it holds more than 10000 values")


def test_a_result_of_many_values_is_not_cut() -> None:
    assert MOST_VALUES > 500_000
    assert len(to_json(list(range(100_000)))) == 100_000


def test_the_result_is_detached_from_the_tools_objects() -> None:
    inner = {"a": [1]}
    result = to_json(inner)
    inner["a"].append(2)
    assert result == {"a": [1]}


def test_a_large_text_is_not_copied() -> None:
    text = "x" * 100_000_000
    assert to_json({"text": text})["text"] is text


def test_memory_addresses_are_left_out() -> None:
    assert describe(object()) == describe(object()) == "<object object>"


class Broken:
    def __init__(self, error: type[BaseException]) -> None:
        self._error = error

    def keys(self) -> Any:
        raise self._error

    def __getitem__(self, key: object) -> Any:
        raise self._error

    def __repr__(self) -> str:
        raise self._error


odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=10**4000, max_value=10**4400),
    st.floats(),
    st.text(st.characters()),
    st.text(st.characters(categories=["Cs"])),
    st.binary(),
    st.complex_numbers(),
    st.decimals(),
    st.fractions(),
    st.datetimes(),
    st.timedeltas(),
    st.uuids(),
    st.sampled_from([KeyError, SystemExit, KeyboardInterrupt, RecursionError]).map(Broken),
    st.sampled_from([Colour.RED, Level.LOW, object, len, ...]),
)
keys = st.one_of(st.integers(), st.text(), st.floats(), st.none(), st.binary(), st.booleans())
anything = st.recursive(
    odd,
    lambda inner: st.one_of(
        st.lists(inner),
        st.lists(inner).map(tuple),
        st.lists(inner).map(deque),
        st.dictionaries(keys, inner),
        st.sets(keys),
        st.tuples(inner, inner).map(lambda two: Pair(*two)),
        st.tuples(inner, inner).map(lambda two: SimpleNamespace(a=two)),
    ),
    max_leaves=20,
)


@settings(max_examples=120, deadline=None)
@given(anything)
def test_every_value_becomes_json_that_reads_back(value: object) -> None:
    result = to_json(value)
    text = exact_json.dumps(result)
    # Compared as text: two halves of a character side by side are one character when read back.
    assert exact_json.dumps(exact_json.loads(text)) == text
    assert exact_json.dumps(to_json(result)) == text


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(max_examples=30, deadline=None)
@given(json_values)
def test_json_stays_as_it_is(value: object) -> None:
    assert to_json(value) == value


def test_letters_in_keys_that_are_no_text_stay_as_they_are() -> None:
    value = {("北京", 1): "Köln", frozenset({"größe"}): {("ä", "ö"): 2}}
    read = {'["北京",1]': "Köln", '["größe"]': {'["ä","ö"]': 2}}
    assert to_json(value) == read
    # A run that began before keeps its form, so that today's tools give what was recorded then.
    assert list(to_json(value, form=1)) == ['["\\u5317\\u4eac",1]', '["gr\\u00f6\\u00dfe"]']
