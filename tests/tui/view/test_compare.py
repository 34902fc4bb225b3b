"""Rows side by side: signs that need no colour, folds, both values, and never wider than asked."""

from __future__ import annotations

import pytest
from hypothesis import given as holds
from hypothesis import settings
from hypothesis import strategies as st

from tests.core.given import Given
from tests.tui.view.build import HOSTILE, any_session, flat, text_of, widest
from tooltrace.core.compare.branch_diff import Comparison, compare
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.core.text.sanitize import visible
from tooltrace.tui.rows.branches.compare import compare_rows, sides_line, totals_rows
from tooltrace.tui.rows.values import narrowed

FREE = WorkflowSpec("free")


def both(left: Given, right: Given) -> Comparison:
    return compare(left.tree, left.head or 1, right.tree, right.head or 1)


def test_same_steps_are_folded_and_the_others_stand_beside_each_other() -> None:
    left = Given(FREE).user("go").step("a", {"n": 1}).step("b", 2).replies("done")
    right = Given(FREE).user("go").step("a", {"n": 7}).replies("done").finishes()
    assert [line.split() for line in flat(compare_rows(both(left, right).rows), 80)] == [
        ["…", "2", "steps", "the", "same"],
        ["3", "call", "a", "#6", "≠", "3", "call", "a", "#6"],
        ["result.n"],
        ["1", "→", "7"],
        ["4", "assistant", "calls", "b", "#8", "<"],
        ["5", "call", "b", "#10", "<"],
        ["{}", "→", "2"],
        ["…", "1", "step", "the", "same"],
        [">", "5", "the", "end:", "completed", "#9"],
    ]


def test_everything_can_be_shown() -> None:
    given = Given(FREE).user("go").replies("done")
    found = both(given, given)
    assert len(compare_rows(found.rows)) == 1
    rows = compare_rows(found.rows, everything=True)
    assert [line.split()[-1] for line in flat(rows, 80)] == ["#2", "#4"]
    assert all(" = " in line for line in flat(rows, 80))
    assert [row.key for row in rows] == [0, 1]


@holds(any_session(), any_session(), st.integers(1, 120))
@settings(max_examples=20)
def test_lines_are_safe_fit_and_are_as_many_as_promised(
    one: Given, other: Given, width: int
) -> None:
    found = both(one, other)
    for everything in (False, True):
        for row in compare_rows(found.rows, everything):
            lines = row.lines(width)
            assert row.height(width) == len(lines)
            assert widest(lines) <= width
            assert all(visible(text_of(line)) == text_of(line) for line in lines)
            assert isinstance(row.text(), str)
    assert all(len(cells) == 3 for cells in totals_rows(found))
    assert widest([sides_line(HOSTILE, HOSTILE, True, width)]) <= width


def test_long_values_are_shown_from_where_they_part() -> None:
    was, now = narrowed("x" * 500 + "old", "x" * 500 + "new", 40, 1000)
    assert was.startswith("…x") and was.endswith('old"')
    assert now.endswith('new"')
    assert max(map(len, (was, now))) < 40


@pytest.mark.parametrize("right", [False, True])
def test_the_side_that_enter_goes_to_is_marked(right: bool) -> None:
    line = text_of(sides_line("main", "edit", right, 60))
    assert line.index("►") < line.index("edit" if right else "main")
    assert ("► edit" in line) == right
