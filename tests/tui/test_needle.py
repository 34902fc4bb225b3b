"""Looking through a list: all that has it is found, the nearest first, however little at a time."""

from __future__ import annotations

import re
import signal
import time
from typing import Literal

import pytest
from hypothesis import given as holds
from hypothesis import strategies as st

from tests.tui.view.build import HOSTILE
from tooltrace.core.text.sanitize import visible
from tooltrace.tui.panes.layout import Layout
from tooltrace.tui.panes.limited_pattern import LimitedPattern
from tooltrace.tui.panes.needle import Needle, Search
from tooltrace.tui.rows.lines import Row

WORDS = st.lists(st.sampled_from(["ab", "AB", "b", "", HOSTILE]), max_size=40)
WAYS: tuple[Literal[1, -1], ...] = (1, -1)


def rows(words: list[str], silent: frozenset[int] = frozenset()) -> list[Row]:
    return [Row(n, ((word, "text"),), n not in silent) for n, word in enumerate(words)]


@holds(WORDS, st.integers(0, 50), st.frozensets(st.integers(0, 40)))
def test_what_is_found_in_slices_is_what_is_there(
    words: list[str], start: int, silent: frozenset[int]
) -> None:
    items = rows(words, silent)
    search = Search(items, re.compile("b", re.IGNORECASE), start)
    while not search.done:
        search.go_on(0)
    there = [n for n, word in enumerate(words) if "b" in visible(word).lower() and n not in silent]
    assert search.total == len(there)
    assert [search.place(n) for n in range(len(words)) if n in there] == [
        n + 1 for n in range(len(there))
    ]
    assert all(search.place(n) is None for n in range(len(words)) if n not in there)
    begin = min(start, len(words))
    nearest = next((n for n in [*range(begin, len(words)), *range(begin)] if n in there), None)
    assert search.first == nearest
    for n in range(-1, len(words)):
        assert search.beside(n, 1) == next((x for x in there if x > n), None)
        assert search.beside(n, -1) == next((x for x in reversed(there) if x < n), None)
    assert [search.end(way) for way in WAYS] == ([there[0], there[-1]] if there else [None, None])


def test_a_list_that_shrank_meanwhile_is_looked_through_to_its_end() -> None:
    items = rows(["b"] * 60)
    search = Search(items, re.compile("b"), 0)
    search.go_on(0)
    del items[20:]
    while not search.done:
        search.go_on(0)
    assert search.total == 20


def test_nothing_is_looked_at_beyond_what_was_asked_for() -> None:
    search = Search(rows(["b"] * 1000), re.compile("b"), 0)
    assert search.go_on(10, most=1)
    assert search.total < 100 and not search.done


@holds(st.text() | st.just(HOSTILE))
def test_plain_text_is_found_as_it_is(text: str) -> None:
    pattern = Needle(text, case=True).pattern()
    assert (pattern is None) == (not visible(text).split())
    if pattern is not None:
        assert pattern.search(f"x {visible(text)} y")


def test_capitals_count_when_they_are_meant_to() -> None:
    for case, found in ((False, True), (True, False)):
        pattern = Needle("Refund", case=case).pattern()
        assert pattern is not None and bool(pattern.search("refund")) is found


@pytest.mark.parametrize("text", ["(a", "[", "*", "a{99999999999}", "(?<=a*)b"])
def test_what_is_no_expression_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        Needle(text, regex=True).pattern()


@pytest.mark.parametrize("text", ["(a|aa)+$", "(a+)+$", "(.*a){12}!", "(?=(a+)+$)b"])
def test_an_expression_that_takes_for_ever_is_given_up_and_finds_nothing_more(text: str) -> None:
    hard, easy = Row(0, (("a" * 70 + "-", "text"),)), Row(1, (("a", "text"),))
    pattern = Needle(text, regex=True).pattern()
    assert isinstance(pattern, LimitedPattern)
    before = signal.getsignal(signal.SIGVTALRM)
    begin = time.process_time()
    search = Search([hard, easy], pattern, 0)
    while not search.done:
        search.go_on(0)
    layout = Layout()
    layout.set_width(100)
    layout.set_items([hard], 0)
    assert layout.marks(pattern, 0, 0) == []
    assert time.process_time() - begin < 1
    assert pattern.is_slow and search.total == 0
    assert signal.getsignal(signal.SIGVTALRM) is before
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)


def test_an_expression_that_is_only_looked_for_often_is_not_slow() -> None:
    pattern = Needle("(b|a)+x?$", regex=True).pattern()
    assert isinstance(pattern, LimitedPattern)
    items = rows(["ab"] * 20_000)
    search = Search(items, pattern, 0)
    while not search.done:
        search.go_on(1)
    assert search.total == len(items) and not pattern.is_slow


def test_an_expression_that_matches_nothing_at_all_finds_nothing() -> None:
    pattern = Needle("x*", regex=True).pattern()
    assert pattern is not None
    search = Search(rows(["a", "xx"]), pattern, 0)
    search.go_on(1)
    assert search.total == 1
