"""An edit of a body changes the bytes of one value, whatever stands around it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tooltrace.attach.splice import Place, span, splice
from tooltrace.core.text.exact_json import DEEPEST, loads

TEXTS = st.text(st.characters(codec=None), max_size=6) | st.sampled_from(
    ["\ud800", '"', "\\", "\\u0041", "{", "]", ":", ",", "\u2028", "\x00", "content", "é"]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS
SCALARS = SCALARS.filter(lambda one: one not in (float("inf"), float("-inf")))
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=25,
)
BLANKS = st.sampled_from(["", " ", "\n\t", " \r\n"])


@st.composite
def written(draw: st.DrawFn, value: Any) -> str:
    """A value as somebody may write it: blanks, escapes or none, and keys that stand twice."""
    space = draw(BLANKS)
    match value:
        case dict():
            pairs: list[tuple[str, Any]] = [*value.items()]
            twice: bool = draw(st.booleans())
            if pairs and twice:
                pairs.insert(0, (draw(st.sampled_from(pairs))[0], draw(VALUES)))
            said = [f"{_text(draw, key)}{space}:{space}{draw(written(one))}" for key, one in pairs]
            return f"{space}{{{space}{f'{space},{space}'.join(said)}{space}}}{space}"
        case list():
            said = [draw(written(one)) for one in value]
            return f"{space}[{space}{','.join(said)}]{space}"
        case str():
            return _text(draw, value)
        case _:
            return json.dumps(value)


def _text(draw: st.DrawFn, text: str) -> str:
    whole = not any(0xD800 <= ord(char) < 0xE000 for char in text)
    return json.dumps(text, ensure_ascii=not (whole and draw(st.booleans())))


def places(value: Any, here: Place = ()) -> list[Place]:
    found = [here]
    members: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        members = [*value.items()]
    elif isinstance(value, list):
        members = [*enumerate(value)]
    for key, one in members:
        found += places(one, (*here, key))
    return found


def put(value: Any, place: Place, new: Any) -> Any:
    if not place:
        return new
    if isinstance(value, dict):
        return {k: put(one, place[1:], new) if k == place[0] else one for k, one in value.items()}
    return [put(v, place[1:], new) if n == place[0] else v for n, v in enumerate(value)]


@given(st.data(), VALUES, VALUES)
def test_one_value_changes_and_no_other_byte(data: st.DataObject, value: Any, new: Any) -> None:
    body = data.draw(written(value)).encode()
    place = data.draw(st.sampled_from(places(value)))
    begin, end = span(body, place)
    made = splice(body, place, new)
    assert made.startswith(body[:begin])
    assert made.endswith(body[end:])
    assert (
        made[begin : len(made) - len(body) + end] == json.dumps(new, separators=(",", ":")).encode()
    )
    assert loads(made) == put(loads(body), place, new)


def test_a_result_is_changed_in_the_middle_of_a_request() -> None:
    body = (
        b'\xef\xbb\xbf{"messages": [ {"content":[{"content" :"a\\"]}", "id":"\\ud800"}]}],"n":1.50}'
    )
    made = splice(body, ("messages", 0, "content", 0, "content"), "é")
    assert made == body.replace(b'"a\\"]}"', b'"\\u00e9"')


def test_the_last_of_two_keys_is_the_one_that_counts() -> None:
    assert splice(b'{"a":1,"\\u0061":2,"b":3}', ("a",), 9) == b'{"a":1,"\\u0061":9,"b":3}'


@pytest.mark.parametrize(
    ("body", "place", "why"),
    [
        (b'{"a":[1]}', ("a", 1), r"the body has no a\[1\]"),
        (b'{"a":[1]}', ("a", -1), r"the body has no a\[-1\]"),
        (b'{"a":[1]}', ("a", "b"), r"the body has no a\.b"),
        (b'{"a":[1]}', ("b",), "the body has no b"),
        (b'{"a":"[1]"}', ("a", 0), r"the body has no a\[0\]"),
        (b'{"a":1', ("a",), "Expecting"),
        (b'{"a":1}{', ("a",), "Extra data"),
        (b'{"a":NaN}', ("a",), "NaN is not JSON"),
        (b'{"a":"\xff"}', ("a",), "invalid start byte"),
        (b"[" * 100_000, (0,), "nested deeper"),
    ],
)
def test_what_cannot_be_changed_is_refused(body: bytes, place: Place, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        splice(body, place, 0)


def test_what_is_nested_as_deep_as_may_be_can_be_changed() -> None:
    depth = DEEPEST - 1
    body = b"[" * depth + b"1" + b"]" * depth
    assert splice(body, (0,) * depth, [2]) == body.replace(b"1", b"[2]")
    with pytest.raises(ValueError, match="nested deeper"):
        splice(body, (0,) * depth, [[2]])
