"""Two texts that look the same and are not are shown so that anybody sees that they differ."""

from __future__ import annotations

import pytest

from tests.timing import within
from tooltrace.core.compare.json_diff import MISSING
from tooltrace.core.text.sanitize import told_apart
from tooltrace.debugger.replay.divergence import both
from tooltrace.tui.rows.lines import plain
from tooltrace.tui.rows.value_diff import diff_lines
from tooltrace.tui.rows.values import narrowed

ALIKE = [
    ("caf\u00e9!", "cafe\u0301!", "caf\\u{e9}!", "cafe\\u{301}!"),
    ("a b", "a\u00a0b", "a b", "a\\u{a0}b"),
    ("pay", "p\u0430y", "pay", "p\\u{430}y"),
    ("\u2126", "\u03a9", "\\u{2126}", "\\u{3a9}"),
    ("e\u0323\u0301", "e\u0301\u0323", "e\\u{323}\\u{301}", "e\\u{301}\\u{323}"),
]


@pytest.mark.parametrize(("one", "other", "first", "second"), ALIKE)
def test_letters_that_look_the_same_are_spelled_out(
    one: str, other: str, first: str, second: str
) -> None:
    assert told_apart(one, other) == (first, second)
    assert told_apart(other, one) == (second, first)
    for was, now in (narrowed(one, other, 60, 400), both(one, other)):
        assert first in was and second in now
    long = "x" * 900
    was, now = narrowed(long + one, long + other, 30, 400)
    assert first.lstrip("x") in was and second in now
    lines = [plain(line) for line in diff_lines(f"1\n{one}", f"1\n{other}", 60)]
    assert f"− {first}" in lines and f"+ {second}" in lines


@pytest.mark.parametrize(
    ("one", "other"),
    [("caf\u00e9", "cafe"), ("a", "b"), ("", "a"), ("a", "a"), ("ab", "a"), ("\u0301", "a"),
     ("m\u00fcde", "m\u00f6de"), ("A", "a")],
)  # fmt: skip
def test_what_is_seen_to_differ_stays_as_it_is(one: str, other: str) -> None:
    assert told_apart(one, other) == (one, other)


def test_a_side_that_is_missing_is_told_as_before() -> None:
    assert narrowed(MISSING, "a", 60, 400)[1] == '"a"'


def test_a_letter_with_endless_marks_takes_no_time() -> None:
    marks = "\u0323\u0301" * 200_000
    with within(2):
        told_apart("e" + marks, "\u00e9" + marks)
        told_apart("e" + marks + "\u0301", "e" + marks + "\u0323")
