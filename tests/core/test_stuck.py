"""Stuck: a run that only repeats itself is stopped, by a rule that has a name and a number."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.core.given import Given, call, workflow
from tooltrace.core.decide.next_action import CallModel, Finish
from tooltrace.core.fold.stuck import MOST_RECENT
from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import StuckSpec, ToolSpec, Transition, WorkflowSpec


def free(**limits: int) -> Given:
    off = StuckSpec(same_call=0, same_error=0, ping_pong=0, idle=0)
    tools = tuple(ToolSpec(name) for name in "abc")
    stuck = replace(off, **limits)
    return Given(WorkflowSpec("free", tools=tools, stuck=stuck, max_turns=999)).user("Go.")


def verdict(given: Given) -> str | None:
    action = given.action
    if isinstance(action, Finish):
        assert action.outcome == "stuck"
        return action.why
    assert action == CallModel()
    return None


def test_the_same_call_with_the_same_result() -> None:
    given = free(same_call=3)
    given.step("a", {"n": 1}, x=1).step("a", {"n": 1}, x=1)
    assert verdict(given) is None
    given.step("a", {"n": 1}, x=1)
    assert verdict(given) == "a was called 3 times in a row with the same result"


@pytest.mark.parametrize(("arguments", "result"), [({"x": 2}, 1), ({"x": 1}, 2)])
def test_another_argument_or_result_is_not_the_same(arguments: dict[str, int], result: int) -> None:
    given = free(same_call=3).step("a", 1, x=1).step("a", 1, x=1).step("a", result, **arguments)
    assert verdict(given) is None


def test_the_same_error_whatever_the_arguments() -> None:
    given = free(same_error=2).replies(call("a", x=1)).fails("a", "busy")
    assert verdict(given) is None
    assert verdict(given.replies(call("a", x=2)).fails("a", "busy")) == (
        "a failed the same way 2 times in a row"
    )
    given = free(same_error=2).replies(call("a")).fails("a", "busy").replies(call("a"))
    assert verdict(given.fails("a", "gone")) is None


def test_two_calls_taking_turns() -> None:
    given = free(ping_pong=4).step("a", 1).step("b", 2).step("a", 1)
    assert verdict(given) is None
    assert verdict(given.step("b", 2)) == "a and b have taken turns 4 times with the same results"
    given = free(ping_pong=4).step("a", 1).step("b", 2).step("a", 1).step("b", 3)
    assert verdict(given) is None
    given = free(ping_pong=4).step("a", 1).step("a", 1).step("a", 1).step("a", 1)
    assert verdict(given) is None


def test_calls_that_change_nothing() -> None:
    spec = workflow(
        Transition(("a",), "begin", "begin", save={"n": "result"}),
        stuck=StuckSpec(0, 0, 0, idle=3),
    )
    given = Given(spec).user("Go.").step("a", 1).moves("begin")
    for n in range(2):
        given.replies(call("b", n=n)).fails("b", f"no b {n}")
        assert verdict(given) is None
    given.replies(call("b")).fails("b", "none")
    assert verdict(given) == "3 tool calls changed neither state nor context"


def test_a_free_workflow_has_no_state_to_change() -> None:
    given = free(idle=2)
    for n in range(5):
        given.step("a", n)
    assert verdict(given) is None


def test_a_check_set_to_zero_is_off() -> None:
    given = free()
    for _ in range(20):
        given.step("a", 1)
    assert verdict(given) is None


@pytest.mark.parametrize("threshold", [20, MOST_RECENT + 50])
def test_a_threshold_larger_than_the_usual_is_reached(threshold: int) -> None:
    given = free(same_call=threshold)
    reached = min(threshold, MOST_RECENT)
    for _ in range(reached - 1):
        given.step("a", 1)
    assert verdict(given) is None
    assert verdict(given.step("a", 1)) is not None
    assert len(given.step("a", 1).snapshot.recent) == reached


@pytest.mark.parametrize("how", ["said", "went_on", "forced", "context"])
def test_a_person_who_steps_in_lets_the_run_go_on(how: str) -> None:
    spec = workflow(
        Transition(("a",), "begin", "begin"),
        Transition(("b",), "other", "done"),
        stuck=StuckSpec(2, 2, 2, 2),
    )
    given = Given(spec).user("Go.")
    for _ in range(2):
        given.step("a", 1).moves("begin")
    assert verdict(given) is not None
    match how:
        case "said":
            given.finishes("stuck").user("Try b.")
        case "went_on":
            given.finishes("stuck").append(e.WentOn("stuck"))
        case "forced":
            given.forces("other")
        case "context":
            given.append(e.ContextEdited("n", 1), "edited")
    assert given.action == CallModel()
    given.step("a", 1)
    assert verdict(given if given.state == "other" else given.moves("begin")) is None
