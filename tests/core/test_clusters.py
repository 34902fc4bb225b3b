"""What is hidden but part of an emoji or a word stays; elsewhere it is spelled out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.terminal.writings import WRITINGS
from tooltrace.core.text.clusters import cluster_end, whole_clusters
from tooltrace.core.text.sanitize import clip, one_line, visible

PARTS = st.sampled_from(
    [*"a1#é❤☎⌚©👍👩💻🏳🌈🏴🇩🇪漢कषि्مخ한한🏽\u200c\u200d\ufe0e\ufe0f\u20e3\u0301", "\U000e0067"]
)
TEXTS = st.lists(PARTS, max_size=12).map("".join)
TAGS = "".join(chr(0xE0000 + ord(char)) for char in "gbsct") + "\U000e007f"


@pytest.mark.parametrize(
    "text",
    [
        "❤\ufe0f ☎\ufe0e ⌚\ufe0e ™\ufe0f ㊗\ufe0f 🅰\ufe0f",
        "1\ufe0f\u20e3 #\ufe0f\u20e3 x 9\ufe0e",
        "👩\u200d👩\u200d👧 👩🏽\u200d💻 🏳\ufe0f\u200d🌈 🏴\u200d☠\ufe0f ❤\ufe0f\u200d🔥",
        "می\u200cخواهم क्\u200dष क्\u200cष",
        f"🏴{TAGS}",
        "👍🏽 ☝🏽 🇩🇪 क्षि कொ ที่ 각",
    ],
)
def test_what_belongs_to_its_neighbours_stays(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\ufe0f", "a\\u{fe0f}"),
        ("漢\ufe0f", "漢\\u{fe0f}"),
        ("❤\ufe0f\ufe0f", "❤\ufe0f\\u{fe0f}"),
        ("\ufe0f❤", "\\u{fe0f}❤"),
        ("❤\ufe00", "❤\\u{fe00}"),
        ("❤\U000e0100", "❤\\u{e0100}"),
        ("a\u200db", "a\\u{200d}b"),
        ("👩\u200d", "👩\\u{200d}"),
        ("👩\u200d\u200d👧", "👩\\u{200d}\\u{200d}👧"),
        ("1\ufe0f\u200d2\ufe0f", "1\ufe0f\\u{200d}2\ufe0f"),
        ("क\u200d", "क\\u{200d}"),
        ("م\u200c خ", "م\\u{200c} خ"),
        ("م\u200c\u200dخ", "م\\u{200c}\\u{200d}خ"),
        ("🏴\U000e0061\U000e007f", "🏴\\u{e0061}\\u{e007f}"),
        (f"x{TAGS[:2]}", "x\\u{e0067}\\u{e0062}"),
        ("a\u034fb\u3164", "a\\u{34f}b\\u{3164}"),
    ],
)
def test_elsewhere_it_is_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(TEXTS)
def test_what_is_visible_stays_as_it_is(text: str) -> None:
    once = visible(text)
    assert visible(once) == once
    assert visible(f"\x1b{text}\x1b") == f"\\u{{1b}}{once}\\u{{1b}}"


def clusters(text: str) -> list[str]:
    found, start = [], 0
    while start < len(text):
        end = cluster_end(text, start)
        assert end > start
        found.append(text[start:end])
        start = end
    return found


def test_clusters_are_what_a_person_takes_for_one_character() -> None:
    assert clusters("a1\ufe0f\u20e3é") == ["a", "1\ufe0f\u20e3", "é"]
    assert clusters("क्षि नमस्ते") == ["क्षि", " ", "न", "म", "स्ते"]
    assert clusters("👍🏽🇩🇪🇮🇳🇫") == ["👍🏽", "🇩🇪", "🇮🇳", "🇫"]
    assert clusters("👩🏽\u200d💻🏳\ufe0f\u200d🌈漢字") == [
        "👩🏽\u200d💻",
        "🏳\ufe0f\u200d🌈",
        "漢",
        "字",
    ]
    assert clusters("\u1112\u1161\u11ab각ที่e\u0301") == ["\u1112\u1161\u11ab", "각", "ที่", "e\u0301"]
    assert clusters(f"🏴{TAGS}x") == [f"🏴{TAGS}", "x"]


@given(TEXTS, st.integers(0, 14))
def test_cut_text_ends_where_a_cluster_does(text: str, width: int) -> None:
    ends = [0]
    for cluster in clusters(text):
        ends.append(ends[-1] + len(cluster))
    assert whole_clusters(text, width) in ends
    clipped = clip(text, width)
    assert len(clipped) <= width
    if clipped != text and width:
        assert len(clipped) - 1 in ends


def test_a_long_row_of_doubtful_text_is_cheap() -> None:
    for text in (
        "\u200da" * 100_000,
        "\u200d" * 200_000,
        "👩\u200d" * 100_000,
        "क\u200d" * 100_000,
    ):
        assert one_line(text)
    assert all(visible(text) for text in WRITINGS.values())
