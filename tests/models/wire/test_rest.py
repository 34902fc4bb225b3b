"""What a codec keeps of a piece: nothing is lost, and what was changed is not changed back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tooltrace.models.wire.form import Block
from tooltrace.models.wire.rest import Piece, difference, foreign

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)
KEYS = st.sampled_from(["kind", "says", "rest", "fields", "absent", "more", ""])


def reads(piece: Mapping[str, Any]) -> Block:
    said = piece.get("says")
    return {"type": "text", "text": said.strip() if isinstance(said, str) else ""}


def writes(block: Block) -> dict[str, Any]:
    return {"kind": "text", "says": block.get("text", "")}


PIECE = Piece("toy", reads, writes, frozenset({"kind", "says"}))


@given(st.dictionaries(KEYS, JSON))
def test_a_piece_that_is_read_and_written_is_the_same(piece: dict[str, Any]) -> None:
    assert PIECE.write(PIECE.read(piece)) == piece


def test_an_ordinary_piece_keeps_nothing_beside() -> None:
    assert PIECE.read({"kind": "text", "says": "hi"}) == {"type": "text", "text": "hi"}


def test_a_changed_form_is_written_as_it_stands_with_the_fields_nobody_knows() -> None:
    block = PIECE.read({"says": " hi ", "more": 1})
    assert block["rest"] == {"toy": {"fields": {"says": " hi ", "more": 1}, "absent": ["kind"]}}
    assert PIECE.write({**block, "text": "ho"}) == {"kind": "text", "says": "ho", "more": 1}


def test_what_another_protocol_said_is_left_out() -> None:
    block = {"type": "text", "text": "hi", "rest": {"other": {"fields": {"more": 1}}}}
    assert PIECE.write(block) == {"kind": "text", "says": "hi"}
    assert foreign(block["rest"], "toy") and not foreign(block["rest"], "other")


def test_a_difference_names_only_what_differs() -> None:
    assert difference({"a": 1}, {"a": 1}) == {}
    assert difference({"a": 1, "b": None}, {"a": 1}) == {"fields": {"b": None}}
    assert difference({}, {"a": 1}) == {"absent": ["a"]}
