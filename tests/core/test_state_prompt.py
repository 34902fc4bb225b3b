"""The state prompt: bounded in size and in work, one line for each thing said."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.given import Given, workflow
from tooltrace.core.decide.state_prompt import state_prompt
from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import ContextField, StateSpec, Transition, WorkflowSpec
from tooltrace.core.text.exact_json import dumps

SPEC = workflow(
    Transition(("look",), "begin", "begin", save={"x": "result"}), context=(ContextField("x"),)
)


def data(value: Any) -> str:
    """What the prompt says of a value."""
    given = Given(SPEC).append(e.ContextEdited("x", value), "edited")
    prompt = state_prompt(given.snapshot)
    assert prompt is not None
    return prompt.split("x: ")[1].split("\nnext:")[0]


def test_a_free_workflow_has_none() -> None:
    assert state_prompt(Given(WorkflowSpec("free")).snapshot) is None


@pytest.mark.parametrize("value", [1, 2**70, "text", "two\nlines\u2028", [], {}, {"a": [1, {}]}])
def test_small_values_stand_there_as_json(value: Any) -> None:
    assert data(value) == dumps(value)


@pytest.mark.parametrize(
    "value", ["x" * 1000, list(range(1000)), {"k" * 500: 1}, {str(n): n for n in range(300)}]
)
def test_large_values_are_cut_where_their_json_is(value: Any) -> None:
    assert data(value) == dumps(value)[:239] + "…"


def test_a_deep_value_is_cut_too() -> None:
    value: Any = 1
    for _ in range(5000):
        value = [value]
    assert data(value) == "[" * 239 + "…"


def test_only_the_last_steps_are_named() -> None:
    given = Given(SPEC).user("Go.")
    for n in range(40):
        given.step("look", n).moves("begin")
    prompt = state_prompt(given.snapshot)
    assert prompt is not None
    assert "finished: (28 earlier) → look" in prompt
    assert prompt.count("look →") == 11


def test_what_comes_next_is_the_hint_and_the_tools() -> None:
    states = (
        StateSpec("a", ("look",), "Look it up."),
        StateSpec("b"),
        StateSpec("c", terminal=True),
        StateSpec("d", terminal=True, hint="Say goodbye."),
    )
    spec = WorkflowSpec("hints", states=states, initial="a")
    said = []
    for state in "abcd":
        prompt = state_prompt(Given(spec).append(e.Transitioned(state)).snapshot)
        assert prompt is not None
        said.append(prompt.splitlines()[-1])
    assert said == [
        "next: Look it up. (allowed tools: look)",
        "next: no tool is allowed here",
        "next: say how it ended; call no more tools",
        "next: Say goodbye.",
    ]
