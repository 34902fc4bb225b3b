"""What the model is told and what is enforced are one thing: a schema takes exactly what a call
takes, for whatever a person may write as annotations and whatever a model may send.
"""

from __future__ import annotations

import datetime
import enum
import re
import uuid
from collections.abc import Callable
from dataclasses import field, make_dataclass
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, NotRequired, Required, TypedDict, Union

import annotated_types as at
import jsonschema  # type: ignore[import-untyped]
import msgspec
import pydantic
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tooltrace.tools.functions.function import BadArguments, FunctionTool

NUMBERS = count()

LARGE = 10**15
"""Beyond such numbers a float and a whole number are no longer told apart in every library."""


class Plain(enum.Enum):
    SLOW = "slow"
    FAST = "fast"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 5


class Rights(enum.Flag):
    READ = 1
    WRITE = 2


class Mixed(enum.Enum):
    NAME = "name"
    ONE = 1
    HALF = 0.5
    NONE = None


class Node(msgspec.Struct):
    value: int
    then: Node | None = None


class Model(pydantic.BaseModel):
    x: int = pydantic.Field(ge=1, le=9)
    names: list[str] = pydantic.Field(default=[], max_length=2)
    inner: Model | None = None


class Point(NamedTuple):
    x: int
    y: float = 0.0


class Sent(TypedDict, total=False):
    to: Required[Path]
    at: NotRequired[datetime.date]


LEAVES: list[Any] = [
    *(str, int, float, bool, None, Any, object, datetime.date, datetime.datetime, datetime.time),
    *(uuid.UUID, Decimal, Path, Plain, Level, Rights, Mixed, Node, Model, Point, Sent),
    *(Literal["a", "b"], Literal[1, 2], Literal["a", 1, None], Literal[True], Literal[Plain.SLOW]),
    *(
        dict[Plain, int],
        dict[Level, str],
        dict[int, bool],
        dict[bool, int],
        dict[Literal["k"], int],
        list,
        dict,
    ),
    Annotated[int, pydantic.Field(ge=1, le=6)],
    Annotated[int, pydantic.Field(gt=0.5, description="more")],
    Annotated[int | None, at.Ge(2), "how many"],
    Annotated[float, at.Interval(gt=0, lt=10)],
    Annotated[int, msgspec.Meta(multiple_of=3)],
    Annotated[int, at.Gt(1), at.Ge(3)],
    Annotated[str, pydantic.StringConstraints(min_length=1, max_length=3, pattern="^[ab]")],
    Annotated[str | int, at.MinLen(2)],
    Annotated[list[int], at.Len(1, 2)],
    Annotated[set[int], pydantic.Field(max_length=2)],
    Annotated[dict[str, int], at.MinLen(1)],
]


def written(leaf: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Types made of other types, as they may be annotated."""
    return st.one_of(
        leaf.map(lambda kind: list[kind]),  # type: ignore[valid-type]
        leaf.map(lambda kind: dict[str, kind]),  # type: ignore[valid-type]
        st.tuples(leaf, leaf).map(lambda kinds: tuple[kinds]),  # type: ignore[valid-type]
        st.lists(leaf, min_size=2, max_size=3).map(lambda kinds: Union[tuple(kinds)]),  # noqa: UP007
        st.lists(leaf, min_size=1, max_size=3).map(made),
    )


def made(kinds: list[Any]) -> Any:
    """A dataclass with fields of these types, every other one with a default."""
    fields = [(f"f{index}", kind, field(default=None)) for index, kind in enumerate(kinds)]
    fields[0] = fields[0][:2]  # type: ignore[assignment]
    return make_dataclass(f"Made{next(NUMBERS)}", fields)


LEAF = st.sampled_from(LEAVES)
TYPES = LEAF | written(LEAF) | written(LEAF | written(LEAF))

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 12),
    st.integers(-LARGE, LARGE),
    st.floats(-20, 20).filter(lambda number: number == 0 or abs(number) > 1e-6),
    st.sampled_from(
        [0.5, 1.0, 2.0, 3.0, "a", "b", "slow", "fast", "name", "k", "1", "5", "", "ab"]
    ),
    st.sampled_from(
        ["2024-02-29", "2024-01-01T10:00:00Z", "10:00:00", "1.5", str(uuid.UUID(int=5))]
    ),
    st.text(max_size=3),
)


def around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    names = st.sampled_from(["a", "k", "x", "y", "f0", "f1", "slow", "1"])
    return st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3)


VALUES = SCALARS | around(SCALARS) | around(SCALARS | around(SCALARS))


@st.composite
def fitting(draw: st.DrawFn, schema: dict[str, Any], whole: dict[str, Any]) -> Any:
    """A value that is likely to fit the schema, or nearly so."""
    if draw(st.integers(0, 11)) == 0:
        return draw(VALUES)
    if "$ref" in schema:
        return draw(fitting(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole))
    if "anyOf" in schema:
        return draw(fitting(draw(st.sampled_from(schema["anyOf"])), whole))
    if "enum" in schema or "const" in schema:
        return draw(st.sampled_from(schema.get("enum") or [schema["const"]]))
    match schema.get("type"):
        case "object":
            return draw(_object(schema, whole))
        case "array" if "prefixItems" in schema:
            return [draw(fitting(item, whole)) for item in schema["prefixItems"]]
        case "array":
            items = draw(st.lists(fitting(schema.get("items", {}), whole), max_size=3))
            return [*items, *items[:1]] if draw(st.booleans()) else items
        case "string":
            return draw(st.sampled_from(TEXTS.get(schema.get("format", ""), ["a", "ab", "ba", ""])))
        case "integer":
            return draw(st.integers(-1, 10) | st.sampled_from([1.0, 3.0, 2.5]))
        case _:
            return draw(VALUES)


@st.composite
def _object(draw: st.DrawFn, schema: dict[str, Any], whole: dict[str, Any]) -> Any:
    found = {}
    for name, inner in schema.get("properties", {}).items():
        if name in schema.get("required", ()) or draw(st.booleans()):
            found[name] = draw(fitting(inner, whole))
    more = schema.get("additionalProperties", False)
    names = schema.get("propertyNames", {}).get("enum", ["1", "a", "-2"])
    for name in draw(st.lists(st.sampled_from(names), max_size=2)) if more else ():
        found[name] = draw(fitting(more if isinstance(more, dict) else {}, whole))
    return found


TEXTS = {
    "date": ["2024-02-29", "2023-02-29", "2024-1-1"],
    "date-time": ["2024-02-29T10:00:00Z", "2024-02-29T10:00:00", "2024-02-29", "x"],
    "time": ["10:00:00", "25:00:00", "10:00:00Z"],
    "uuid": [str(uuid.UUID(int=7)), "7"],
    "decimal": ["1.5", "-2", "x"],
    "path": ["a/b", ""],
}

CHECKER = jsonschema.FormatChecker(formats=())


def form(name: str, pattern: str, parse: Callable[[str], object]) -> None:
    """What a format means here: the pattern, and that Python can make sense of the text."""

    def holds(value: object) -> bool:
        if not isinstance(value, str):
            return True
        try:
            parse(value)
        except (ValueError, ArithmeticError):
            return False
        return re.fullmatch(pattern, value, re.ASCII) is not None

    CHECKER.checks(name)(holds)


DAY, CLOCK = r"\d{4}-\d\d-\d\d", r"\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"
form("date", DAY, datetime.date.fromisoformat)
form("date-time", f"{DAY}[Tt ]{CLOCK}", datetime.datetime.fromisoformat)
form("time", CLOCK, datetime.time.fromisoformat)
form("uuid", r"[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}", uuid.UUID)
form("decimal", r".*", Decimal)


def tool_for(kind: Any, default: Any) -> FunctionTool:
    def some(x):  # type: ignore[no-untyped-def]
        return x

    some.__annotations__ = {"x": kind}
    some.__defaults__ = default
    return FunctionTool.build(some)


@pytest.mark.long
@settings(max_examples=examples(400), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), kind=TYPES, default=st.sampled_from([None, (None,)]))
def test_a_call_is_taken_exactly_when_its_schema_takes_it(
    data: st.DataObject, kind: Any, default: Any
) -> None:
    tool = tool_for(kind, default)
    schema = tool.spec.schema
    arguments = data.draw(fitting(schema, schema), "arguments")
    told = jsonschema.Draft202012Validator(schema, format_checker=CHECKER).is_valid(arguments)
    try:
        tool.bind(arguments, lambda _: None)  # type: ignore[arg-type, return-value]
        why = None
    except BadArguments as error:
        why = str(error)
    assert told == (why is None), f"{kind}: {arguments}: told {told}, {why}: {schema}"
