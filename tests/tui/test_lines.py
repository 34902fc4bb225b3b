from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.tui.tui_support import HOSTILE
from tooltrace.core.text.sanitize import visible
from tooltrace.tui.rows.lines import TAB, Row, fit, plain, tidy, wrap

TEXT = st.text(max_size=120) | st.text("ab 漢é\t\n\x1b", max_size=200)


@given(TEXT, st.integers(1, 40))
def test_wrapped_lines_fit_and_lose_nothing_but_spaces(text: str, width: int) -> None:
    lines = wrap(text, width)
    for line in lines:
        assert cell_len(line) <= width or len(line) == 1
        assert visible(line) == line
    kept = "".join(lines).replace(" ", "")
    assert kept == visible(text).replace("\t", "").replace("\n", "").replace(" ", "")


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 5, [""]),
        ("hello world", 11, ["hello world"]),
        ("hello world", 8, ["hello", "world"]),
        ("hello world", 5, ["hello", "world"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("a\n\nb", 3, ["a", "", "b"]),
        ("\tx", 8, [TAB + "x"]),
        ("漢字かな", 5, ["漢字", "かな"]),
        ("漢字 かな", 5, ["漢字", "かな"]),
        ("    longword", 6, ["    lo", "ngword"]),
        ("漢", 1, ["漢"]),
    ],
)
def test_wraps_at_spaces_and_counts_cells(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width) == lines


@pytest.mark.benchmark
@pytest.mark.parametrize("piece", ["x", "word ", "漢 ", " ", "e\u0301", "a\n", "\x1b"])
def test_wrapping_ten_times_the_text_costs_about_ten_times_as_much(piece: str) -> None:
    def cost(count: int) -> float:
        text = piece * count
        times = []
        for _ in range(3):
            start = process_time()
            wrap(text, 40)
            times.append(process_time() - start)
        return min(times)

    assert cost(60_000) < 40 * max(cost(6_000), 0.0005)


@given(TEXT, st.integers(0, 30))
def test_fit_never_exceeds_the_width(text: str, width: int) -> None:
    safe = fit(text, width)
    assert cell_len(safe) <= width
    assert visible(safe) == safe
    assert "\n" not in safe
    assert "\t" not in safe


def test_fit_says_that_something_was_cut() -> None:
    assert fit("abcdef", 6) == "abcdef"
    assert fit("abcdef", 5) == "abcd…"
    assert fit("漢字かな", 5) == "漢字…"
    assert fit("e" + "\u0301" * 10_000, 5).endswith("…")


@given(st.lists(st.tuples(TEXT, st.just("text")), max_size=5), st.integers(0, 30))
def test_a_tidy_line_is_as_wide_as_it_says(spans: list[tuple[str, str]], width: int) -> None:
    line, used = tidy(tuple(spans), width)
    assert used == cell_len(plain(line)) <= width


def test_a_line_that_is_cut_between_spans_says_so() -> None:
    line, used = tidy((("abcd", "key"), ("", "dim"), ("ef", "dim")), 4)
    assert (plain(line), used) == ("abc…", 4)
    assert tidy((("abcd", "key"), ("", "dim")), 4)[0] == (("abcd", "key"),)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_safe_after_wrapping(name: str) -> None:
    for line in wrap(HOSTILE[name], 40)[:5_000]:
        assert cell_len(line) <= 40
        assert visible(line) == line


def test_a_row_is_found_by_its_text_or_by_what_it_hides() -> None:
    line = (("a", "key"), ("b", "dim"))
    assert Row(1, line).text() == "ab"
    assert Row(1, line, find="hidden").text() == "hidden"
