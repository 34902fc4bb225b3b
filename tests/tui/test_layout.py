from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tooltrace.tui.panes.cursor import CursorPlace, end, reveal, step, turn
from tooltrace.tui.panes.layout import Layout, matcher
from tooltrace.tui.rows.lines import Line, Row, wrap


@dataclass(slots=True)
class Block:
    """An item of a fixed number of lines that counts how often it is asked."""

    key: int
    tall: int = 1
    selectable: bool = True
    asked: list[str] = field(default_factory=list)

    def height(self, width: int) -> int:
        self.asked.append("height")
        return self.tall

    def lines(self, width: int) -> Sequence[Line]:
        self.asked.append("lines")
        return [((f"{self.key}.{number}", "text"),) for number in range(self.tall)]

    def text(self) -> str:
        return f"block {self.key}"


@dataclass(frozen=True, slots=True)
class Prose:
    key: int
    body: str
    selectable: bool = True

    def height(self, width: int) -> int:
        return len(wrap(self.body, width))

    def lines(self, width: int) -> Sequence[Line]:
        return [((line, "text"),) for line in wrap(self.body, width)]

    def text(self) -> str:
        return self.body


def laid(*heights: int, deaf: Sequence[int] = ()) -> Layout:
    layout = Layout()
    layout.set_width(40)
    layout.set_items([Block(i, h, i not in deaf) for i, h in enumerate(heights)], 0)
    return layout


HEIGHTS = st.lists(st.integers(0, 7), max_size=12)


@given(HEIGHTS, HEIGHTS, st.integers(0, 15))
def test_changing_the_tail_equals_laying_out_afresh(
    head: list[int], tail: list[int], keep: int
) -> None:
    layout = laid(*head)
    kept = min(keep, len(head))
    heights = head[:kept] + tail
    layout.set_items([Block(i, h) for i, h in enumerate(heights)], keep)
    fresh = laid(*heights)
    assert layout.total == fresh.total == sum(heights)
    for y in range(-1, layout.total + 2):
        index = layout.at(y)
        assert index == fresh.at(y)
        if index is not None:
            assert layout.top(index) <= y < layout.end(index)
    assert [layout.top(i) for i in range(len(heights))] == [
        sum(heights[:i]) for i in range(len(heights))
    ]


def test_appending_asks_only_the_new_item() -> None:
    items = [Block(i) for i in range(10_000)]
    layout = Layout()
    layout.set_width(40)
    layout.set_items(items, 0)
    for item in items:
        item.asked.clear()
    items.append(Block(10_000, 3))
    assert layout.set_items(items, 10_000) == 10_000
    assert layout.total == 10_003
    assert items[-1].asked == ["height"]
    assert not any(item.asked for item in items[:-1])


def test_lines_are_made_once_and_only_for_items_that_are_looked_at() -> None:
    layout = laid(2, 3, 1)
    items = layout.items
    assert layout.line(1, 2) == (("1.2", "text"),)
    assert layout.line(1, 0) == (("1.0", "text"),)
    assert [item.asked.count("lines") for item in items] == [0, 1, 0]  # type: ignore[attr-defined]


def test_an_item_with_fewer_lines_than_it_promised_is_padded() -> None:
    assert laid(1).line(0, 7) == ()


@given(
    HEIGHTS,
    st.sets(st.integers(0, 11)),
    st.integers(1, 6),
    st.lists(st.sampled_from(["up", "down", "pgup", "pgdn", "home", "end"]), max_size=30),
)
def test_no_sequence_of_keys_leaves_the_items(
    heights: list[int], deaf: set[int], page: int, keys: list[str]
) -> None:
    layout = laid(*heights, deaf=list(deaf))
    at = CursorPlace(None, 0)
    for key in keys:
        match key:
            case "up":
                at = step(layout, at, page, -1)
            case "down":
                at = step(layout, at, page, 1)
            case "pgup":
                at = turn(layout, at, page, -1)
            case "pgdn":
                at = turn(layout, at, page, 1)
            case "home":
                at = end(layout, page, -1)
            case _:
                at = end(layout, page, 1)
        at = at._replace(y=max(0, min(at.y, layout.total - page)))
        if at.cursor is not None:
            assert layout.items[at.cursor].selectable


@given(st.lists(st.integers(1, 7), min_size=1, max_size=12), st.integers(1, 6))
def test_going_down_shows_every_line_and_ends_at_the_last(heights: list[int], page: int) -> None:
    layout = laid(*heights)
    at, seen = end(layout, page, -1), set(range(page))
    for _ in range(sum(heights) + len(heights)):
        at = step(layout, at, page, 1)
        at = at._replace(y=max(0, min(at.y, layout.total - page)))
        seen |= set(range(at.y, at.y + page))
    assert at.cursor == len(heights) - 1
    assert seen >= set(range(layout.total))


def test_paging_reaches_the_last_and_the_first_item() -> None:
    layout = laid(*[1] * 100)
    at = CursorPlace(0, 0)
    for _ in range(30):
        at = turn(layout, at, 10, 1)
    assert at == CursorPlace(99, 90)
    for _ in range(30):
        at = turn(layout, at, 10, -1)
    assert at == CursorPlace(0, 0)


def test_reveal_moves_no_more_than_it_must() -> None:
    layout = laid(*[2] * 10)
    assert reveal(layout, 3, 4, 6) == 4
    assert reveal(layout, 0, 4, 6) == 0
    assert reveal(layout, 6, 4, 6) == 8


def test_an_item_far_away_comes_to_the_middle() -> None:
    layout = laid(*[1] * 100)
    assert reveal(layout, 50, 0, 11) == 45
    assert reveal(layout, 2, 80, 11) == 0
    assert reveal(layout, 99, 0, 11) == 89


def test_search_goes_round_and_passes_what_cannot_be_selected() -> None:
    layout = laid(1, 1, 1, deaf=[1])
    every = matcher("block")
    assert every is not None
    assert layout.search(every, 1, 1) == 2
    assert layout.search(every, 3, 1) == 0
    assert layout.search(every, -1, -1) == 2
    one = matcher("block 1")
    assert one is not None
    assert layout.search(one, 0, 1) is None


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("refund", "The REFUND", True),
        ("Refund", "the refund", False),
        ("a.c", "abc", False),
        ("two words", "two\n  words", True),
        ("\x1b", "plain", False),
    ],
)
def test_what_a_query_finds(query: str, text: str, found: bool) -> None:
    pattern = matcher(query)
    assert pattern is not None
    assert bool(pattern.search(text)) is found


def test_an_empty_query_finds_nothing() -> None:
    assert matcher("  ") is None


def test_a_phrase_is_marked_on_both_lines_that_it_was_wrapped_over() -> None:
    layout = Layout()
    layout.set_width(12)
    layout.set_items([Prose(0, "the mug was broken yesterday")], 0)
    pattern = matcher("was broken")
    assert pattern is not None
    marked = [
        [layout.line(0, n)[0][0][low:high] for low, high in layout.marks(pattern, 0, n)]
        for n in range(3)
    ]
    assert marked == [["was"], ["broken"], []]


def test_rows_satisfy_the_contract() -> None:
    layout = Layout()
    layout.set_width(10)
    layout.set_items([Row(7, (("x", "text"),))], 0)
    assert layout.find_key(7) == 0
    assert layout.find_key(8) is None
