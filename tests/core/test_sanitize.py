"""Visible text: nothing that a terminal acts on, and nothing hidden, gets past the edge."""

from __future__ import annotations

import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tooltrace.core.text.sanitize import clip, one_line, visible

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
SELECTORS = {chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))}
BLANK = set("\u034f\u17b4\u17b5\u3164\uffa0")
"""Letters and marks by their category, of which nothing is drawn."""
ANY = st.text(st.characters() | st.characters(categories=["Cs", "Cc", "Cf", "Mn"]))


def test_no_hidden_code_point_is_left_of_all_there_are() -> None:
    # All of the planes that hold anything, and the edges of those that are empty or private.
    codes = {*range(0x32000), *range(0xE0000, 0xE0400), *range(0xFFFF, sys.maxunicode, 0x1001)}
    every = list(map(chr, sorted(codes | {sys.maxunicode})))
    # Between letters, too: a run that is mostly harmless is not waved through.
    shown = set(visible("".join(every))) | set(visible("".join(f"世{c}" for c in SELECTORS)))
    hidden = {char for char in every if unicodedata.category(char) in HIDDEN} | SELECTORS | BLANK
    assert shown & hidden == {"\n", "\t"}
    assert len(shown) == len(every) - len(hidden) + 2


def test_printable_ascii_stays_as_it_is() -> None:
    text = "".join(map(chr, range(0x20, 0x7F)))
    assert visible(text) == text
    assert visible("a\n\tb") == "a\n\tb"


def test_what_is_hidden_is_spelled_out() -> None:
    assert visible("\x1b]0;title\x07") == "\\u{1b}]0;title\\u{7}"
    assert visible("a\u202eb\u200d") == "a\\u{202e}b\\u{200d}"
    assert visible("\ud800\U000e0101\x9b\r") == "\\u{d800}\\u{e0101}\\u{9b}\\u{d}"
    assert visible("Grüße, 世界 🙂") == "Grüße, 世界 🙂"


@given(ANY)
def test_what_is_visible_stays_as_it_is(text: str) -> None:
    once = visible(text)
    assert visible(once) == once
    assert len(once) >= len(text)


@given(ANY)
def test_one_line_is_one_line(text: str) -> None:
    line = one_line(text)
    assert line.splitlines() == ([line] if line else [])
    assert "\t" not in line
    assert line.count("⏎") == text.count("\n") + text.count("⏎")


@given(ANY, st.integers(-2, 12))
def test_clipped_text_has_at_most_that_many_characters(text: str, width: int) -> None:
    clipped = clip(text, width)
    assert len(clipped) <= max(0, width) or clipped == text
    assert clipped == text or clipped == "" or clipped.endswith("…")
    assert text.startswith(clipped.removesuffix("…")) or clipped == text
