"""What is put over a ``@tool``, a partial or a decorator, is that tool with all that it says."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import pytest

from tooltrace import On, State, Workflow, say, tool


@tool(read_only=True, name="find", timeout=3)
def look(key: str, region: str = "eu") -> str:
    """Look.

    Args:
        key: what to look for.
    """
    return f"{key} in {region}"


class Shop:
    @tool(read_only=True, name="find", timeout=3)
    def look(self, key: str, region: str = "eu") -> str:
        """Look."""
        return f"{key} in {region}"


def again(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def inner(*args: Any, **named: Any) -> Any:
        return function(*args, **named)

    return inner


@pytest.mark.parametrize(
    "given",
    [
        partial(look, region="us"),
        partial(partial(look), region="us"),
        partial(again(look), region="us"),
        again(partial(look, region="us")),
        again(again(look)),
        partial(Shop().look, region="us"),
        again(Shop().look),
    ],
)
def test_what_a_tool_says_of_itself_is_kept_below_what_is_put_over_it(given: Any) -> None:
    flow = Workflow(
        "w",
        tools=[given],
        policy=lambda seen: say("x"),
        states=[State("on", tools=[given]), State("over", terminal=True)],
        transitions=[On(given, "on", "over")],
    )
    (spec,) = flow.spec.tools
    assert (spec.name, spec.effect, spec.timeout) == ("find", "reads", 3.0)
    assert (flow.spec.states[0].tools, flow.spec.rows[0].on) == (("find",), ("find",))
    built = flow.tools["find"]
    named = built.bind({"key": "k"}, lambda _: None)  # type: ignore[arg-type, return-value]
    region = spec.schema["properties"].get("region", {}).get("default", "us")
    assert built.function(**named) == f"k in {region}"
