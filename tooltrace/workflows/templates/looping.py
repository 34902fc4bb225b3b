"""The same again until nothing is left: pages are read and counted, one at a time.

    tooltrace run example.py            step through it, offline
    python -m pytest example.py         the tests at the end

Edit "next" in the result of read_page (e) and see the loop end sooner, or never: a run that only
repeats itself is stopped. With a real model: tooltrace run example.py --model MODEL-ID
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tooltrace
from tooltrace import Move, On, Seen, State, Workflow, call, say, tool

PAGES = [["ash", "birch"], ["cedar"], ["elm", "fir", "hazel"]]


# A tool is a function: its docstring and types are what the model is told. One that only looks says
# so; any other counts as writing, and is never made twice without a yes.
@tool(read_only=True)
def read_page(number: int) -> dict[str, Any]:
    """The names on a page, and which page is next; none after the last.

    Args:
        number: the page, from 1.
    """
    names = PAGES[number - 1]
    return {"names": names, "next": number + 1 if number < len(PAGES) else None}


@tool
def report(pages: int) -> str:
    """Say how many pages were read.

    Args:
        pages: how many.
    """
    return f"{pages} pages were read"


# What the workflow keeps. Fields are filled by ``save`` below.
@dataclass
class Progress:
    page: int = 0
    next: int | None = 1


# Plays the model offline: from what was seen it decides what to say or call next.
def policy(seen: Seen) -> Move:
    match seen.state:
        case "reading":
            return call("read_page", number=seen.context["next"])
        case "reporting":
            return call("report", pages=seen.context["page"])
        case "done":
            return say("All pages are read.")
        case _:
            return say("A page could not be read.")


workflow = Workflow(
    "example",
    description="Page by page until none is left: a loop.",
    system="Read the pages one after the other. After the last one, report.",
    input="Read all pages.",
    tools=[read_page, report],
    context=Progress,
    states=[
        State("reading", [read_page], hint="Read the next page."),
        State("reporting", [report], hint="Report."),
        State("done", terminal=True),
        State("stopped", terminal=True, failure=True),
    ],
    transitions=[
        # Back to where it came from: this is the loop.
        On(
            read_page,
            "reading",
            "reading",
            when="result.next != null",
            save={"page": "args.number", "next": "result.next"},
        ),
        On(read_page, "reading", "reporting", save={"page": "args.number", "next": "result.next"}),
        On(read_page, "reading", "stopped", error=True),
        On(report, "reporting", "done"),
    ],
    max_turns=20,
    policy=policy,
)


def test_every_page_is_read_once(tmp_path: Path) -> None:
    with tooltrace.debug(workflow, session=tmp_path / "s.jsonl") as d:
        d.go()
        assert (d.outcome, d.state) == ("completed", "done")
        assert [made.arguments for made in d.calls if made.tool == "read_page"] == [
            {"number": 1},
            {"number": 2},
            {"number": 3},
        ]


def test_a_page_that_is_not_there_stops_it(tmp_path: Path) -> None:
    with tooltrace.debug(workflow, session=tmp_path / "s.jsonl") as d:
        d.go()
        d.edit.result(d.calls[0].record, {"names": [], "next": 9})
        d.go()
        assert (d.outcome, d.state) == ("failed", "stopped")
