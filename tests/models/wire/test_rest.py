"""What a codec keeps of a piece: nothing is lost, and what was changed is not changed back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tooltrace.models.wire.form import Block
from tooltrace.models.wire.rest import Piece, difference, left_out

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
    kept = {"fields": {"more": 1}, "spelled": {"says": " hi "}, "absent": ["kind"]}
    assert block["rest"] == {"toy": kept}
    assert PIECE.write({**block, "text": "ho"}) == {"kind": "text", "says": "ho", "more": 1}


def test_what_another_protocol_said_is_left_out() -> None:
    rest = {"other": {"fields": {"more\n": 1, "most": 2}, "spelled": {"says": "ho"}}}
    assert PIECE.write({"type": "text", "text": "hi", "rest": rest}) == {
        "kind": "text",
        "says": "hi",
    }
    assert left_out(rest, "toy", "message 3") == ["message 3: more⏎, most"]
    assert left_out(rest, "other", "message 3") == []


def test_a_difference_names_only_what_differs() -> None:
    assert difference({"a": 1}, {"a": 1}, "a") == {}
    assert difference({"a": 1, "b": None}, {"a": 1}, "a") == {"fields": {"b": None}}
    assert difference({"a": 2}, {"a": 1}, "a") == {"spelled": {"a": 2}}
    assert difference({}, {"a": 1}, "a") == {"absent": ["a"]}


def test_what_was_not_changed_keeps_its_spelling() -> None:
    two = Piece(
        "toy",
        lambda piece: {"type": "x", **{key: piece[key].strip() for key in ("a", "b")}},
        lambda block: {key: block[key] for key in ("a", "b")},
        frozenset({"a", "b"}),
    )
    block = two.read({"a": " 1", "b": " 2"})
    assert two.write({**block, "a": "3"}) == {"a": "3", "b": " 2"}
