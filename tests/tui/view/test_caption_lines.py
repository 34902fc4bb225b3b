"""The caption in two lines: a sentence each, or both from line to line, never wider than asked."""

from __future__ import annotations

from tests.tui.view.build import see, text_of, to_credit
from tooltrace.core.caption.caption import caption_at
from tooltrace.tui.rows.caption_lines import caption_lines


def shown(width: int, head: int | None = None) -> list[str]:
    given = to_credit()
    return [text_of(line) for line in caption_lines(see(given, head, tip=given.head), width)]


def test_a_sentence_has_a_line_where_there_is_room() -> None:
    assert shown(120) == [
        'The model asked for process_credit with order_id = "1001" and amount = 59.9.',
        "process_credit is next: it writes.",
    ]


def test_where_there_is_not_both_run_on_between_words() -> None:
    first, second = shown(70)
    assert first == 'The model asked for process_credit with order_id = "1001" and amount ='
    assert second == "59.9. process_credit is next: it writes."


def test_what_fits_nowhere_is_cut_and_why_the_next_follows_is_still_there() -> None:
    assert shown(40) == [
        "The model asked for process_credit with…",
        "process_credit is next: it writes.",
    ]


def test_no_word_is_lost_where_they_run_on() -> None:
    given = to_credit()
    for width in range(60, 130):
        for record in given.tree.path(given.at):
            view = see(given, record.id, tip=given.head)
            text = " ".join(text_of(line) for line in caption_lines(view, width))
            assert text == str(caption_at(given.tree, record.id)) or "…" in text, width


def test_names_and_values_have_a_look_of_their_own() -> None:
    given = to_credit()
    first, _ = caption_lines(see(given), 120)
    assert ("process_credit", "strong") in first
    assert ("amount = 59.9", "arg") in first
