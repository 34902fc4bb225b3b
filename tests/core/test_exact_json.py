"""Exact JSON: what is written is read back as it was, the rest is refused with a reason."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.nasty import SEEDS, Nasty
from tooltrace.core.text.exact_json import (
    MAX_DEPTH,
    canonical,
    depth_of,
    dumps,
    loads,
    plain,
    pretty,
    readable,
)


def nested(depth: int, inner: Any = 1) -> Any:
    for level in range(depth):
        inner = [inner] if level % 2 else {"k": inner}
    return inner


@given(SEEDS)
def test_what_is_written_is_read_back(seed: int) -> None:
    value = Nasty(seed).json(depth=5)
    for write in (dumps, canonical, pretty):
        text = write(value)
        assert text.isascii()
        back = loads(text)
        assert back == value
        assert repr(loads(dumps(back))) == repr(back)
        assert loads(text.encode()) == back
    assert "\n" not in dumps(value)


_ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(2**62, 2**80)
    | st.floats()
    | st.text(st.characters(codec=None))
    | st.sampled_from(["\ud800", "\x7f\u2028", b"", ...]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text() | st.integers() | st.none() | st.floats(), inner, max_size=4)
        | st.dictionaries(st.just(b"") | st.text(), inner, max_size=2)
    ),
    max_leaves=12,
)
"""JSON, and what JSON has nothing for."""


@given(_ANY)
def test_the_encoder_made_once_writes_what_the_standard_one_does(value: Any) -> None:
    for write, options in (
        (dumps, {"ensure_ascii": True}),
        (canonical, {"ensure_ascii": True, "sort_keys": True}),
    ):
        standard: dict[str, Any] = {"allow_nan": False, "separators": (",", ":"), **options}
        try:
            wanted = json.dumps(value, **standard)
        except (ValueError, TypeError):
            with pytest.raises(ValueError, match="not JSON"):
                write(value)
        else:
            assert write(value) == wanted


@given(SEEDS)
def test_canonical_text_does_not_depend_on_the_order_of_keys(seed: int) -> None:
    value = {str(n): Nasty(seed + n).json() for n in range(5)}
    assert canonical(value) == canonical(dict(reversed(value.items())))


@given(st.text() | SEEDS.map(lambda seed: dumps(Nasty(seed).json(depth=6))))
def test_depth_is_that_of_the_brackets_outside_strings(text: str) -> None:
    value = [text, {"k": [text]}]
    assert depth_of(json.dumps(value)) == 3
    assert depth_of(json.dumps(value, ensure_ascii=False)) == 3


@pytest.mark.parametrize("depth", [0, 1, MAX_DEPTH])
def test_nesting_up_to_the_cap(depth: int) -> None:
    value = nested(depth)
    assert depth_of(dumps(value)) == depth
    assert loads(dumps(value)) == value
    assert loads(pretty(value)) == value


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 900, 100_000])
def test_nesting_beyond_the_cap_is_refused_both_ways(depth: int) -> None:
    for text in ("[" * depth + "]" * depth, '{"k":' * depth + "1" + "}" * depth):
        with pytest.raises(ValueError, match="nested deeper than 200 levels"):
            loads(text)
    for write in (dumps, pretty):
        with pytest.raises(ValueError, match="nested"):
            write(nested(depth))


def test_a_value_that_contains_itself_is_refused() -> None:
    circle: list[Any] = []
    circle.append(circle)
    for write in (dumps, pretty, canonical):
        with pytest.raises(ValueError, match="nested"):
            write(circle)


@pytest.mark.parametrize("number", [2**70, -(2**64), 10**99, 0.1, 1e300, 5e-324, -0.0])
def test_numbers_are_exact(number: float) -> None:
    assert repr(loads(dumps(number))) == repr(number)


@pytest.mark.parametrize(
    "text",
    [
        *("NaN", "Infinity", "-Infinity", "[NaN]", "1e999", '{"a":-1e999}', "9" * 5000, ""),
        *("{", "[1,]", "{'a':1}", "1 2", "nul", '"\x01"', "\ufeff1", '{"a"}', "[1\x00]"),
    ],
)
def test_what_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        loads(text)


@pytest.mark.parametrize("data", [b"\xff", b'"\xed\xa0\x80"', "[1]".encode("utf-16"), b"\x00"])
def test_bytes_are_utf_8(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        loads(data)


def test_a_byte_order_mark_is_accepted() -> None:
    assert loads(b'\xef\xbb\xbf{"a":1}') == {"a": 1}


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (float("nan"), "NaN"),
        ({"a": [1, 2.5, None, True, float("inf")]}, "Infinity"),
        ((-float("inf"), {1}), "-Infinity"),
        ({1, 2}, "a value of type set"),
        (b"x", "a value of type bytes"),
        (object(), "a value of type object"),
        ([10**5000], "a whole number of more than 4,300 digits"),
        ({(1,): 2}, "a key of type tuple"),
        ({1: 2, None: [1j]}, "a value of type complex"),
    ],
)
def test_what_json_cannot_say_is_refused_in_our_words(value: Any, why: str) -> None:
    for write in (dumps, pretty, plain, readable):
        with pytest.raises(ValueError) as caught:
            write(value)
        assert str(caught.value) == f"not JSON: {why}"


def test_what_cannot_be_sorted_is_refused_as_well() -> None:
    for value in (float("nan"), {1, 2}, {1: 2, "a": 3}):
        with pytest.raises(ValueError, match=r"^not JSON: "):
            canonical(value)


def test_lone_surrogates_and_separators_are_written_as_escapes() -> None:
    assert dumps("\ud800\u2028\x85") == '"\\ud800\\u2028\\u0085"'
    assert loads('"\\ud800"') == "\ud800"
