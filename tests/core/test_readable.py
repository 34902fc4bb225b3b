"""JSON for people and models: letters stand as they are, and nothing is lost or hidden."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tooltrace.core.text.exact_json import canonical, dumps, loads, plain, pretty, readable

ANY = st.characters(codec=None, exclude_categories=()) | st.characters(categories=["Cs", "Cf"])
TEXT = st.text(ANY, max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
)  # fmt: skip


@given(JSON)
def test_each_form_is_the_same_value(value: Any) -> None:
    for write in (plain, readable, pretty):
        text = write(value)
        # Two halves of a character side by side are one when they are read back.
        assert canonical(loads(text)) == canonical(loads(dumps(value)))
        text.encode()


@given(JSON)
def test_nothing_in_it_reaches_a_terminal(value: Any) -> None:
    assert len(readable(value).splitlines()) == 1
    for char in readable(value) + pretty(value).replace("\n", ""):
        assert unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
        assert not "\U000e0100" <= char <= "\U000e01ef"
    assert len(plain(value).splitlines()) == 1


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (
            "Jürgen Groß, 李雷, مريم, Ωμέγα, 😀, e\u0301",
            "Jürgen Groß, 李雷, مريم, Ωμέγα, 😀, e\u0301",
        ),
        ("\x00\x1b[2J\t\n", "\\u0000\\u001b[2J\\t\\n"),
        ("\x7f\x85\x9b", "\\u007f\\u0085\\u009b"),
        ("a\u202eb\u2066c\u200fd", "a\\u202eb\\u2066c\\u200fd"),
        ("\u200b\ufeff\u2028", "\\u200b\\ufeff\\u2028"),
        ("\ud800x\udfff", "\\ud800x\\udfff"),
        ("\U000e0041", "\\udb40\\udc41"),
        ("x\U000e0100", "x\\udb40\\udd00"),
        ("\ue000 \U0001fa77 ❤\ufe0f \xa0\u3000", "\ue000 \U0001fa77 ❤\ufe0f \xa0\u3000"),
        ('"\\', '\\"\\\\'),
    ],
)
def test_readable(value: str, shown: str) -> None:
    assert readable(value) == pretty(value) == f'"{shown}"'
    assert json.loads(readable({value: value})) == {value: value}


def test_a_model_reads_what_is_no_line_end_as_it_is() -> None:
    family = "👩\u200d👩\u200d👧 a\u202eb \ufeff"
    assert plain(family) == f'"{family}"'
    assert plain("\x85\u2028\u2029\ud800") == '"\\u0085\\u2028\\u2029\\ud800"'


@pytest.mark.parametrize("write", [plain, readable, pretty])
def test_what_is_no_json_is_refused(write: Any) -> None:
    deep: Any = "ü"
    for _ in range(201):
        deep = [deep]
    for bad in (float("nan"), {1, 2}, deep):
        with pytest.raises(ValueError, match=r"JSON|deeper"):
            write(bad)


@pytest.mark.parametrize(
    ("text", "key"),
    [('{"a":1,"a":1}', "a"), ('[{"x":{"ü":[],"ü":{}}}]', "\\u00fc"), ('{"":1,"b":2,"":3}', "")],
)
def test_a_key_given_twice(text: str, key: str) -> None:
    loads(text)
    with pytest.raises(ValueError, match="is given twice") as error:
        loads(text, once=True)
    assert f'"{key}"' in str(error.value)
