"""A long text is read line by line from any place, and nothing of it is lost or told twice."""

from __future__ import annotations

import re

from hypothesis import given as holds
from hypothesis import strategies as st

from tests.timing import within
from tests.tui.view.build import HOSTILE
from tooltrace.tui.rows.inspector.paged_text import STRETCH, PagedText, Spot

texts = st.lists(
    st.sampled_from(["a", "bb ccc", "\n", "\n\n", "漢字", "x" * 300, "y" * STRETCH, " ", "😀"]),
    max_size=30,
).map("".join)


def walk(paged: PagedText) -> list[Spot]:
    spots = [Spot(0, 0)]
    while (below := paged.after(spots[-1])) is not None:
        spots.append(below)
    return spots


@holds(texts, st.integers(1, 60))
def test_down_and_up_pass_the_same_lines(text: str, width: int) -> None:
    paged = PagedText(text, width)
    down = walk(paged)
    assert down[-1] == paged.last
    up = [paged.last]
    while (above := paged.before(up[-1])) is not None:
        up.append(above)
    assert up[::-1] == down


@holds(texts, st.integers(4, 60))
def test_stretches_follow_each_other_and_have_every_character(text: str, width: int) -> None:
    paged = PagedText(text, width)
    begins = list(dict.fromkeys(spot.begin for spot in walk(paged)))
    ends = [paged.end_of(begin) for begin in begins]
    assert begins == [0, *ends[:-1]] and ends[-1] == len(text)
    for begin, end in zip(begins, ends, strict=True):
        for place in range(begin, end, max(1, (end - begin) // 3)):
            assert paged.begin_at(place) == begin
    said = "".join("".join(paged.page(spot, 1)) for spot in walk(paged))
    assert "".join(said.split()) == "".join(text.split())


def test_only_a_line_that_never_ends_is_cut() -> None:
    text = ("z" * 100 + "\n") * 500
    begins = {spot.begin for spot in walk(PagedText(text, 120))}
    assert begins == set(range(0, len(text), 101))


def test_found_forwards_and_backwards() -> None:
    paged = PagedText("needle " + "hay " * 100_000 + "needle end", 40)
    pattern = re.compile("needle")
    assert paged.find(pattern, 1) == 7 + 400_000
    assert paged.find_before(pattern, 400_000) == 0
    assert paged.find_before(pattern, 0) is None
    assert "needle" in next(paged.page(paged.spot_at(400_007), 1)) + "".join(
        paged.page(paged.move(paged.spot_at(400_007), -3), 8)
    )


def test_the_end_of_a_hundred_megabytes_is_there_at_once() -> None:
    for text in ("x" * 100_000_000, "ab\n" * 33_000_000):
        paged = PagedText(text, 100)
        with within(0.2):
            top = paged.move(paged.last, -40)
            assert len(list(paged.page(top, 50))) == 41


def test_hostile_text_is_inert() -> None:
    paged = PagedText(HOSTILE * 3, 30)
    assert "\x1b" not in "".join(paged.page(Spot(0, 0), 100))
