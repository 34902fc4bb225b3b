"""A secret is not shown while it arrives, neither whole nor in part."""

from __future__ import annotations

from tooltrace.core.model.ports import Delta
from tooltrace.core.text.redact import Redactor
from tooltrace.debugger.run.partial_reply import TAIL, PartialReply

KEY = "ghp_" + "a1B2" * 9
VALUE = "Zx81-shop-0123456789"


def shown_while(text: str, size: int) -> set[str]:
    incoming = PartialReply(Redactor([("SHOP_KEY", VALUE)]))
    incoming.begin()
    seen = set()
    for place in range(0, len(text), size):
        incoming.hear(Delta(0, "text", text[place : place + size]))
        incoming.drain()
        seen.add(incoming.blocks[0].tail)
    return seen


def test_whatever_the_pieces_no_part_of_a_key_is_shown() -> None:
    for size in (1, 2, 3, 7, 19, 64):
        seen = shown_while(f"I use {KEY} and {VALUE} now. Is it so?", size)
        assert not [text for text in seen if KEY[:8] in text or VALUE[:8] in text or "B2a1" in text]
        assert "I use [secret gh] and [secret SHOP_KEY] now. Is it so?" in seen


def test_a_key_that_the_tail_begins_in_is_not_shown() -> None:
    for before in range(TAIL - 60, TAIL + 10, 7):
        seen = shown_while(f"{KEY} {'word ' * (before // 5)} end", 500)
        assert not [text for text in seen if "B2a1B2a1" in text]


def test_words_are_shown_as_they_come() -> None:
    seen = shown_while("one two three", 1)
    assert {"one t", "one tw", "one two"} <= seen
