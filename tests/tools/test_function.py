"""A function's signature and docstring become its spec; arguments are checked before it runs."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from functools import partial, wraps
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict

import msgspec
import pytest

from tooltrace.core.model.errors import BadWorkflow
from tooltrace.tools.functions.function import BadArguments, FunctionTool
from tooltrace.tools.functions.tool_context import ToolContext

if TYPE_CHECKING:
    from collections import Counter


@dataclass
class Item:
    """One line of an order."""

    sku: str
    count: int = 1


class Address(TypedDict):
    city: str


class Tree(msgspec.Struct):
    children: list[Tree] = []


class Arguments(msgspec.Struct):
    inner: int


class Speed(enum.Enum):
    SLOW = "slow"
    FAST = "fast"


def refund(  # type: ignore[no-untyped-def]  # One parameter has no type, as people write it.
    order_id: str,
    amount: float,
    *,
    reason: Literal["broken", "late"] = "broken",
    items: list[Item] = [],  # noqa: B006 - left alone by the tool
    note: str = None,  # type: ignore[assignment]  # noqa: RUF013 - as people write it
    anything=None,
    ctx: ToolContext,
) -> Any:
    """Pay money back.

    Only once per order.

    Args:
        order_id: the number on the receipt.
        amount: how much, in euros.
        ctx: not for the model.

    Returns:
        the receipt.
    """
    return order_id, amount, reason, items, note, anything, ctx


def surroundings(arguments: Any) -> ToolContext:
    return ToolContext(None, "key", "paying", {}, arguments)


def test_the_spec_says_what_the_signature_and_the_docstring_say() -> None:
    spec = FunctionTool.build(refund, idempotent=True, timeout=2, after=["fetch"]).spec
    assert spec.name == "refund"
    assert spec.description == "Pay money back.\n\nOnly once per order.\n\nReturns the receipt."
    assert (spec.effect, spec.timeout, spec.after) == ("idempotent", 2, ("fetch",))
    assert spec.schema == {
        "type": "object",
        "properties": {
            "order_id": {"type": "string", "description": "the number on the receipt."},
            "amount": {"type": "number", "description": "how much, in euros."},
            "reason": {"enum": ["broken", "late"], "default": "broken"},
            "items": {"type": "array", "items": {"$ref": "#/$defs/Item"}, "default": []},
            "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "anything": {},
        },
        "required": ["order_id", "amount"],
        "additionalProperties": False,
        "$defs": {
            "Item": {
                "title": "Item",
                "description": "One line of an order.",
                "type": "object",
                "properties": {
                    "sku": {"type": "string"},
                    "count": {"type": "integer", "default": 1},
                },
                "required": ["sku"],
            }
        },
    }


def test_a_tool_that_says_nothing_writes() -> None:
    assert FunctionTool.build(lambda: None, name="f").spec.effect == "writes"


@pytest.mark.parametrize("kind", [Tree, Arguments, Address, Speed, dict[str, Item], Item | None])
def test_named_types_are_found_inside_the_schema(kind: Any) -> None:
    def tool(value) -> None:  # type: ignore[no-untyped-def]
        ...

    tool.__annotations__ = {"value": kind}
    schema = FunctionTool.build(tool).spec.schema
    assert schema["required"] == ["value"]
    for reference in re.findall(r"#/\$defs/(\w+)", repr(schema)):
        assert reference in schema["$defs"]


def test_arguments_arrive_as_the_types_that_were_declared() -> None:
    given = {"order_id": "7", "amount": 3, "items": [{"sku": "mug"}]}
    keywords = FunctionTool.build(refund).bind(given, surroundings)
    context = keywords.pop("ctx")
    assert keywords == {"order_id": "7", "amount": 3.0, "items": [Item("mug")]}
    assert (context.idempotency_key, context.arguments) == ("key", given)
    assert context.arguments["items"] is not given["items"]


def test_what_a_tool_does_to_its_arguments_stays_with_it() -> None:
    def spoil(box: dict[str, Any], bare) -> None:  # type: ignore[no-untyped-def]
        box["list"].append(1)
        bare.clear()

    given = {"box": {"list": []}, "bare": {"a": 1}}
    tool = FunctionTool.build(spoil)
    tool.function(**tool.bind(given, surroundings))
    assert given == {"box": {"list": []}, "bare": {"a": 1}}


def limited(
    count: Annotated[int, msgspec.Meta(ge=1)] = 1,
    speed: Speed = Speed.SLOW,
    item: Item | None = None,
    names: dict[str, int] | None = None,
) -> None: ...


MISFITS = [
    (refund, {"amount": 1}, "order_id: missing, it is required"),
    (refund, {"order_id": 7, "amount": 1}, "order_id: expected text, got a whole number"),
    (refund, {"order_id": "7", "amount": "1"}, "amount: expected a number, got text"),
    (refund, {"order_id": "7", "amount": None}, "amount: expected a number, got null"),
    (
        refund,
        {"order_id": "7", "amount": 1, "ctx": {}},
        "ctx: there is no such argument; there is order_id, amount, reason, items, note, anything",
    ),
    (
        refund,
        {"order_id": "7", "amount": 1, "reason": "no"},
        'reason: "no" is not one of "broken", "late"',
    ),
    (
        refund,
        {"order_id": "7", "amount": 1, "items": [{"sku": "a"}, {"sku": 2}]},
        "items[1].sku: expected text, got a whole number",
    ),
    (
        refund,
        {"order_id": "7", "amount": 1, "items": [{}]},
        "items[0].sku: missing, it is required",
    ),
    (
        refund,
        {"order_id": "7", "amount": 1, "note": 1},
        "note: expected text or null, got a whole number",
    ),
    (refund, "raw", "arguments: expected an object, got text"),
    (refund, None, "arguments: expected an object, got null"),
    (refund, {"\ud800": 1}, "arguments: a name holds half of a character (a lone surrogate)"),
    (limited, {"count": 0}, "count: expected a whole number >= 1"),
    (limited, {"count": True}, "count: expected a whole number, got true or false"),
    (limited, {"speed": "warp"}, "speed: invalid enum value 'warp'"),
    (limited, {"names": {"a": "x"}}, "names[...]: expected a whole number, got text"),
]


@pytest.mark.parametrize(("function", "given", "message"), MISFITS)
def test_arguments_that_do_not_fit_name_their_field(
    function: Any, given: Any, message: str
) -> None:
    with pytest.raises(BadArguments) as caught:
        FunctionTool.build(function).bind(given, surroundings)
    assert str(caught.value) == message


def many(*numbers: int) -> None: ...


def keywords(**options: int) -> None: ...


def positional(a: int, /) -> None: ...


def imaginary(a: int | complex) -> None: ...


def hidden(a: Counter[str]) -> None: ...


def yields() -> Any:
    yield 1


async def yields_later() -> Any:
    yield 1


def accented(größe: int) -> None: ...


UNUSABLE = [
    (many, {}, "*numbers cannot be filled by name: write numbers: list[...] instead"),
    (keywords, {}, "**options has no schema: write options: dict[str, ...] instead"),
    (positional, {}, "a is positional-only: remove the / from the signature"),
    (imaginary, {}, "a: int | complex cannot come from JSON; use str, int,"),
    (hidden, {}, "the annotation Counter is not known when the program runs; import it outside"),
    (yields, {}, "it yields; return a list instead"),
    (yields_later, {}, "it yields; return a list instead"),
    (accented, {}, "größe: the API takes 1 to 64 ASCII letters"),
    (refund, {"name": "pay back"}, "tool pay back: the API takes names of 1 to 128"),
    (refund, {"timeout": 0}, "timeout=0 leaves no time"),
]


@pytest.mark.parametrize(("function", "options", "message"), UNUSABLE)
def test_a_function_no_model_could_call_is_refused_by_place(
    function: Any, options: Any, message: str
) -> None:
    with pytest.raises(BadWorkflow) as caught:
        FunctionTool.build(function, **options)
    text = str(caught.value)
    assert text.startswith(f"{__file__}:{function.__code__.co_firstlineno}: tool ")
    assert message in text
    assert "\n" not in text


@pytest.mark.parametrize("value", [3, print, dict])
def test_what_is_no_usable_function_at_all_is_refused(value: Any) -> None:
    with pytest.raises(BadWorkflow):
        FunctionTool.build(value)


class Shop:
    def fetch(self, order: int) -> int:
        """Fetch it."""
        return order

    async def __call__(self, order: int) -> int:
        return order


def decorated(function: Any) -> Any:
    @wraps(function)
    def wrapper(**keywords: Any) -> Any:
        return function(**keywords)

    return wrapper


async def fetch_later(order: int) -> int:
    return order


@pytest.mark.parametrize(
    ("function", "name", "is_async"),
    [
        (Shop().fetch, "fetch", False),
        (Shop(), "Shop", True),
        (decorated(Shop().fetch), "fetch", False),
        (partial(fetch_later), "fetch_later", True),
        (fetch_later, "fetch_later", True),
    ],
)
def test_methods_objects_partials_and_wrappers_are_functions_too(
    function: Any, name: str, is_async: bool
) -> None:
    tool = FunctionTool.build(function)
    assert (tool.spec.name, tool.is_async) == (name, is_async)
    assert tool.spec.schema["properties"] == {"order": {"type": "integer"}}
