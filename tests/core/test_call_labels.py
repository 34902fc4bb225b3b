"""What tells two calls of one tool apart."""

from __future__ import annotations

from hypothesis import given as holds
from hypothesis import strategies as st
from msgspec import Struct

from tooltrace.core.model.call_labels import apart, name_among
from tooltrace.core.model.events import CallRef
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.sanitize import one_line


class Asked(Struct, frozen=True):
    ref: CallRef
    tool: str
    arguments: JsonValue


def told(*arguments: JsonValue, tool: str = "read") -> list[str]:
    calls = [Asked(CallRef(5, i), tool, value) for i, value in enumerate(arguments)]
    found = apart(calls)
    return [found.get(call.ref, "") for call in calls]


def test_one_call_needs_no_more_than_its_tool() -> None:
    assert told({"id": 1}) == [""]
    assert name_among(Asked(CallRef(5, 0), "read", {}), []) == "read"


def test_calls_differ_in_what_differs_and_in_nothing_else() -> None:
    assert told({"id": 1, "full": True}, {"id": 2, "full": True}) == ["id 1", "id 2"]
    assert told({"id": 1}, {"id": 1, "full": True}) == ["full –", "full true"]
    assert told({"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 2, "b": 1}) == [
        "a 1, b 1",
        "a 1, b 2",
        "a 2, b 1",
    ]


def test_numbers_that_only_look_alike_differ() -> None:
    assert told({"n": 1}, {"n": 1.0}) == ["n 1", "n 1.0"]


def test_the_same_call_twice_is_numbered() -> None:
    assert told({"id": 1}, {"id": 2}, {"id": 1}) == ["id 1 (1 of 2)", "id 2", "id 1 (2 of 2)"]
    assert told({}, {}) == ["(1 of 2)", "(2 of 2)"]


def test_long_values_are_shown_where_they_part() -> None:
    same = "x" * 500
    one, two = told({"path": f"{same}/a.txt"}, {"path": f"{same}/b.txt"})
    assert one == 'path …xxxxx/a.txt"'
    assert two == 'path …xxxxx/b.txt"'


def test_what_is_no_object_is_told_apart_too() -> None:
    assert told([1], "x", None) == ["[1]", '"x"', "null"]


def test_other_tools_do_not_matter() -> None:
    calls = [Asked(CallRef(5, 0), "a", {"id": 1}), Asked(CallRef(5, 1), "b", {"id": 2})]
    assert apart(calls) == {}


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


@holds(st.lists(_VALUES, min_size=2, max_size=5))
def test_no_two_are_told_the_same(arguments: list[JsonValue]) -> None:
    found = told(*arguments)
    assert len(set(found)) == len(found)
    assert all(one_line(text) == text for text in found)


def test_very_long_values_part_at_their_end_too() -> None:
    same = "äöü\n" * 100_000
    assert told({"t": f"{same}a"}, {"t": f"{same}b"}) == ['t …ü⏎äöü⏎a"', 't …ü⏎äöü⏎b"']
    assert told(*({"t": [*range(2000), n]} for n in (1, 2))) == ["t …,1999,1]", "t …,1999,2]"]


def test_long_values_in_any_script_are_told_apart_in_their_letters() -> None:
    long = ["李雷" * 200]
    one, other = told({"names": [*long, "北京"]}, {"names": [*long, "東京"]})
    assert "北京" in one and "東京" in other and "\\u" not in one + other
