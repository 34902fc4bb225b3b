"""Whole requests side by side, and how far a cache could follow."""

from __future__ import annotations

from typing import Any

import pytest

from tooltrace.core.compare.part_diff import Prefix, part_changes, stable_prefix
from tooltrace.core.compare.request_parts import request_parts

LOOK = {"name": "look", "description": "Looks.", "input_schema": {"type": "object"}}
PAY = {"name": "pay", "description": "Pays.", "input_schema": {"type": "object"}}


def said(*texts: str) -> list[dict[str, Any]]:
    """A conversation in which the two take turns."""
    roles = ("user", "assistant")
    return [
        {"role": roles[at % 2], "content": [{"type": "text", "text": text}]}
        for at, text in enumerate(texts)
    ]


BODY: dict[str, Any] = {
    "model": "m",
    "max_tokens": 9,
    "system": "Be kind.",
    "tools": [LOOK, PAY],
    "messages": said("Go.", "Gone."),
}


def told(**now: Any) -> list[str]:
    """What differs in a request with other values of some keys."""
    changes = part_changes(request_parts(BODY), request_parts({**BODY, **now}))
    return [
        f"{c.verdict} {c.either.section} {c.either.name}" for c in changes if c.verdict != "same"
    ]


def front(**now: Any) -> tuple[int, str | None]:
    """How many parts are the same, and what comes then."""
    prefix = stable_prefix(part_changes(request_parts(BODY), request_parts({**BODY, **now})))
    return prefix.parts, None if prefix.end is None else prefix.end.either.name


def test_the_same_again() -> None:
    assert told() == []
    assert front() == (5, None)


def test_a_conversation_that_goes_on() -> None:
    now = said("Go.", "Gone.", "Again.")
    assert told(messages=now) == ["new messages text"]
    assert front(messages=now) == (5, None)


def test_tools_are_told_by_their_names() -> None:
    other = {**LOOK, "description": "Looks twice."}
    assert told(tools=[other, PAY]) == ["changed tools look"]
    assert told(tools=[LOOK]) == ["gone tools pay"]
    new = {**PAY, "name": "mail"}
    assert told(tools=[LOOK, new, PAY]) == ["new tools mail"]
    assert front(tools=[other, PAY]) == (0, "look")
    assert front(tools=[LOOK]) == (1, "pay")
    assert front(tools=[LOOK, new, PAY]) == (1, "mail")


def test_the_system_prompt_comes_after_the_tools() -> None:
    assert told(system="Be brief.") == ["changed system text"]
    assert front(system="Be brief.") == (2, "text")
    assert told(system="") == ["gone system text"]


def test_a_message_in_the_middle() -> None:
    assert told(messages=said("Stay.", "Gone.")) == ["changed messages text"]
    assert front(messages=said("Stay.", "Gone.")) == (3, "text")
    assert told(messages=said("Go.")) == ["gone messages text"]
    assert front(messages=said("Go.")) == (4, "text")


@pytest.mark.parametrize(
    ("setting", "parts"),
    [("model", 0), ("speed", 0), ("output_config", 2), ("thinking", 3), ("tool_choice", 3)],
)
def test_settings_that_end_what_a_cache_can_give(setting: str, parts: int) -> None:
    assert front(**{setting: {"type": "other"}}) == (parts, setting)


def test_settings_that_leave_the_cache_alone() -> None:
    assert told(max_tokens=10, stop_sequences=["x"]) == [
        "changed settings max_tokens",
        "new settings stop_sequences",
    ]
    assert front(max_tokens=10, stop_sequences=["x"]) == (5, None)


def test_the_first_of_two_ends_it() -> None:
    assert front(tools=[PAY], tool_choice={"type": "any"}) == (0, "look")
    assert front(messages=said("Stay."), tool_choice={"type": "any"}) == (3, "tool_choice")


def test_a_breakpoint_that_moves_changes_nothing() -> None:
    marked = {**PAY, "cache_control": {"type": "ephemeral"}}
    assert told(tools=[LOOK, marked]) == []


def test_one_and_true_are_not_the_same() -> None:
    def body(value: object) -> dict[str, Any]:
        block = {"type": "tool_use", "name": "look", "input": {"n": value}}
        return {"messages": [{"role": "assistant", "content": [block]}]}

    changes = part_changes(request_parts(body(1)), request_parts(body(True)))
    assert [change.verdict for change in changes] == ["changed"]


def test_parts_known_to_be_shared_are_not_looked_at() -> None:
    old, new = request_parts({"messages": said("b")}), request_parts({"messages": said("a", "b")})
    changes = part_changes([old[0]], new, shared=1)
    assert [change.verdict for change in changes] == ["same", "gone", "new"]
    assert stable_prefix([]) == Prefix(0, None)
