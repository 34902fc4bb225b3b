"""The same JSON, and not only what Python takes for equal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tooltrace.core.text.exact_json import DEEPEST
from tooltrace.models.wire.form import WireMessage
from tooltrace.models.wire.rest import Piece
from tooltrace.models.wire.same import same


def test_the_order_of_keys_does_not_count() -> None:
    assert same({"a": [1, {"b": None}], "c": "d"}, {"c": "d", "a": [1, {"b": None}]})
    assert same(WireMessage("user", [{"n": 1}]), WireMessage("user", [{"n": 1}]))


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (0, 0.0), ("1", 1), ([1], [True]), ([1], [1, 2]), ({"a": 1}, {"b": 1}), ({}, [])],
)
def test_what_is_written_otherwise_is_not_the_same(one: Any, other: Any) -> None:
    assert not same(one, other)
    assert not same(WireMessage("user", [{"n": one}]), WireMessage("user", [{"n": other}]))


def test_what_nests_as_deep_as_it_may_is_compared() -> None:
    deep: Any = []
    for _ in range(DEEPEST):
        deep = [deep]
    assert same(deep, json.loads(json.dumps(deep)))


@pytest.mark.parametrize("changed", [True, 1.0])
def test_an_edit_that_python_takes_for_none_is_written(changed: Any) -> None:
    call = Piece(
        "toy",
        lambda piece: {"type": "x", "input": json.loads(piece["text"])},
        lambda block: {"text": json.dumps(block["input"])},
        frozenset({"text"}),
    )
    block = call.read({"text": '{"a":1}'})
    assert call.write(block) == {"text": '{"a":1}'}
    assert call.write({**block, "input": {"a": changed}}) == {"text": json.dumps({"a": changed})}


def test_a_field_that_came_otherwise_is_kept_as_it_came() -> None:
    toy = Piece("toy", lambda _: {"type": "x"}, lambda _: {"n": 0}, frozenset({"n"}))
    assert type(toy.write(toy.read({"n": 0.0}))["n"]) is float
