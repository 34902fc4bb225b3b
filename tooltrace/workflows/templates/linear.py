"""One step after the other: look something up, check it, act, with a way out at each.

    tooltrace run example.py            step through it, offline
    python -m pytest example.py         the tests at the end

Change a tool while it stands still: the top line says so, ctrl+r loads it again, R makes the call
again. With a real model: tooltrace run example.py --model MODEL-ID
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tooltrace
from tooltrace import Move, On, Seen, State, ToolContext, Workflow, call, say, tool

STOCK = {"mug": 12, "lamp": 0}


# A tool is a function: its docstring and types are what the model is told. One that only looks says
# so; any other counts as writing, and is never made twice without a yes.
@tool(read_only=True)
def look_up(item: str) -> dict[str, Any]:
    """How many of an item there are.

    Args:
        item: its name, such as mug.
    """
    if item not in STOCK:
        raise LookupError(f"there is no {item}")
    return {"item": item, "left": STOCK[item]}


@tool
def reserve(ctx: ToolContext, item: str) -> dict[str, Any]:
    """Reserve one of an item.

    Args:
        item: its name, such as mug.
    """
    # The key is the same however often this very call is made: hand it on to what you call.
    return {"item": item, "reserved": True, "key": ctx.idempotency_key}


# What the workflow keeps. Fields are filled by ``save`` below.
@dataclass
class Reservation:
    item: str | None = None
    left: int | None = None


# Plays the model offline: from what was seen it decides what to say or call next.
def policy(seen: Seen) -> Move:
    item = seen.context["item"] or seen.input.rstrip(".").split()[-1]
    match seen.state:
        case "looking":
            return say(f"Looking for a {item}.", call("look_up", item=item))
        case "reserving":
            return call("reserve", item=item)
        case "done":
            return say(f"One {item} is reserved.")
        case _:
            return say(f"There is no {item} to be had.")


workflow = Workflow(
    "example",
    description="Look up, check, act.",
    system="You reserve items. Look an item up before you reserve it.",
    input="Reserve a mug.",
    tools=[look_up, reserve],
    context=Reservation,
    states=[
        State("looking", [look_up], hint="Look it up."),
        State("reserving", [reserve], hint="Reserve it."),
        State("done", terminal=True),
        State("refused", terminal=True, failure=True),
    ],
    # The first row that fits a result is taken.
    transitions=[
        On(
            look_up,
            "looking",
            "reserving",
            when="result.left > 0",
            save={"item": "result.item", "left": "result.left"},
        ),
        On(look_up, "looking", "refused", save={"item": "result.item"}),
        On(look_up, "looking", "refused", error=True),
        On(reserve, "reserving", "done"),
        On(reserve, "reserving", "refused", error=True),
    ],
    policy=policy,
)


def test_what_is_there_is_reserved(tmp_path: Path) -> None:
    with tooltrace.debug(workflow, session=tmp_path / "s.jsonl") as d:
        d.go()
        assert (d.outcome, d.state) == ("completed", "done")
        assert [made.tool for made in d.calls] == ["look_up", "reserve"]


def test_what_is_gone_is_refused(tmp_path: Path) -> None:
    with tooltrace.debug(workflow, input="Reserve a lamp.", session=tmp_path / "s.jsonl") as d:
        d.go()
        assert (d.outcome, d.state) == ("failed", "refused")
