"""Results decide which way is taken: a ticket is answered, or handed to a person.

    tooltrace run example.py            step through it, offline
    python -m pytest example.py         the tests at the end

Edit the result of classify while it stands still (e) and see the other way being taken. With a real
model: tooltrace run example.py --model MODEL-ID
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tooltrace
from tooltrace import Move, On, Seen, State, Workflow, call, say, tool


# A tool is a function: its docstring and types are what the model is told. One that only looks says
# so; any other counts as writing, and is never made twice without a yes.
@tool(read_only=True)
def classify(text: str) -> dict[str, Any]:
    """What a ticket is about, and how sure that is.

    Args:
        text: the ticket.
    """
    about = "billing" if "invoice" in text.lower() else "other"
    return {"about": about, "sure": 0.9 if about == "billing" else 0.4}


@tool
def answer(text: str) -> dict[str, Any]:
    """Answer the ticket.

    Args:
        text: what is sent.
    """
    return {"sent": text}


# Doing it twice changes nothing more, so it may be made again.
@tool(idempotent=True)
def hand_over(reason: str) -> dict[str, Any]:
    """Hand the ticket to a person.

    Args:
        reason: why, in one sentence.
    """
    return {"queue": "people", "reason": reason}


# What the workflow keeps. Fields are filled by ``save`` below.
@dataclass
class Ticket:
    about: str | None = None
    sure: float | None = None


# Plays the model offline: from what was seen it decides what to say or call next.
def policy(seen: Seen) -> Move:
    about = seen.context["about"]
    match seen.state:
        case "reading":
            return say("Reading the ticket.", call("classify", text=seen.input))
        case "answering":
            return call("answer", text=f"Your question about {about} is answered.")
        case "asking":
            return call("hand_over", reason="It is not clear what this is about.")
        case "answered":
            return say("The ticket is answered.")
        case _:
            return say("A person looks at the ticket.")


workflow = Workflow(
    "example",
    description="Answered, or handed to a person: branches on a result.",
    system="You answer tickets. Classify one first; answer only what you are sure about.",
    input="My invoice is wrong.",
    tools=[classify, answer, hand_over],
    context=Ticket,
    states=[
        State("reading", [classify], hint="Classify the ticket."),
        State("answering", [answer], hint="Answer it."),
        State("asking", [hand_over], hint="Hand it over."),
        State("answered", terminal=True),
        State("handed_over", terminal=True),
    ],
    # The first row that fits a result is taken.
    transitions=[
        On(
            classify,
            "reading",
            "answering",
            when="result.sure >= 0.8",
            save={"about": "result.about", "sure": "result.sure"},
        ),
        On(
            classify,
            "reading",
            "asking",
            save={"about": "result.about", "sure": "result.sure"},
        ),
        On(classify, "reading", "asking", error=True),
        On(answer, "answering", "answered"),
        On(answer, "answering", "asking", error=True),
        On(hand_over, "asking", "handed_over"),
    ],
    policy=policy,
)


def test_what_is_clear_is_answered(tmp_path: Path) -> None:
    with tooltrace.debug(workflow, session=tmp_path / "s.jsonl") as d:
        d.go()
        assert (d.outcome, d.state) == ("completed", "answered")


def test_an_edited_result_takes_the_other_way(tmp_path: Path) -> None:
    with tooltrace.debug(workflow, session=tmp_path / "s.jsonl") as d:
        d.go()
        first = d.calls[0]
        d.edit.result(first.record, {"about": "billing", "sure": 0.1})
        d.go()
        assert (d.outcome, d.state) == ("completed", "handed_over")
