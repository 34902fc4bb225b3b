"""Match the items of two sequences: longest common subsequences, quick and exact.

A row of the table of lengths is one integer with a bit for each item of the other sequence (Hyyrö
2004), so that 5,000 by 5,000 items take 5,000 additions, not 25,000,000. Only every ``STRIDE``-th
row is kept; those between are made again on the way back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

__all__ = ["Keys", "align", "common_items"]

Keys = tuple[str, ...]
"""What an item is known by, the most exact first; as many for each item."""

Pair = tuple[int, int]
Place = tuple[int | None, int | None]

STRIDE = 256


def align(left: Sequence[Keys], right: Sequence[Keys]) -> list[Place]:
    """Every item once and in order, beside the one it belongs to or beside None.

    Items with the same first key find each other first, then, in the gaps that are left, those with
    the same second key, and so on. With the sides swapped it is the same, mirrored.
    """
    # Of several alignments that are as good, which one is found must not depend on the side.
    if list(left) <= list(right):
        pairs = _pairs(left, right)
    else:
        pairs = [(a, b) for b, a in _pairs(right, left)]
    rows: list[Place] = []
    here = there = 0
    for a, b in [*pairs, (len(left), len(right))]:
        rows += [(index, None) for index in range(here, a)]
        rows += [(None, index) for index in range(there, b)]
        if a < len(left):
            rows.append((a, b))
        here, there = a + 1, b + 1
    return rows


def _pairs(a: Sequence[Keys], b: Sequence[Keys]) -> list[Pair]:
    found: list[Pair] = []
    levels = len(a[0]) if a else 0
    gaps = [(0, len(a), 0, len(b))]
    for level in range(levels):
        left_over: list[tuple[int, int, int, int]] = []
        for low, high, under, over in gaps:
            ours = [keys[level] for keys in a[low:high]]
            theirs = [keys[level] for keys in b[under:over]]
            pairs = [(low + i, under + j) for i, j in common_items(ours, theirs)]
            found += pairs
            for i, j in [*pairs, (high, over)]:
                if low < i and under < j:
                    left_over.append((low, i, under, j))
                low, under = i + 1, j + 1
        gaps = left_over
    return sorted(found)


def common_items(a: Sequence[str], b: Sequence[str]) -> list[Pair]:
    """A longest common subsequence, as pairs of indices in order. O(n·m/64) time at worst."""
    least = min(len(a), len(b))
    begin = 0
    while begin < least and a[begin] == b[begin]:
        begin += 1
    end = 0
    while end < least - begin and a[-1 - end] == b[-1 - end]:
        end += 1
    inner = _inner(a[begin : len(a) - end], b[begin : len(b) - end])
    return [
        *((index, index) for index in range(begin)),
        *((begin + i, begin + j) for i, j in inner),
        *((len(a) - index, len(b) - index) for index in range(end, 0, -1)),
    ]


def _inner(a: Sequence[str], b: Sequence[str]) -> list[Pair]:
    where: dict[str, int] = {}
    for index, key in enumerate(b):
        where[key] = where.get(key, 0) | 1 << index
    masks = [where.get(key, 0) for key in a]
    full = (1 << len(b)) - 1
    kept = [row for index, row in enumerate(_rows(masks, full, full)) if index % STRIDE == 0]
    pairs: list[Pair] = []
    row, column = len(a), len(b)
    for block in range((len(a) - 1) // STRIDE, -1, -1):
        base = block * STRIDE
        rows = list(_rows(masks[base : base + STRIDE], kept[block], full))
        # A bit that is not set says that the length grows there.
        while row > base and column > 0:
            if rows[row - base] >> (column - 1) & 1:
                column -= 1
            else:
                row -= 1
                if rows[row - base] >> (column - 1) & 1:
                    column -= 1
                    pairs.append((row, column))
    pairs.reverse()
    return pairs


def _rows(masks: Sequence[int], row: int, full: int) -> Iterator[int]:
    """The row before the first item and the one after each."""
    yield row
    for mask in masks:
        hit = row & mask
        row = (row + hit | row - hit) & full
        yield row
