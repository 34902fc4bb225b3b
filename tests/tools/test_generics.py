"""Classes that are given a type, or made by a library of their own, keep what their fields say."""

from __future__ import annotations

import enum
import json
import typing
from dataclasses import InitVar, dataclass, field
from datetime import date
from typing import Annotated, Any, Generic, NamedTuple, TypedDict, TypeVar

import attrs
import msgspec
import pydantic
import pytest
import typing_extensions
from pydantic import Field

from tests.tools.test_annotations import got
from tests.tools.test_annotations import tool as build
from tooltrace.core.model.errors import BadWorkflow

T = TypeVar("T")
U = TypeVar("U")
Most3 = Annotated[int, Field(le=3, description="At most 3.")]


class Mixed(enum.Enum):
    WORD = "word"
    NUMBER = 1


@dataclass
class Box(Generic[T]):
    item: T
    count: Most3 = 1


class Named(NamedTuple, Generic[T]):
    item: T
    count: Most3 = 1  # type: ignore[assignment]  # It hides tuple.count, as people write it.


class Keys(TypedDict, Generic[T]):
    item: T
    count: typing.NotRequired[Most3]


class Made(msgspec.Struct, Generic[T]):
    item: T
    count: Most3 = 1


@pydantic.dataclasses.dataclass
class Theirs(Generic[T]):
    item: T
    count: Most3 = 1


@dataclass
class Two(Generic[T, U]):
    item: list[T]
    other: U


@dataclass
class Half(Two[Mixed, list[T]]):
    count: Most3 = 1


@dataclass
class Whole(Half[date]):
    pass


class More(Keys[int]):
    extra: str


class TheirKeys(typing_extensions.TypedDict, Generic[T]):
    item: T


class MoreOfTheirs(TheirKeys[int]):
    extra: str


@dataclass
class Node(Generic[T]):
    item: T
    below: list[Node[T]]
    count: Most3 = 1


def doubled(value: int) -> int:
    return value * 2


@attrs.define
class Attrs:
    _item: int = attrs.field(converter=doubled)
    count: Most3 = 1
    even: int = attrs.field(default=2, validator=attrs.validators.ge(2))
    many: list[Mixed] = attrs.Factory(list)


class Cat(msgspec.Struct, tag="cat"):
    count: Most3 = 1


class Dog(msgspec.Struct, tag="dog", tag_field="type"):
    count: int = 1


@dataclass
class Seeded:
    item: int
    seed: InitVar[Mixed] = Mixed.WORD
    was: Any = None

    def __post_init__(self, seed: Mixed) -> None:
        self.was = seed


@pytest.mark.parametrize("kind", [Box, Named, Keys, Made, Theirs])
def test_what_a_generic_class_is_given_and_what_it_says_are_both_kept(kind: Any) -> None:
    assert "refused" not in str(got(kind[int], {"item": 5, "count": 3}))
    assert "refused: x.item: " in got(kind[int], {"item": "5"})
    assert "refused: x.count: " in got(kind[int], {"item": 5, "count": 4})
    told = json.dumps(build(kind[int]).spec.schema)
    assert '"maximum": 3' in told and "At most 3." in told
    made = got(kind[Mixed], {"item": 1})
    assert (made["item"] if isinstance(made, dict) else made.item) is Mixed.NUMBER


def test_a_definition_has_a_name_that_a_reference_may_have() -> None:
    schema = build(Box[Mixed]).spec.schema
    assert list(schema["$defs"]) == ["Box_Mixed_"]
    assert schema["properties"]["x"]["$ref"] == "#/$defs/Box_Mixed_"


def test_what_a_base_was_given_is_known() -> None:
    made = got(Whole, {"item": ["word", 1], "other": ["2026-01-02"]})
    assert made == Whole([Mixed.WORD, Mixed.NUMBER], [date(2026, 1, 2)])
    assert "refused: x.item[0]" in got(Whole, {"item": ["x"], "other": []})
    assert "refused: x.other[0]" in got(Whole, {"item": [], "other": ["x"]})
    assert got(Half[int], {"item": [], "other": [1]}) == Half([], [1])
    for kind in (More, MoreOfTheirs):
        assert "refused: x.item" in got(kind, {"item": "x", "extra": "y"})


def test_a_generic_class_may_speak_of_itself() -> None:
    below = {"item": 1, "below": []}
    made = got(Node[Mixed], {"item": "word", "below": [below]})
    assert made.below[0].item is Mixed.NUMBER
    wrong = {"item": "word", "below": [{**below, "count": 4}]}
    assert "refused: x.below[0].count" in got(Node[Mixed], wrong)


def test_a_class_of_attrs_is_made_by_attrs() -> None:
    made = got(Attrs, {"item": 4, "many": ["word"]})
    assert (made._item, made.many) == (8, [Mixed.WORD])
    for wrong in ({"item": 1, "count": 4}, {"item": 1, "even": 1}, {"item": 1, "many": [2]}, {}):
        assert "refused: x" in str(got(Attrs, wrong))


def test_a_tagged_struct_keeps_its_tag_and_its_limits() -> None:
    assert got(Cat | Dog, {"type": "cat", "count": 3}) == Cat(3)
    assert got(Cat | Dog, {"type": "dog", "count": 9}) == Dog(9)
    for wrong in ({"type": "cat", "count": 4}, {"type": "cow"}):
        assert "refused: x" in str(got(Cat | Dog, wrong))


def test_what_a_dataclass_is_only_made_from_is_asked_for() -> None:
    assert got(Seeded, {"item": 1, "seed": 1}).was is Mixed.NUMBER
    assert got(Seeded, {"item": 1}).was is Mixed.WORD


@pytest.mark.parametrize(
    "mark",
    [field(default_factory=list), msgspec.field(default=1), attrs.field(), pydantic.PrivateAttr(1)],
)
def test_a_mark_that_only_a_class_understands_is_no_default(mark: Any) -> None:
    with pytest.raises(BadWorkflow, match="x: what its default is marks a field of a class"):
        build(list[int], mark)


@pytest.mark.parametrize("key", [tuple[int, int], Seeded, list[str], None])
def test_what_no_text_can_be_is_no_key(key: Any) -> None:
    with pytest.raises(BadWorkflow, match=r"x: .* cannot be the key of an object, which is text"):
        build(dict[key, int])
