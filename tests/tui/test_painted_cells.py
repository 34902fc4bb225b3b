"""Only what differs is written, and the terminal then shows what it would have shown."""

from __future__ import annotations

from hypothesis import given as holds
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tooltrace.tui.painted_cells import PaintedCells

RED, PLAIN = Style(color="red"), Style()
texts = st.text("ab ●漢\u0301", max_size=24)
strips = st.lists(st.tuples(texts, st.sampled_from([RED, PLAIN])), max_size=4)


def strip(parts: list[tuple[str, Style]], width: int) -> Strip:
    return Strip([Segment(text, style) for text, style in parts]).adjust_cell_length(width, PLAIN)


def written(cells: dict[int, str], pieces: list[tuple[int, Strip]]) -> None:
    for column, piece in pieces:
        at = column
        for text, style, _ in piece:
            for char in text:
                cells[at] = f"{char}{style}"
                at += 1


@holds(st.lists(strips, min_size=1, max_size=6))
def test_the_cells_are_those_of_the_last_strip(lines: list[list[tuple[str, Style]]]) -> None:
    painted = PaintedCells()
    simple = [[(t.replace("漢", "x").replace("\u0301", "y"), s) for t, s in one] for one in lines]
    cells: dict[int, str] = {}
    whole: dict[int, str] = {}
    for one in simple:
        shown = strip(one, 30)
        written(cells, painted.changed(3, 0, shown))
        written(whole, [(3, shown)])
        assert cells == whole
        assert painted.changed(3, 0, shown) == []


@holds(strips)
def test_what_is_wide_is_written_whole(parts: list[tuple[str, Style]]) -> None:
    painted = PaintedCells()
    shown = strip([*parts, ("漢", RED)], 80)
    for _ in range(2):
        assert painted.changed(0, 5, shown) == [(0, shown)]


def test_one_letter_costs_one_letter_until_all_is_forgotten() -> None:
    painted = PaintedCells()
    painted.changed(0, 0, strip([("hello there", PLAIN)], 40))
    ((column, piece),) = painted.changed(0, 0, strip([("hello There", PLAIN)], 40))
    assert (column, piece.text) == (6, "T")
    painted.forget()
    ((column, piece),) = painted.changed(0, 0, strip([("hello There", PLAIN)], 40))
    assert (column, piece.cell_length) == (0, 40)
