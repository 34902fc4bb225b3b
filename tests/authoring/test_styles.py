"""Tools and workflows in the styles people are used to: understood, or one line with their line."""

# ruff: noqa: B008 - a Field as a default is what is tried here

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import pydantic
import pytest
from pydantic import Field

from tooltrace import BadWorkflow, On, RequestSettings, State, StuckSpec, Workflow, tool
from tooltrace.authoring.tool import Tool

HERE = Path(__file__).name


class Shop:
    """A shop."""

    def __init__(self, name: str = "shop") -> None:
        self.name = name

    @tool(read_only=True)
    def fetch(self, order: int) -> str:
        """Fetch it.

        Args:
            order: its number.
        """
        return f"{self.name} {order}"

    @tool
    @staticmethod
    def static_inside(order: int) -> str:
        return f"static {order}"

    @staticmethod
    @tool
    def static_outside(order: int) -> str:
        return f"static {order}"

    @tool
    @classmethod
    def of_class_inside(cls, order: int) -> str:
        return f"{cls.__name__} {order}"

    @classmethod
    @tool
    def of_class_outside(cls, order: int) -> str:
        return f"{cls.__name__} {order}"

    @tool
    async def later(self, order: int) -> str:
        return f"{self.name} {order}"

    @tool
    def other_word(this, order: int) -> str:
        return f"{this.name} {order}"

    def plain(self, order: int) -> str:
        return f"{self.name} {order}"

    def __call__(self, order: int) -> str:
        return f"{self.name} {order}"


class Shelf:
    """A place for functions, none of them a method."""

    @tool
    def loose(order: int) -> str:
        return f"loose {order}"


METHODS = [
    (Shelf.loose, "loose", "loose 7"),
    (Shop().fetch, "fetch", "shop 7"),
    (Shop("other").fetch, "fetch", "other 7"),
    (Shop.static_inside, "static_inside", "static 7"),
    (Shop().static_inside, "static_inside", "static 7"),
    (Shop.static_outside, "static_outside", "static 7"),
    (Shop().static_outside, "static_outside", "static 7"),
    (Shop.of_class_inside, "of_class_inside", "Shop 7"),
    (Shop().of_class_inside, "of_class_inside", "Shop 7"),
    (Shop.of_class_outside, "of_class_outside", "Shop 7"),
    (Shop().of_class_outside, "of_class_outside", "Shop 7"),
    (Shop().plain, "plain", "shop 7"),
    (Shop().other_word, "other_word", "shop 7"),
    (Shop(), "Shop", "shop 7"),
    (tool(Shop()), "Shop", "shop 7"),
]


@pytest.mark.parametrize(("given", "name", "gives"), METHODS)
def test_a_method_is_a_tool_through_its_instance(given: Any, name: str, gives: str) -> None:
    [made] = Workflow("w", tools=[given]).tools.values()
    assert made.spec.name == name
    assert made.spec.schema["properties"].keys() == {"order"}
    assert made.function(**made.bind({"order": 7}, lambda _: None)) == gives  # type: ignore[arg-type, return-value]


async def test_a_method_is_still_a_method() -> None:
    shop = Shop()
    assert shop.fetch(3) == shop.fetch(order=3) == "shop 3"
    assert await shop.later(3) == "shop 3"
    assert isinstance(Shop.fetch, Tool) and Shop.fetch(shop, 3) == "shop 3"
    assert shop.fetch.spec.effect == "reads"
    assert shop.fetch.spec.schema["properties"]["order"]["description"] == "its number."
    assert shop.fetch.place == Shop.fetch.place


def test_the_same_method_of_states_and_transitions_is_one_tool() -> None:
    shop = Shop()
    made = Workflow(
        "w",
        tools=[shop.fetch],
        states=[State("a", [shop.fetch]), State("end", terminal=True)],
        transitions=[On(shop.fetch, "a", "end")],
    )
    assert made.spec.states[0].tools == ("fetch",)


def price(order: int, region: str = "eu", *, vat: float = 0.2) -> str:
    """What it costs."""
    return f"{order} {region} {vat}"


def test_a_partial_has_the_name_of_its_function_and_keeps_what_it_filled() -> None:
    filled = partial(price, region="us")
    for given in (filled, tool(filled), tool(read_only=True)(partial(filled, vat=0))):
        made = Workflow(
            "w",
            tools=[given],
            states=[State("a", [given]), State("end", terminal=True)],
            transitions=[On(given, "a", "end")],
        )
        [only] = made.tools.values()
        assert (only.spec.name, only.spec.description) == ("price", "What it costs.")
        assert "region" not in only.spec.schema["properties"]
        assert only.function(**only.bind({"order": 1}, lambda _: None)).startswith("1 us")  # type: ignore[arg-type, return-value]


def test_a_tool_that_is_called_by_hand_sees_the_default_of_a_field() -> None:
    @tool
    def some(
        n: int = Field(default=3, ge=1), names: list[str] = Field(default_factory=list)
    ) -> Any:
        return n, names

    assert (some(), some(5), some(names=["a"])) == ((3, []), (5, []), (3, ["a"]))


class Inner(pydantic.BaseModel):
    x: int = 1


@dataclass
class Context:
    count: Annotated[int, "how many"] = Field(default=3, ge=1)
    path: Path = Path("x")
    inner: Inner = field(default_factory=Inner)


def test_a_context_speaks_of_the_same_types_as_a_tool() -> None:
    made = Workflow("w", tools=[price], context=Context)
    assert [item.default for item in made.spec.context] == [3, "x", {"x": 1}]
    assert made.check_context("count", 0) == "count: expected a whole number >= 1"
    assert made.check_context("inner", {"x": "1"}) == "inner.x: input should be a valid integer"
    assert made.check_context("path", "y") is made.check_context("inner", {"x": 2}) is None


SEARCH = {"type": "web_search_20250305", "name": "web_search"}

REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: Workflow("w", tools=[Shop.fetch]), "its first argument would be asked of the model"),
    (lambda: Workflow("w", tools=[Shop.plain]), "pass it through an instance: Shop(…).plain"),
    (lambda: Workflow("w", tools=[Shop.other_word]), "an instance: Shop(…).other_word"),
    (lambda: Workflow("w", tools=[Shop]), "tools[0]: is the class Shop; pass a function"),
    (lambda: Workflow("w", tools=[SEARCH]), "tools[0]: is a description of a tool, dict {'type'"),  # type: ignore[list-item]
    (lambda: Workflow("w", tools=[price, "price"]), "tools[1]: is str 'price'; pass a function"),  # type: ignore[list-item]
    (lambda: Workflow("w", tools=price), "tools is the function price; write a list"),  # type: ignore[arg-type]
    (lambda: Workflow("w", tools=None), "tools is None; write a list of functions"),  # type: ignore[arg-type]
    (lambda: Workflow("w", tools=[price], system=3), "system is int 3; write text, a list of"),  # type: ignore[arg-type]
    (lambda: Workflow("w", tools=[price], system=[{"type": "image"}]), "system is a list whose"),
    (lambda: Workflow("w", tools=[price], request={"effort": "low"}), "request is dict {'effort"),  # type: ignore[arg-type]
    (
        lambda: Workflow("w", tools=[price], request=RequestSettings(effort="lots")),
        "request: effort: lots is none of low, medium, high",
    ),
    (
        lambda: State("a", request=RequestSettings(temperature=3)),
        "State: request: temperature: has to be a number from 0 to 2",
    ),
    (lambda: Workflow("w", tools=[price], input=3), "input is int 3; write text"),  # type: ignore[arg-type]
    (lambda: Workflow("w", tools=[price], max_turns="3"), "max_turns is str '3'; write a number"),  # type: ignore[arg-type]
    (lambda: Workflow("w", tools=[price], max_turns=True), "max_turns is bool True; write a"),
    (lambda: Workflow("w", tools=[price], stuck={"idle": 3}), "stuck is dict {'idle': 3}; write"),  # type: ignore[arg-type]
    (lambda: Workflow("w", tools=[price], stuck=StuckSpec(idle="3")), "idle is str '3'; write a"),  # type: ignore[arg-type]
    (lambda: Workflow("w", tools=[price], stuck=StuckSpec(cycle=None)), "cycle is None; write a"),  # type: ignore[arg-type]
    (lambda: Workflow("w", tools=[price], stuck=StuckSpec(same_call=True)), "same_call is bool"),
    (lambda: Workflow("w", tools=[price], policy="p"), "policy is str 'p'; write a function"),  # type: ignore[arg-type]
    (lambda: Workflow("w", tools=[price], world="w"), "world is str 'w'; write a function"),  # type: ignore[arg-type]
    (lambda: Workflow("w", tools=[price], states=["a"]), "states[0] is str 'a'; write State(…)"),  # type: ignore[list-item]
    (lambda: Workflow("w", tools=[price], transitions=[("a",)]), "transitions[0] is tuple ('a',)"),  # type: ignore[list-item]
    (lambda: State(3), "State: name is int 3; write text"),  # type: ignore[arg-type]
    (lambda: On(price, State("a"), "b"), "On: source is State"),  # type: ignore[arg-type]
    (lambda: On(price, "a", "b", when=lambda r: r), "On: when is the function <lambda>; write a"),  # type: ignore[arg-type]
    (lambda: On(price, "a", "b", save="order"), "On: save is str 'order'; write names and"),  # type: ignore[arg-type]
    (lambda: On(price, "a", "b", save={"o": len}), "On: save['o'] is the function len; write an"),  # type: ignore[dict-item]
    (lambda: tool("price"), "tool: it is put over str 'price'; write @tool"),  # type: ignore[call-overload]
    (lambda: tool(Shop), "tool: it is put over the class Shop; write @tool"),
    (lambda: tool(timeout="5"), "tool: timeout is str '5'; write seconds"),  # type: ignore[call-overload]
    (lambda: tool(read_only="yes"), "tool: read_only is str 'yes'; write True or False"),  # type: ignore[call-overload]
    (lambda: tool(name=3), "tool: name is int 3; write the name as text"),  # type: ignore[call-overload]
]


@pytest.mark.parametrize(("make", "why"), REFUSED)
def test_what_is_no_definition_is_one_line_with_the_line_it_is_on(
    make: Callable[[], Any], why: str
) -> None:
    with pytest.raises(BadWorkflow) as caught:
        make()
    text = str(caught.value)
    assert why in text and "\n" not in text
    place = text[: text.index(": ")]
    assert HERE in place, "the line is the person's"
    assert place.rpartition(":")[2].isdigit()


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type statements came with 3.12")
def test_a_type_statement_is_the_type_it_stands_for() -> None:
    space: dict[str, Any] = {"Annotated": Annotated, "Field": Field}
    exec("type Amount = Annotated[int, Field(ge=1)]\ndef some(x: Amount): ...", space)
    [made] = Workflow("w", tools=[space["some"]]).tools.values()
    assert made.spec.schema["properties"]["x"]["minimum"] == 1


def test_the_signature_of_a_bound_tool_has_no_self() -> None:
    assert list(inspect.signature(Shop().fetch).parameters) == ["order"]
