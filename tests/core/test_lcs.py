"""Aligning two sequences: as much as possible together, in order, and the same from either side."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given as holds
from hypothesis import settings
from hypothesis import strategies as st

from tests.timing import within
from tooltrace.core.compare.lcs import STRIDE, align, common_items

FEW = st.lists(st.sampled_from("abcd"), max_size=12)
KEYS = st.lists(st.tuples(*[st.sampled_from("abc")] * 3).map(lambda k: (f"{k[0]}{k[1]}", *k[1:])))


def longest(a: list[str], b: list[str]) -> int:
    """The length of the longest common subsequence, as the textbook counts it."""
    row = [0] * (len(b) + 1)
    for x in a:
        before = 0
        for j, y in enumerate(b):
            before, row[j + 1] = row[j + 1], before + 1 if x == y else max(row[j], row[j + 1])
    return row[-1]


@holds(FEW, FEW)
@settings(max_examples=40)
def test_as_many_as_there_can_be_and_in_order(a: list[str], b: list[str]) -> None:
    pairs = common_items(a, b)
    assert len(pairs) == longest(a, b)
    assert all(a[i] == b[j] for i, j in pairs)
    assert all(x < z and y < w for (x, y), (z, w) in pairwise(pairs))


@pytest.mark.parametrize("seed", range(3))
def test_rows_that_were_not_kept_are_made_again(seed: int) -> None:
    chance = random.Random(seed)
    a = chance.choices("abcdefgh", k=2 * STRIDE + 3)
    b = chance.choices("abcdefgh", k=STRIDE // 2)
    assert len(common_items(a, b)) == len(common_items(b, a)) == longest(a, b)


@holds(KEYS, KEYS)
@settings(max_examples=30)
def test_each_item_once_in_order_and_mirrored_with_the_sides(
    a: list[tuple[str, ...]], b: list[tuple[str, ...]]
) -> None:
    rows = align(a, b)
    assert [i for i, _ in rows if i is not None] == list(range(len(a)))
    assert [j for _, j in rows if j is not None] == list(range(len(b)))
    for i, j in rows:
        if i is not None and j is not None:
            assert any(x == y for x, y in zip(a[i], b[j], strict=True))
    together = {pair for pair in rows if None not in pair}
    assert {(i, j) for j, i in align(b, a) if None not in (i, j)} == together


def test_the_more_exact_key_goes_before() -> None:
    a = [("x1", "x"), ("x2", "x"), ("x3", "x")]
    b = [("x2", "x"), ("x3", "x")]
    assert align(a, b) == [(0, None), (1, 0), (2, 1)]
    assert align(a, [("x9", "x")]) == [(0, 0), (1, None), (2, None)]


@pytest.mark.parametrize("kinds", [1, 3, 10**9])
def test_five_thousand_by_five_thousand_in_less_than_a_second(kinds: int) -> None:
    chance = random.Random(kinds)
    a, b = (
        [(str(chance.randrange(10**9)), str(chance.randrange(kinds)), "k") for _ in range(5_000)]
        for _ in range(2)
    )
    with within(1, time.process_time):
        rows = align(a, b)
    assert len(rows) >= 5_000
