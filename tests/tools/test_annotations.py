"""What an author's annotations say is told to the model and kept, in the style they are used to."""

from __future__ import annotations

import datetime
import enum
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, LiteralString, NamedTuple, NewType

import annotated_types as at
import msgspec
import pydantic
import pytest
from pydantic import Field
from typing_extensions import Doc

from tooltrace.core.model.errors import BadWorkflow
from tooltrace.tools.functions.function import BadArguments, FunctionTool

LEFT_OUT: Any = object()


class Nothing(enum.Enum):
    pass


def tool(kind: Any, *default: Any) -> FunctionTool:
    def some(x):  # type: ignore[no-untyped-def]
        return x

    some.__annotations__ = {"x": kind}
    some.__defaults__ = default or None
    return FunctionTool.build(some)


def told(kind: Any, *default: Any) -> Any:
    return tool(kind, *default).spec.schema["properties"]["x"]


def got(kind: Any, value: Any, *default: Any) -> Any:
    """What the function is called with; the reason as text if it is not."""
    made = tool(kind, *default)
    given = {} if value is LEFT_OUT else {"x": value}
    try:
        keywords = made.bind(given, lambda _: None)  # type: ignore[arg-type, return-value]
    except BadArguments as error:
        return f"refused: {error}"
    return made.function(**keywords)


def refused(kind: Any, *default: Any) -> str:
    with pytest.raises(BadWorkflow) as caught:
        tool(kind, *default)
    place, _, text = str(caught.value).partition(": tool some: x: ")
    assert place.startswith(f"{__file__}:"), caught.value
    return text


# Descriptions and limits


@pytest.mark.parametrize(
    "metadata",
    [
        "how many",
        Doc("how many"),
        Field(description="how many"),
        msgspec.Meta(description="how many"),
        Field(description="how many", repr=False),
    ],
)
def test_a_description_reaches_the_model_whoever_wrote_it(metadata: Any) -> None:
    assert told(Annotated[int, metadata])["description"] == "how many"
    assert told(Annotated[int | None, metadata], None)["description"] == "how many"
    assert told(list[Annotated[int, metadata]])["items"]["description"] == "how many"


LIMITS = [
    (Annotated[int, Field(ge=1, le=5)], {"minimum": 1, "maximum": 5}, [1, 5], [0, 6]),
    (Annotated[int, at.Interval(gt=1, lt=5)], {"exclusiveMinimum": 1}, [2, 4], [1, 5]),
    (Annotated[int, msgspec.Meta(multiple_of=3)], {"multipleOf": 3}, [3], [4]),
    (Annotated[float, Field(multiple_of=0.01)], {"multipleOf": 0.01}, [0.29, 3], [0.295]),
    (Annotated[str, Field(min_length=2, max_length=3)], {"minLength": 2}, ["ab"], ["a", "abcd"]),
    (Annotated[str, pydantic.StringConstraints(pattern="^a")], {"pattern": "^a"}, ["ab"], ["b"]),
    (Annotated[list[int], at.Len(1, 2)], {"minItems": 1, "maxItems": 2}, [[1]], [[], [1, 2, 3]]),
    (Annotated[dict[str, int], at.MaxLen(1)], {"maxProperties": 1}, [{}], [{"a": 1, "b": 2}]),
    (pydantic.PositiveInt, {"exclusiveMinimum": 0}, [1], [0]),
    (Annotated[pydantic.PositiveInt, Field(ge=5)], {"exclusiveMinimum": 0, "minimum": 5}, [5], [4]),
    (Annotated[int, at.Ge(5), at.Ge(1)], {"minimum": 5}, [5], [4]),
    (Annotated[int, Field(gt=0.5)], {"minimum": 1}, [1], [0]),
    (Annotated[int, Field(ge=10**30)], {"minimum": 10**30}, [10**30], [1]),
    (Annotated[int, Field(ge=Decimal("2"))], {"minimum": 2}, [2], [1]),
]


@pytest.mark.parametrize(("kind", "words", "right", "wrong"), LIMITS)
def test_a_limit_is_told_and_kept(
    kind: Any, words: dict[str, Any], right: list[Any], wrong: list[Any]
) -> None:
    assert words.items() <= told(kind).items()
    for value in right:
        assert got(kind, value) == value
        assert got(kind | None, value) == value
    for value in wrong:
        assert got(kind, value).startswith("refused: x: "), value
        assert got(kind | None, value).startswith("refused: x: "), value
    assert got(kind | None, None) is None


def test_a_limit_that_no_schema_has_a_word_for_is_said_and_kept() -> None:
    since = Annotated[datetime.date, at.Ge(datetime.date(2024, 1, 1)), "when"]
    assert told(since)["description"] == "when Must be at least 2024-01-01."
    assert got(since, "2024-01-02") == datetime.date(2024, 1, 2)
    assert got(since, "2023-12-31") == "refused: x: must be at least 2024-01-01"
    assert told(at.LowerCase[str])["description"] == "Must satisfy islower."
    assert got(at.LowerCase[str], "A") == "refused: x: must satisfy islower"
    odd = Annotated[int, at.Predicate(lambda value: value % 2)]
    assert got(odd, 2) == "refused: x: does not satisfy its Predicate"
    zoned = Annotated[datetime.datetime, at.Timezone(...)]
    assert "timezone" in got(zoned, "2024-01-01T10:00:00")


def test_limits_of_a_union_hold_for_the_members_that_can_have_them() -> None:
    kind = Annotated[int | str, Field(ge=3)]
    assert [got(kind, value) for value in (3, "a")] == [3, "a"]
    assert got(kind, 2).startswith("refused: x: fits none of int (expected a whole number >= 3)")


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (Annotated[str, Field(ge=1)], "ge=1 does not apply to str"),
        (Annotated[Literal["a"], Field(min_length=1)], "min_length=1 does not apply to Literal"),
        (Annotated[str | None, Field(ge=1)], "ge=1 applies to no member of the union"),
        (Annotated[str, Field(pattern="(")], "pattern='(' cannot be kept"),
        (Annotated[str, at.Len(3), Field(pattern="a"), Field(pattern="b")], "is said twice"),
        (Annotated[datetime.date, Field(ge=5)], "ge=5 is no date"),
        (Nothing, "Nothing has no members"),
        (Annotated[int, Field(alias="y")], "Field(alias=…) names another argument; rename"),
        (Annotated[datetime.datetime, at.Timezone("Europe/Paris")], "cannot be told"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_line(kind: Any, why: str) -> None:
    assert why in refused(kind)


def test_a_field_gives_its_default_and_never_itself() -> None:
    assert got(int, LEFT_OUT, Field(default=3, ge=1, description="n")) == 3
    assert told(int, Field(default=3, ge=1, description="n")) == {
        "type": "integer",
        "minimum": 1,
        "description": "n",
        "default": 3,
    }
    assert got(int, 0, Field(default=3, ge=1)).startswith("refused: x: ")
    assert got(Annotated[int, Field(default=4)], LEFT_OUT) == 4
    assert got(int, LEFT_OUT, Field(ge=1)) == "refused: x: missing, it is required"
    assert got(int, LEFT_OUT, Field(default=None)) is None
    made = tool(list[str], Field(default_factory=list))
    first, second = (made.bind({}, lambda _: None)["x"] for _ in range(2))  # type: ignore[arg-type, return-value]
    assert first == [] and first is not second


def test_what_only_pydantic_understands_is_left_to_it() -> None:
    stripped = Annotated[str, pydantic.StringConstraints(strip_whitespace=True, min_length=2)]
    assert (got(stripped, "  ab "), got(stripped, " a ")[:8]) == ("ab", "refused:")
    assert got(Annotated[int, pydantic.AfterValidator(lambda v: v + 1)], 2) == 3
    assert got(Annotated[int, pydantic.AfterValidator(lambda v: v + 1)], "2")[:8] == "refused:"


# Types


class Model(pydantic.BaseModel):
    """A model."""

    x: int = Field(ge=1, description="from one")
    inner: Model | None = None

    @pydantic.field_validator("x")
    @classmethod
    def lucky(cls, value: int) -> int:
        if value == 13:
            raise ValueError("13 is bad luck")
        return value


@dataclass
class Card:
    number: str
    until: datetime.date | None = None


@dataclass
class Account:
    iban: str = ""
    owner: str = ""


@dataclass
class Strict:
    n: int

    def __post_init__(self) -> None:
        if self.n > 9:
            raise AssertionError("n is too large")


@dataclass
class Holder:
    model: Model
    path: Path | None = None
    more: list[Holder] = field(default_factory=list)


@pydantic.dataclasses.dataclass
class Checked:
    n: int = Field(ge=2)


@dataclass
class Fielded:
    n: int = Field(default=3, ge=2)


class Speed(enum.Enum):
    SLOW = "slow"
    FAST = "fast"


class Level(enum.IntEnum):
    LOW = 1


class Mixed(enum.Enum):
    NAME = "name"
    ONE = 1
    HALF = 0.5


class Rights(enum.Flag):
    READ = 1
    WRITE = 2


class Point(NamedTuple):
    x: int
    y: int = 2


Amount = NewType("Amount", int)
DAY = datetime.date(2024, 1, 2)

READ = [
    (Model, {"x": 2, "inner": {"x": 3}}, Model(x=2, inner=Model(x=3))),
    (list[Model] | None, [{"x": 2}], [Model(x=2)]),
    (Holder, {"model": {"x": 1}, "path": "a"}, Holder(Model(x=1), Path("a"))),
    (Card | Account, {"number": "1"}, Card("1")),
    (Card | Account, {"owner": "me"}, Account("", "me")),
    (Account | Card, {"number": "1"}, Card("1")),
    (Card | dict[str, int], {"a": 1}, {"a": 1}),
    (datetime.date | str, "2024-01-02", DAY),
    (str | datetime.date, "2024-01-02", DAY),
    (datetime.date | str, "tomorrow", "tomorrow"),
    (Speed | str, "slow", Speed.SLOW),
    (Speed | str, "warp", "warp"),
    (list[int] | list[str], ["a"], ["a"]),
    (list[int] | list[str], [1], [1]),
    (Mixed, "name", Mixed.NAME),
    (Mixed, 1, Mixed.ONE),
    (Mixed, 0.5, Mixed.HALF),
    (Literal[Speed.SLOW, "b"], "slow", Speed.SLOW),
    (Path, "a/b", Path("a/b")),
    (LiteralString, "a", "a"),
    (Point, {"x": 1}, Point(1)),
    (dict[Speed, int], {"slow": 1}, {Speed.SLOW: 1}),
    (dict[int, str], {"1": "a"}, {1: "a"}),
    (dict[bool, str], {"true": "a"}, {True: "a"}),
    (dict[datetime.date, str], {"2024-01-02": "a"}, {DAY: "a"}),
    (float | Level, 3, 3.0),
    (float | Level, 1, Level.LOW),
    (Annotated[int | None, at.Ge(2)] | Literal["a", 1], 1, 1),
    (Rights, 3, Rights.READ | Rights.WRITE),
    (Decimal, 1.5, Decimal("1.5")),
    (Decimal, "1.5", Decimal("1.5")),
    (Amount, 3, 3),
    (Annotated[Amount, Field(ge=1)], 3, 3),
    (Iterable[int], [1], [1]),
    (object, {"a": 1}, {"a": 1}),
    (int, 3.0, 3),
    (tuple[Path, int], ["a", 1], (Path("a"), 1)),
    (tuple[int, str] | Annotated[int, Field(ge=1)] | None, [1, "a"], (1, "a")),
]


@pytest.mark.parametrize(("kind", "value", "read"), READ)
def test_a_type_is_read_as_it_is_written(kind: Any, value: Any, read: Any) -> None:
    found = got(kind, value)
    assert (found, type(found)) == (read, type(read))


MISREAD = [
    (Model, {"x": 0}, "x.x: input should be greater than or equal to 1"),
    (Model, {"x": 13}, "x.x: 13 is bad luck"),
    (Model, {"x": "1"}, "x.x: input should be a valid integer"),
    (Holder, {"model": {"x": 1}, "more": [{"model": {"x": 0}}]}, "x.more[0].model.x: input should"),
    (Holder, {"model": {"x": 1}, "path": 3}, "x.path: expected text, got a whole number"),
    (Strict, {"n": 10}, "n is too large"),
    (Strict | Card, {"n": 10}, "Strict (n is too large)"),
    (Checked, {"n": 1}, "x.n: input should be greater"),
    (Fielded, {"n": 1}, "x.n: input should be greater"),
    (Mixed, "z", 'x: "z" is not one of "name", 1, 0.5'),
    (dict[Speed, int], {"warp": 1}, 'x: "warp" is not one of "slow", "fast"'),
    (Path, 3, "x: expected text"),
    (set[int], [1, 1], "x: 1 is there twice"),
    (list[int] | list[str], [1, "a"], "x: fits none of list[int] ([1]: expected a whole number"),
]


@pytest.mark.parametrize(("kind", "value", "why"), MISREAD)
def test_what_does_not_fit_names_its_place(kind: Any, value: Any, why: str) -> None:
    assert got(kind, value).startswith("refused: ")
    assert why in got(kind, value)


def test_what_a_type_means_is_told() -> None:
    assert told(datetime.datetime)["format"] == "date-time"
    assert told(datetime.time)["format"] == "time"
    assert told(Path) == {"type": "string", "format": "path"}
    assert told(dict[Speed, int])["propertyNames"] == {"enum": ["slow", "fast"]}
    assert told(Mixed) == {"title": "Mixed", "enum": ["name", 1, 0.5]}
    schema = tool(Point).spec.schema
    assert schema["$defs"]["Point"]["properties"] == {
        "x": {"type": "integer"},
        "y": {"type": "integer", "default": 2},
    }
    model = tool(list[Model]).spec.schema["$defs"]["Model"]
    assert model["properties"]["x"]["description"] == "from one"


def test_two_models_of_one_name_are_two_definitions() -> None:
    other = pydantic.create_model("Model", y=(int, ...))
    schema = tool(dict[str, Model] | dict[str, other]).spec.schema  # type: ignore[valid-type]
    names = [name for name in ("lucky", "from one", "'y'") if name in repr(schema)]
    assert names == ["from one", "'y'"]
    assert got(dict[str, Model] | dict[str, other], {"a": {"y": 1}})["a"] == other(y=1)  # type: ignore[valid-type]


@pytest.mark.parametrize("name", ["__x", "__x__", "_", "class_", "self_", "schema", "struct"])
def test_a_parameter_may_have_any_name(name: str) -> None:
    space: dict[str, Any] = {}
    exec(f"def some({name}: int, {name}2=None):\n    return {name}", space)
    made = FunctionTool.build(space["some"])
    assert list(made.spec.schema["properties"]) == [name, f"{name}2"]
    assert made.function(**made.bind({name: 3}, lambda _: None)) == 3  # type: ignore[arg-type, return-value]


CHEAP = """
import sys
from typing import Annotated
from tooltrace import Workflow, tool
@tool
def look(n: Annotated[int, "how many"], when: str | int = "now") -> int:
    "Look."
    return n
Workflow("w", tools=[look]).tools["look"].bind({"n": 1}, lambda _: None)
print([name for name in ("pydantic", "annotated_types") if name in sys.modules])
"""


def test_who_does_not_use_pydantic_does_not_pay_for_it() -> None:
    run = subprocess.run([sys.executable, "-c", CHEAP], capture_output=True, text=True)
    assert (run.stdout.strip(), run.stderr) == ("[]", "")
