"""JSON by kind: the spans say what was given, whatever it is and wherever it is cut or wrapped."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given as holds
from hypothesis import strategies as st

from tests.tui.view.build import HOSTILE
from tooltrace.tui.rows.json_spans import json_pieces, json_spans, value_rows, value_spans
from tooltrace.tui.rows.lines import plain
from tooltrace.tui.rows.values import brief, value_lines
from tooltrace.tui.theme import NAMES

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


def kinds(line: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    return [(text, look) for text, look in line if look != "dim"]


def test_each_kind_has_its_style() -> None:
    value: Any = {"a": [1, -2.5e3, True], "b": None, "c": 'x "y": 1, true \\'}
    assert kinds(value_spans(value)) == [
        ('"a"', "json.key"),
        ("1", "json.number"),
        ("-2500.0", "json.number"),
        ("true", "json.word"),
        ('"b"', "json.key"),
        ("null", "json.word"),
        ('"c"', "json.key"),
        ('"x \\"y\\": 1, true \\\\"', "json.string"),
    ]


def test_a_value_that_was_cut_keeps_its_kinds() -> None:
    assert kinds(json_spans('{"a": "abc…')) == [('"a"', "json.key"), ('"abc…', "json.string")]


def test_a_string_over_several_lines_is_one_string() -> None:
    value: Any = {"text": "true 12 null " * 9}
    lines, cut = value_rows(value, 20, 99, whole=True)
    looks = {look for line in lines for text, look in line if "12" in text}
    assert looks == {"json.string"}
    assert not cut


@pytest.mark.parametrize("style", ["error", "dim", "old", "new"])
def test_what_says_something_by_its_style_keeps_it(style: str) -> None:
    lines, _ = value_rows({"a": 1}, 40, 9, style)
    assert {look for line in lines for _, look in line} == {style}


@holds(st.text() | VALUES.map(brief))
def test_the_spans_are_the_text(text: str) -> None:
    spans = json_spans(text)
    assert plain(spans) == text
    assert {look for _, look in spans} <= NAMES
    assert all(part for part, _ in spans)


@holds(st.lists(st.text(min_size=1, max_size=12), min_size=1))
def test_pieces_stay_as_they_are(pieces: list[str]) -> None:
    assert [plain(line) for line in json_pieces(pieces)] == pieces


@holds(VALUES | st.sampled_from(HOSTILE), st.integers(1, 60), st.booleans())
def test_rows_say_what_the_lines_of_the_value_say(value: Any, width: int, whole: bool) -> None:
    rows, cut = value_rows(value, width, 12, whole=whole)
    assert ([plain(row) for row in rows], cut) == value_lines(value, width, 12, whole)


def test_a_difference_has_its_colours_line_by_line_also_where_a_line_is_wrapped() -> None:
    text = "--- a\n+++ b\n@@ -1,2 +1,2 @@\n same\n-taken out -here\n+put in"
    lines, cut = value_rows(text, 12, 40, "result")
    assert not cut
    assert [(plain(line), line[0][1]) for line in lines] == [
        ("--- a", "strong"),
        ("+++ b", "strong"),
        ("@@ -1,2 +1,2", "rule"),
        ("@@", "rule"),
        (" same", "result"),
        ("-taken out", "removed"),
        ("-here", "removed"),
        ("+put in", "added"),
    ]
    assert value_rows(text, 12, 40, "error")[0][5] == (("-taken out", "error"),)
    assert value_rows(text, 12, 3, "result") == (lines[:3], True)
    assert value_rows("- a\n+ b", 12, 40)[0] == [(("- a", "text"),), (("+ b", "text"),)]
