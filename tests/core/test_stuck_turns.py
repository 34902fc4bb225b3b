"""Stuck, counted by turns: the same calls with the same results again, in rounds of any length."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.core.given import Given, call, workflow
from tooltrace import StuckSpec as Written
from tooltrace import Workflow, tool
from tooltrace.core.decide.next_action import CallModel, Finish
from tooltrace.core.fold.stuck import LONGEST_ROUND, MOST_RECENT
from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import StuckSpec, ToolSpec, Transition, WorkflowSpec


def free(**limits: Any) -> Given:
    tools = tuple(ToolSpec(name, polling=name == "poll") for name in ("a", "b", "c", "d", "poll"))
    stuck = StuckSpec(**{"counts": "turns", **limits})
    return Given(WorkflowSpec("free", tools=tools, stuck=stuck, max_turns=999)).user("Go.")


def verdict(given: Given) -> str | None:
    action = given.action
    if isinstance(action, Finish):
        assert action.outcome == "stuck"
        return action.why
    assert action == CallModel()
    return None


def turn(given: Given, *tools: str, result: Any = 1, error: bool = False) -> Given:
    """One reply with these calls, all of which give the same."""
    given.replies(*(call(name) for name in tools))
    for name in tools:
        given.fails(name, result) if error else given.returns(name, result)
    return given


def test_five_identical_reads_in_one_turn_are_one_turn() -> None:
    given = turn(free(), "a", "a", "a", "a", "a")
    assert verdict(given) is None
    assert verdict(turn(given, "b", "b", "b", result="no", error=True)) is None


def test_twelve_different_reads_in_one_state_are_progress() -> None:
    stuck = StuckSpec(counts="turns")
    given = Given(workflow(Transition(("a",), "begin", "done"), stuck=stuck)).user("Go.")
    for n in range(30):
        given.replies(call("b", n=n)).returns("b", n)
        assert verdict(given) is None


def test_the_same_turn_again_and_again() -> None:
    given = free()
    for _ in range(3):
        assert verdict(turn(given, "a", "b")) is None
    assert verdict(turn(given, "a", "b")) == (
        "a + b were called 4 times in a row with the same results"
    )


def test_one_tool_called_side_by_side_was_called() -> None:
    given = free(same_call=2)
    turn(given, "a", "a")
    assert verdict(turn(given, "a", "a")) == "a was called 2 times in a row with the same results"


def test_the_order_of_calls_in_a_turn_is_no_difference() -> None:
    given = free(same_call=2)
    assert verdict(turn(given, "a", "b")) is None
    assert verdict(turn(given, "b", "a")) is not None


@pytest.mark.parametrize("length", range(2, LONGEST_ROUND + 1))
def test_a_round_of_any_length_that_comes_again_is_found(length: int) -> None:
    given = free()
    for _ in range(3):
        for at in range(length):
            assert verdict(given) is None
            given.step("a", at, n=at)
    assert "same results" in (verdict(given) or "")
    given = free()
    for round_ in range(4):
        for at in range(length):
            given.step("a", at if at else round_, n=at)
            assert verdict(given) is None, "one result is new each time"


def test_a_round_is_told_by_its_calls() -> None:
    given = free()
    for name in "abc" * 3:
        given.step(name, 1)
    assert verdict(given) == "a, b, c have come round 3 times with the same results"


def test_a_round_longer_than_is_looked_for_is_left_to_the_limit_of_turns() -> None:
    given = free()
    for n in range((LONGEST_ROUND + 1) * 4):
        given.step("a", 1, n=n % (LONGEST_ROUND + 1))
    assert verdict(given) is None


def test_a_shorter_round_keeps_its_own_threshold() -> None:
    given = free(same_call=20, ping_pong=0)
    for _ in range(19):
        assert verdict(given.step("a", 1)) is None
    assert verdict(given.step("a", 1)) is not None


def test_what_is_equal_only_to_python_is_not_the_same() -> None:
    given = free()
    for result in (1, True, 1.0, 1, True, 1.0, 1):
        assert verdict(given.step("a", result)) is None


def test_a_tool_that_polls_is_never_stuck() -> None:
    given = free()
    for _ in range(12):
        assert verdict(given.step("poll", "pending")) is None
        assert verdict(turn(given, "poll", "a")) is None
    for _ in range(6):
        assert verdict(turn(given, "poll", result="not yet", error=True)) is None


def test_the_same_error_turn_after_turn() -> None:
    given = free()
    for n in range(2):
        given.replies(call("a", n=n)).fails("a", "busy")
        assert verdict(given) is None
    assert verdict(given.replies(call("a", n=9)).fails("a", "busy")) == (
        "a failed the same way 3 times in a row"
    )
    given = free()
    for _ in range(5):
        given.replies(call("a"), call("b")).fails("a", "busy")
        given.returns("b", given.snapshot.turn)
        assert verdict(given) is None, "another call of the turn went well"


def test_idle_counts_turns_and_is_off_unless_it_is_set() -> None:
    def begin(**limits: Any) -> Given:
        stuck = StuckSpec(counts="turns", **limits)
        return Given(workflow(Transition(("a",), "begin", "done"), stuck=stuck)).user("Go.")

    given = begin(idle=3)
    for n in range(2):
        turn(given, "b", "b", "b", result=n)
        assert (given.snapshot.idle, verdict(given)) == (n + 1, None)
    assert verdict(turn(given, "b", result="x")) == "3 turns changed neither state nor context"
    assert StuckSpec(counts="turns").most_idle == 0
    assert StuckSpec().most_idle == 12


def test_no_more_turns_are_kept_than_are_looked_at() -> None:
    given = free()
    for n in range(60):
        given.step("a", n)
    assert len(given.snapshot.recent) == 3 * LONGEST_ROUND
    given = free(same_call=MOST_RECENT + 50)
    for _ in range(MOST_RECENT - 1):
        given.step("a", 1)
    assert verdict(given.step("a", 1)) is not None


def test_a_person_who_goes_on_begins_anew() -> None:
    given = free(same_call=2).step("a", 1).step("a", 1)
    assert verdict(given) is not None
    given.finishes("stuck").append(e.WentOn("stuck"))
    assert verdict(given.step("a", 1)) is None


def test_what_a_person_defines_counts_turns_and_a_file_keeps_its_meaning() -> None:
    @tool(read_only=True, polling=True)
    def look() -> int:
        """Look."""
        return 1

    made = Workflow("w", tools=[look], stuck=Written(idle=4)).spec
    assert (made.stuck.counts, made.stuck.most_idle, made.tools[0].polling) == ("turns", 4, True)
    again = msgspec.json.decode(msgspec.json.encode(made), type=WorkflowSpec)
    assert again == made
    old = msgspec.json.decode(b'{"name":"w","stuck":{"same_call":5}}', type=WorkflowSpec)
    assert (old.stuck.counts, old.stuck.same_call, old.stuck.most_idle) == ("calls", 5, 12)
