"""One comparison of JSON: exact to the kind of a number, and a missing key is no null."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tooltrace.core.compare.json_diff import (
    MISSING,
    changes,
    differences,
    first_difference,
    keys_of,
    same,
)
from tooltrace.core.text.exact_json import canonical

VALUES: list[Any] = [
    *(None, True, False, 1, 0, 1.0, 0.0, -0.0, 10**16, 1e16, 2**63, float(2**63)),
    *("", "1", "null", "true", [], {}, [None], {"a": None}, [0], [False]),
]

JSON: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from([value for value in VALUES if not isinstance(value, list | dict)]) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(alphabet='ab."[]0 ', max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("old", range(len(VALUES)))
@pytest.mark.parametrize("new", range(len(VALUES)))
def test_every_value_is_equal_to_itself_alone(old: int, new: int) -> None:
    one, other = VALUES[old], VALUES[new]
    assert same({"k": [one]}, {"k": [other]}) is (old == new)
    assert (first_difference([one], [other]) is None) is (old == new)


@given(JSON, JSON)
def test_equal_is_what_is_written_equally(one: Any, other: Any) -> None:
    assert same(one, other) is (canonical(one) == canonical(other))


@given(JSON, JSON)
def test_no_two_places_have_one_path(one: Any, other: Any) -> None:
    paths = [path for path, _, _ in changes(one, other)]
    assert len(set(paths)) == len(paths)


@given(st.lists(st.text(min_size=0, max_size=6), min_size=1, max_size=4))
def test_a_path_gives_its_keys_back(keys: list[str]) -> None:
    old: Any = 1
    new: Any = 2
    for key in reversed(keys):
        old, new = {key: [old]}, {key: [new]}
    ((path, _, _),) = changes(old, new)
    assert keys_of(path) == tuple(keys)


@pytest.mark.parametrize(
    "path", ["", ".", '"', '"a\\q"', "[", "[0]", 'a."b', "a..b", '""', "\\", "[x]"]
)
def test_a_path_that_a_person_wrote_is_read_somehow(path: str) -> None:
    assert all(isinstance(key, str) for key in keys_of(path))


def test_what_only_one_side_has_is_missing_on_the_other() -> None:
    assert list(differences({"a": None}, {})) == [("a", None, MISSING)]
    assert list(differences([], [None])) == [("[0]", MISSING, None)]
    assert pickle.loads(pickle.dumps(MISSING)) is MISSING


def test_a_key_with_a_dot_is_told_from_two_keys() -> None:
    old, new = {"a.b": 1, "a": {"b": 1}, "[0]": 1}, {"a.b": 2, "a": {"b": 2}, "[0]": 2}
    paths = [path for path, _, _ in differences(old, new, "content")]
    assert paths == ['content."a.b"', "content.a.b", 'content."[0]"']


def test_how_a_secret_is_numbered_is_a_change_of_text_alone() -> None:
    old, new = {"a": "[secret K]"}, {"a": "[secret K #2]"}
    assert first_difference(old, new) is None
    assert not same(old, new)
