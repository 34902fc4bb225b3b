from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.tui.tui_support import HOSTILE
from tooltrace.core.compare.json_diff import MISSING, changes, same
from tooltrace.core.text.exact_json import canonical
from tooltrace.core.text.sanitize import visible
from tooltrace.tui.rows.lines import plain, tidy
from tooltrace.tui.rows.value_summary import summary
from tooltrace.tui.screens.json_draft import Draft, DraftProblem, can_be_text, fits, read, write

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


def paths(old: Any, new: Any) -> list[str]:
    return [path for path, _, _ in changes(old, new)]


@given(JSON, JSON)
def test_the_same_json_has_no_changes_and_other_json_has_some(one: Any, other: Any) -> None:
    assert same(one, one)
    if canonical(one) != canonical(other):
        assert not same(one, other)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (1, 1.0, [""]),
        (1, True, [""]),
        ({"a": 1}, {"a": 2}, ["a"]),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, ["a.b[1]"]),
        ({"a": 1}, {"b": 1}, ["a", "b"]),
        ([1], [1, 2, 3], ["[1]", "[2]"]),
        ({"a b": 1}, {"a b": 2}, ['"a b"']),
        ({"a": [1]}, {"a": {}}, ["a"]),
        ({"a": None}, {}, ["a"]),
    ],
)
def test_paths_have_dots_and_indexes(old: Any, new: Any, expected: list[str]) -> None:
    assert paths(old, new) == expected


def test_what_is_gone_is_not_null() -> None:
    assert list(changes({"a": None}, {})) == [("a", None, MISSING)]


def test_a_summary_names_the_first_changes_and_counts_the_rest() -> None:
    old, new = {"a": 1, "b": 2, "c": 3, "d": 4}, {"a": 9, "c": 8, "d": {}, "e": [1]}
    lines = [plain(line) for line in summary(old, new)]
    assert lines == ["± a  1 → 9", "- b  2", "± c  3 → 8", "  and 2 more"]
    assert summary(old, old) == []


@pytest.mark.parametrize("name", HOSTILE)
def test_a_summary_of_hostile_values_is_short_and_safe(name: str) -> None:
    text = HOSTILE[name]
    for line in summary({text: text, "x": text}, {text: 1, "x": [text]}):
        shown = plain(tidy(line, 200)[0])
        assert cell_len(shown) < 100
        assert visible(shown) == shown


@given(JSON)
def test_what_is_written_is_read_back_exactly(value: Any) -> None:
    text = write(value)
    assert "\x1b" not in text and "\u202e" not in text
    draft = read(text)
    assert isinstance(draft, Draft)
    assert same(draft.value, value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{\n  "a": 1,,\n}', "line 2, column 10: not JSON"),
        ("", "line 1, column 1: not JSON"),
        ("[1, NaN]", "NaN is not JSON"),
        ("[" * 300 + "]" * 300, "nested deeper than 200 levels"),
        ("[" * 100_000, "nested deeper"),
        ("1" * 5_000, "Exceeds the limit"),
    ],
)
def test_what_is_not_json_is_refused_with_its_place(text: str, problem: str) -> None:
    found = read(text)
    assert isinstance(found, DraftProblem)
    assert str(found).startswith(problem)
    assert "\n" not in str(found)


def test_a_check_is_asked_only_about_what_parses() -> None:
    asked: list[Any] = []

    def check(value: Any) -> str | None:
        asked.append(value)
        return "too small" if value < 3 else None

    assert str(read("1", check)) == "too small"
    assert read("3", check) == Draft(3)
    assert isinstance(read("{", check), DraftProblem)
    assert asked == [1, 3]


def test_plain_text_is_for_strings_with_nothing_hidden() -> None:
    assert can_be_text("a\n\tb 漢")
    assert not can_be_text("a\x1b")
    assert not can_be_text(1)
    assert read("{", as_text=True) == Draft("{")
    assert write("a\nb", as_text=True) == "a\nb"


def test_what_the_built_in_editor_takes() -> None:
    assert fits("x\n" * 90_000)
    assert not fits("x" * 40_000)
    assert not fits("x\n" * 200_000)
