"""What is drawn is as wide as it was measured, in a terminal of any opinion about widths."""

from __future__ import annotations

import re
from itertools import cycle
from pathlib import Path

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style
from textual.driver import Driver

from tests.terminal.writings import WRITINGS
from tests.tui.app.driven import doors
from tooltrace.cli.output import columns
from tooltrace.core.text.clusters import JOINER, cluster_end
from tooltrace.core.text.sanitize import one_line
from tooltrace.tui import safe_text
from tooltrace.tui.app import ToolTraceApp
from tooltrace.tui.cells import cell_len, cut, placed
from tooltrace.tui.rows.lines import fit, plain, tidy, wrap
from tooltrace.tui.rows.values import narrowed

DOUBTED = "❤☎⌚™👍👩💻🏳🌈🏴🇩🏽क्षिन्मेொোကြที่שָمَ\u1112\u1161\u11ab\u200c\ufe0e\ufe0f\u20e3\u200d"
TEXTS = st.text(st.sampled_from(DOUBTED + " ab1é漢…─")) | st.text(max_size=40)
_STEP = re.compile(r"\x1b7|\x1b8|\x1b\[(\d+)C|(.)", re.DOTALL)


def column_after(data: str, opinions: list[int]) -> int:
    """Where the cursor stands in a terminal that gives doubted characters these widths."""
    column = saved = inside = 0
    widths = cycle(opinions)
    for found in _STEP.finditer(data):
        match found[0]:
            case "\x1b7":
                saved, inside = column, 1
            case "\x1b8":
                column, inside = saved, 0
            case _ if found[1]:
                column += int(found[1])
            case char if inside and char != " ":
                column += next(widths)
            case char:
                column += cell_len(char)
    return column


@given(TEXTS, st.integers(0, 30), st.lists(st.integers(0, 3), min_size=1, max_size=9))
def test_what_comes_next_stands_where_it_was_measured(
    text: str, width: int, opinions: list[int]
) -> None:
    shown = fit(text, width)
    assert cell_len(shown) <= width
    assert column_after(placed(shown), opinions) == cell_len(shown)


@given(TEXTS)
def test_a_border_after_text_stands_where_it_was_measured(text: str) -> None:
    screen = pyte.Screen(60, 1)
    line = safe_text.strip(((text, "plain"),), 40, lambda _: Style(), Style())
    pyte.Stream(screen).feed(placed(line.text + "│"))
    assert line.cell_length == 40
    assert screen.buffer[0][40].data == "│", screen.display


@given(TEXTS, st.integers(1, 30))
def test_wrapped_lines_are_no_wider_and_hold_everything(text: str, width: int) -> None:
    lines = wrap(text, width)
    for line in lines:
        assert cell_len(line) <= width or cluster_end(line, 0) == len(line)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", "".join(wrap(text, 1_000_000)))


@given(TEXTS, st.integers(0, 30))
def test_no_cut_goes_through_a_cluster(text: str, width: int) -> None:
    safe = one_line(text).replace("\u200d", "")
    if cell_len(safe) <= width:
        return
    ends, end = {0}, 0
    while end < len(safe):
        end = cluster_end(safe, end)
        ends.add(end)
    assert len(cut(safe, width).rstrip(" ")) in ends | {end - 1 for end in ends}
    kept = cut(safe, width)
    assert any(kept in (safe[:end], safe[:end] + " ") for end in ends)


def test_measured_is_the_most_that_any_terminal_gives() -> None:
    assert cell_len("हिन्दी") == 5
    assert cell_len("👍🏽") == 4
    assert cell_len("❤\ufe0f") == 2
    assert cell_len("🇩🇪") == 2
    assert cell_len("ที่นี่") == 2
    assert fit("हिन्दी में", 5) == fit("हिन्दी में", 3) == "हि…"
    assert fit("👍🏽👍🏽", 6) == "👍🏽…"


def test_the_parts_of_a_joined_emoji_stand_side_by_side() -> None:
    assert fit("👨\u200d👩\u200d👧 क्\u200dष", 20) == "👨👩👧 क्ष"
    assert wrap("👨\u200d👩\u200d👧", 4) == ["👨👩", "👧"]


def test_a_line_of_spans_is_as_wide_as_it_says() -> None:
    for text in WRITINGS.values():
        for width in range(30):
            line, used = tidy(((text, "plain"), ("ab", "strong"), (text, "plain")), width)
            assert used == cell_len(plain(line)) <= width


def test_plain_text_is_written_as_it_is() -> None:
    for text in ("", "x" * 100, "\x1b[1;31m│ größe → 漢字 ✓ …\x1b[0m"):
        assert placed(text) is text


def test_doubtful_text_is_placed_and_nothing_else() -> None:
    assert placed("\x1b[1mकि\x1b[0m│") == "\x1b[1m\x1b7  \x1b8\x1b7कि\x1b8\x1b[2C\x1b[0m│"
    assert placed("a1\ufe0f\u20e3b") == "a\x1b7  \x1b8\x1b71\ufe0f\u20e3\x1b8\x1b[2Cb"
    assert placed("\x1b[5;9H❤\ufe0f") == "\x1b[5;9H\x1b7  \x1b8\x1b7❤\ufe0f\x1b8\x1b[2C"


@pytest.mark.parametrize("text", WRITINGS.values(), ids=list(WRITINGS))
def test_the_app_writes_what_is_placed(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(Driver):
        written = ""

        def write(self, data: str) -> None:
            Terminal.written += data

        def start_application_mode(self) -> None: ...
        def disable_input(self) -> None: ...
        def stop_application_mode(self) -> None: ...

    monkeypatch.setattr("textual.app.App.get_driver_class", lambda _: Terminal)
    app = object.__new__(ToolTraceApp)
    app.services = doors(Path())
    made = app.get_driver_class()
    object.__new__(made).write(one_line(text))
    assert Terminal.written == placed(one_line(text))


@given(TEXTS, st.integers(0, 20), st.integers(0, 20))
def test_a_mark_in_a_line_leaves_it_as_wide_as_it_is(text: str, low: int, high: int) -> None:
    found = Style(bold=True)
    line = safe_text.strip(
        ((text, "plain"), ("ab", "plain")), 40, lambda _: Style(), Style(), [(low, high)], found
    )
    plainly = safe_text.strip(((text, "plain"), ("ab", "plain")), 40, lambda _: Style(), Style())
    assert line.text == plainly.text
    assert sum(cell_len(segment.text) for segment in line) == line.cell_length == 40


def test_a_difference_is_not_shown_from_the_middle_of_a_cluster() -> None:
    was, now = narrowed("❤\ufe0f" * 300 + "👍🏽", "❤\ufe0f" * 300 + "👍🏿", 20, 200)
    assert fit(was, 99) == was
    assert was[1] in "❤👍" and now[1] in "❤👍"


def test_columns_of_a_command_begin_where_they_were_measured() -> None:
    rows = [(one_line(text), "|") for text in WRITINGS.values()]
    lines = columns(rows)
    assert len({cell_len(line[:-1]) for line in lines}) == 1
    assert all(JOINER not in line for line in lines)


@pytest.mark.parametrize("unit", ["क्", "ि", "🏽", "e\u0301\u0301", "👩\u200d", "🇩", "\u1112\u1161"])
def test_text_made_to_be_one_long_cluster_is_wrapped_all_the_same(unit: str) -> None:
    lines = wrap(f"👍{unit * 20_000}", 20)
    assert max(map(cell_len, lines)) <= 20
    assert cell_len(fit(unit * 20_000, 20)) <= 20
