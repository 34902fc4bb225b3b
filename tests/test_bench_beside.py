"""What a benchmark names as slower: by ratio, so that another machine or a busy hour is none."""

from __future__ import annotations

from scripts.bench.beside import Row, slower, told

OLD = [Row("a step", 0.4, "two lines", 0.1), Row("list", 100.0, "import", 50.0)]


def test_a_machine_half_as_fast_is_no_slower_program() -> None:
    half = [Row(each.name, each.ms * 2, each.floor, each.floor_ms * 2) for each in OLD]
    assert slower(OLD, half) == []


def test_what_takes_more_than_a_fifth_more_is_named() -> None:
    new = [Row("a step", 0.5, "two lines", 0.1), Row("list", 118.0, "import", 50.0)]
    assert slower(OLD, new) == ["a step: 4.00 → 5.00 × two lines"]
    assert slower([], new) == []


def test_each_row_stands_beside_its_floor() -> None:
    heading, step, _ = told([Row("a step", 0.4, "two lines", 0.1, 31.0), OLD[1]])
    assert heading.split()[-1] == "beside"
    assert step.split() == ["a", "step", "0.40", "0.10", "4.00", "31", "two", "lines"]
