"""Several things are read at once, and one thing is made of them when all have come.

    tooltrace run example.py            step through it, offline
    python -m pytest example.py         the tests at the end

The three calls run side by side; let one of them time out (x) and see what becomes of the rest.
With a real model: tooltrace run example.py --model MODEL-ID
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tooltrace
from tooltrace import Move, On, Seen, State, Tool, Workflow, call, say, tool


# A tool is a function: its docstring and types are what the model is told. One that only looks says
# so; any other counts as writing, and is never made twice without a yes.
@tool(read_only=True)
async def read_weather(city: str) -> dict[str, Any]:
    """The weather in a city.

    Args:
        city: its name.
    """
    return {"degrees": 21, "rain": False}


@tool(read_only=True)
async def read_events(city: str) -> list[str]:
    """What is on in a city today.

    Args:
        city: its name.
    """
    return ["an open-air concert", "a flea market"]


@tool(read_only=True)
async def read_trains(city: str) -> dict[str, Any]:
    """Whether trains to a city run.

    Args:
        city: its name.
    """
    return {"late_minutes": 5}


@tool
def write_plan(city: str, lines: list[str]) -> dict[str, Any]:
    """Write the plan for a day.

    Args:
        city: where.
        lines: what to do, one line each.
    """
    return {"plan": f"{city}: " + "; ".join(lines)}


# What the workflow keeps. Fields are filled by ``save`` below.
@dataclass
class DayPlan:
    weather: dict[str, Any] | None = None
    events: list[str] | None = None
    trains: dict[str, Any] | None = None
    reason: str | None = None


# Plays the model offline: from what was seen it decides what to say or call next.
def policy(seen: Seen) -> Move:
    city = seen.input.rstrip(".").split()[-1]
    match seen.state:
        case "reading":
            return say(
                "Reading all three at once.",
                call("read_weather", city=city),
                call("read_events", city=city),
                call("read_trains", city=city),
            )
        case "writing":
            events = seen.context["events"]
            lines = [str(event) for event in events] if isinstance(events, list) else []
            return call("write_plan", city=city, lines=[*lines])
        case "done":
            return say("The plan is written.")
        case _:
            return say(f"There is no plan: {seen.context['reason']}.")


READS: list[Tool[..., Any]] = [read_weather, read_events, read_trains]

workflow = Workflow(
    "example",
    description="Three reports are read at once and made into one plan: aggregation.",
    system="You plan a day. Read weather, events and trains in one turn, then write the plan.",
    input="Plan a day in Porto.",
    tools=[*READS, write_plan],
    context=DayPlan,
    states=[
        State("reading", READS, hint="Read all three in one turn."),
        State("writing", [write_plan], hint="Write the plan."),
        State("done", terminal=True),
        State("given_up", terminal=True, failure=True),
    ],
    transitions=[
        # A list of tools means: when all of them have returned in this state.
        On(
            READS,
            "reading",
            "writing",
            save={
                "weather": "results.read_weather",
                "events": "results.read_events",
                "trains": "results.read_trains",
            },
        ),
        # One of them failing is enough: three rows, made in a loop like any other Python list.
        *(On(read, "reading", "given_up", error=True, save={"reason": "error"}) for read in READS),
        On(write_plan, "writing", "done"),
        On(write_plan, "writing", "given_up", error=True, save={"reason": "error"}),
    ],
    policy=policy,
)


def test_all_three_are_read_before_the_plan_is_written(tmp_path: Path) -> None:
    with tooltrace.debug(workflow, session=tmp_path / "s.jsonl") as d:
        d.go()
        assert (d.outcome, d.state) == ("completed", "done")
        assert d.calls[-1].result == {"plan": "Porto: an open-air concert; a flea market"}


def test_without_trains_there_is_no_plan(tmp_path: Path) -> None:
    with tooltrace.debug(workflow, session=tmp_path / "s.jsonl") as d:
        d.go()
        trains = next(made for made in d.calls if made.tool == "read_trains")
        d.edit.result(trains.record, "no trains today", is_error=True)
        d.go()
        assert (d.outcome, d.state) == ("failed", "given_up")
