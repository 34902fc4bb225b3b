"""Markdown as it is read in the conversation: what is told, what stays, and what it costs."""

from __future__ import annotations

import time

import pytest
from hypothesis import example
from hypothesis import given as holds
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.cells import cell_len

from tests.core.given import Given
from tests.tui.view.build import HOSTILE, flat, see
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.tui.rows.conversation.conversation import ConversationRows
from tooltrace.tui.rows.lines import plain, wrap
from tooltrace.tui.rows.markdown.inline_spans import MOST_INLINE, inline_spans
from tooltrace.tui.rows.markdown.markdown_lines import (
    has_markdown,
    markdown_lines,
    markdown_text,
)
from tooltrace.tui.theme import NAMES

PIECES = [
    *(
        "# ",
        "## a ",
        "- ",
        "* ",
        "1. ",
        "12) ",
        "> ",
        ">> ",
        "```",
        "```json\n",
        "~~~",
        "---",
        "***",
    ),
    *("**", "*", "_", "__", "~~", "`", "``", "[a](b)", "![a](b)", "[", "](", ")", "<https://x.y>"),
    *("| a | b |\n|---|:-:|\n| 1 | 2 |\n", "|", "\\*", "\\", "\n", "\n\n", "  ", "    ", " ", "\t"),
    *("word", "snake_case", "2*3*4", "漢字", "👩‍👩‍👧", '{"a": [1, true]}', "@@ -1 +1 @@\n-a\n+b\n"),
    *("- [ ] task", "- [x] done", "\x1b[2J", "\u202e", "\ud800", "e\u0301", "\u0301"),
]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=25).map("".join)


def shown(text: str, width: int = 60) -> list[str]:
    return [plain(line) for line in markdown_lines(text, width, 1000)[0]]


def looks(text: str, wanted: str) -> set[str]:
    """The styles of a word wherever it stands."""
    lines = markdown_lines(text, 200, 1000)[0]
    return {style for line in lines for part, style in line if wanted in part}


def test_every_kind_is_told_by_a_mark_and_not_by_colour_alone() -> None:
    text = """\
## Refund *now*

The order **A-1** is `ok`.
- one
  1. two
- [x] done
> she said
> > twice

---
"""
    assert shown(text, 20) == [
        "## Refund now",
        "",
        "The order A-1 is",
        "`ok`.",
        "• one",
        "  1. two",
        "☑ done",
        "│ she said",
        "│ │ twice",
        "",
        "─" * 20,
        "",
    ]
    assert looks(text, "Refund") == {"title"}
    assert looks(text, "A-1") == {"strong"}
    assert looks(text, "ok") == {"code"}


def test_what_is_wrapped_hangs_below_its_own_beginning() -> None:
    assert shown("- a long item of a list\n  1. and one in it", 14) == [
        "• a long item",
        "  of a list",
        "  1. and one",
        "     in it",
    ]
    assert shown("> quoted for long", 12) == ["│ quoted for", "│ long"]


def test_code_keeps_its_spaces_and_json_and_differences_have_their_colours() -> None:
    text = '```json\n{"a":  1}\n```\n```diff\n-old\n+new\n same\n```\n```\n**not bold**\n```'
    assert shown(text) == [
        "┆ json",
        '┆ {"a":  1}',
        "┆ diff",
        "┆ -old",
        "┆ +new",
        "┆  same",
        "┆ **not bold**",
    ]
    assert looks(text, '"a"') == {"json.key"}
    assert looks(text, "-old") == {"removed"}
    assert looks(text, "+new") == {"added"}
    assert looks(text, "not bold") == {"code"}


def test_a_fence_that_is_not_closed_goes_to_the_end() -> None:
    assert shown("```py\nx = 1\n\n# no heading") == ["┆ py", "┆ x = 1", "┆ ", "┆ # no heading"]


TABLE = "| name | price |\n|:-----|------:|\n| **mug** | 1 |\n| a\\|b | 20.50 |\n"


def test_a_table_stands_in_columns_and_is_wrapped_where_it_is_too_wide() -> None:
    assert shown(TABLE, 40) == [
        "name │ price",
        "─────┼──────",
        "mug  │     1",
        "a|b  │ 20.50",
        "",
    ]
    wide = shown("| a | b |\n|-|-|\n| one two three four | five six seven eight |", 22)
    assert max(map(cell_len, wide)) <= 22
    assert " ".join(" ".join(wide).replace("│", " ").split()).count("three") == 1
    many = "|" + "a|" * 30 + "\n|" + "-|" * 30
    assert shown(many, 20) == [*wrap(many.split("\n")[0], 20), *wrap(many.split("\n")[1], 20)]


def test_a_link_is_its_text_and_its_address_and_nothing_that_acts() -> None:
    text = "See [the *docs*](https://x.y/a_(b) 'title'), <https://z.z> and ![a cat](cat.png)."
    assert shown(text, 200) == [
        "See the docs (https://x.y/a_(b)), https://z.z and picture: a cat (cat.png)."
    ]
    assert looks(text, "the ") == {"link"}
    assert shown("[https://x.y](https://x.y)") == ["https://x.y"]
    assert shown("[click](javascript:alert(1))") == ["click (javascript:alert(1))"]


@pytest.mark.parametrize(
    "text",
    [
        "snake_case_name",
        "2 * 3 * 4",
        "*.py and *.txt",
        "a_b",
        "[1] and (2)",
        "x < y > z",
        "**",
        "`",
    ],
)
def test_what_is_no_markdown_stays_as_it_is(text: str) -> None:
    assert shown(text) == [text]


INLINE = st.lists(
    st.sampled_from(["*", "**", "***", "_", "__", " ", "a", "b c", ".", "`x`", "\\*"]), max_size=14
).map("".join)


@holds(INLINE)
@example("***a** b*")
@example("**a*b**")
@example("*a **b*")
def test_emphasis_takes_the_signs_that_markdown_takes(text: str) -> None:
    (inline,) = MarkdownIt("commonmark").parseInline(f"x {text} x")
    left = [t.content for t in inline.children or () if t.type in ("text", "code_inline")]
    assert plain(inline_spans(f"x {text} x")).replace("`", "") == "".join(left).replace("`", "")


@holds(TEXTS, st.integers(1, 50), st.integers(1, 12))
@example(HOSTILE, 20, 5)
@example('***# # # {"a": [1, true]}***', 1, 1)
def test_lines_are_safe_no_wider_and_no_more_than_asked(text: str, width: int, most: int) -> None:
    lines, cut = markdown_lines(text, width, most)
    assert len(lines) <= most
    whole, _ = markdown_lines(text, width, 10_000)
    assert whole[: len(lines)] == lines
    assert cut or len(whole) == len(lines)
    for line in whole:
        assert cell_len(plain(line)) <= max(4, width), line
        assert {style for _, style in line} <= NAMES
        assert not set("\x1b\u202e\n\r\t") & set(plain(line))


@holds(TEXTS)
def test_a_text_without_any_sign_of_it_is_shown_as_it_was(text: str) -> None:
    if not has_markdown(text):
        assert shown(text, 30) == wrap(text, 30)


@holds(TEXTS)
def test_what_is_found_is_what_is_seen(text: str) -> None:
    seen = [plain(line) for line in markdown_lines(text, 10_000, 10_000)[0]]
    found = markdown_text(text).split("\n")
    assert [line.strip("─") for line in found] == [line.strip("─") for line in seen]


@pytest.mark.parametrize(
    "text",
    [
        "*a " * 30_000,
        "**a _b " * 20_000,
        "[" * 50_000,
        "[a](" * 20_000,
        "`" * 3 + "`a" * 30_000,
        "> " * 20_000,
        "- " * 20_000,
        "|a" * 20_000 + "\n" + "|-" * 20_000,
        "[a](b '" * 10_000,
        ("> " * 50 + "x\n") * 500,
        "\\" * 60_000,
        "#" * 50_000,
        "* " * 30_000,
        "`a``b```c" * 8_000,
    ],
)
def test_what_is_meant_to_be_slow_is_not(text: str) -> None:
    usual = "The order **A-1** is `ok`, and so is [that](x).\n" * (len(text) // 48 + 1)
    assert _seconds(text) < 12 * _seconds(usual) + 0.05


def _seconds(text: str) -> float:
    best = float("inf")
    for _ in range(3):
        begin = time.process_time()
        has_markdown(text)
        markdown_lines(text, 100, 1000)
        markdown_text(text)
        best = min(best, time.process_time() - begin)
    return best


def test_a_long_paragraph_is_plain() -> None:
    text = "**a** " * MOST_INLINE
    assert inline_spans(text) == ((text, "text"),)


def conversation(text: str) -> Given:
    return Given(WorkflowSpec("free")).user("Say *it*.").replies(text)


def test_what_was_said_is_laid_out_and_shown_as_written_where_that_is_wanted() -> None:
    view = see(conversation("# Done\n- **a**\n- b"))
    rows = ConversationRows()
    items, _ = rows.update(view)
    assert flat(items)[-4:-1] == ["  # Done", "  • a", "  • b"]
    assert "┃ Say it." in flat(items)
    assert "**" not in "\n".join(item.text() for item in items)
    items, keep = rows.lay_out(False)
    assert flat(items)[-4:-1] == ["  # Done", "  - **a**", "  - b"]
    assert keep == 1, "the first that looks otherwise is what the person said"
    assert "**a**" in "\n".join(item.text() for item in items)
    fresh, _ = ConversationRows(rendered=False).update(view)
    assert flat(items) == flat(fresh)


def test_a_folded_text_says_how_many_of_its_own_lines_are_left() -> None:
    text = "\n".join(f"- **item** {number}" for number in range(60))
    items, _ = ConversationRows().update(see(conversation(text)))
    assert flat(items)[-2].startswith("  … 20 more lines of 829 characters")
    (index,) = [at for at, item in enumerate(items) if "item" in item.text()]
    assert len(items[index].toggled().lines(60)) == 61


@holds(TEXTS, st.integers(4, 60), st.booleans(), st.booleans())
def test_an_entry_is_as_high_as_it_says(text: str, width: int, opened: bool, on: bool) -> None:
    items, _ = ConversationRows(rendered=on).update(see(conversation(text)))
    for item in items:
        shown = item.toggled() if opened else item
        assert len(shown.lines(width)) == shown.height(width)
