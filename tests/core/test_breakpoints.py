"""Breakpoints: how they are written, and what they stop at."""

from __future__ import annotations

import pytest

from tests.core.given import Given, call, workflow
from tooltrace.core.decide.breakpoint_hits import hit
from tooltrace.core.decide.breakpoints import Breakpoint, parse, same
from tooltrace.core.model import events as e
from tooltrace.core.model.errors import BadExpression
from tooltrace.core.model.workflow import AT_ONCE, ContextField, Transition

SPEC = workflow(
    Transition(("look",), "begin", "notify", when="result.n > 1", save={"n": "result.n"}),
    Transition(("look",), "begin", "done"),
    Transition(("notify", "tell"), "notify", "notify"),
    Transition((AT_ONCE,), "notify", "done", when="context.n > 5"),
    context=(ContextField("n"),),
)


def stops(given: Given, *texts: str) -> list[str]:
    """Those of the breakpoints that say stop here."""
    return [t for t in texts if hit((parse(t),), given.moment) is not None]


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("tool:look", Breakpoint("tool", "look")),
        (" tool: look  if  args.n > 1 ", Breakpoint("tool", "look", "args.n > 1")),
        ("tool:notif if args.n", Breakpoint("tool", "notif", "args.n")),
        ("tool:if_needed", Breakpoint("tool", "if_needed")),
        ("state:notify if context.n", Breakpoint("state", "notify", "context.n")),
        ("transition:begin->done", Breakpoint("transition", "begin->done")),
        ("transition: begin -> * if turn", Breakpoint("transition", "begin->*", "turn")),
        ("transition:->done", Breakpoint("transition", "*->done")),
        ("error", Breakpoint("error")),
        ("call if args.n if turn else 0", Breakpoint("call", "", "args.n if turn else 0")),
        ("if result.n > 3", Breakpoint("any", "", "result.n > 3")),
    ],
)
def test_what_is_written_is_what_is_meant(text: str, point: Breakpoint) -> None:
    assert parse(text) == point
    assert parse(str(point)) == point


@pytest.mark.parametrize(
    "text",
    [
        *("", "if", "if ", "tool:", "tool:a if", "state", "transition:a", "error:x", "call:x"),
        *("what:a", "tool:a if nonsense(", "tool:a if unknown", "if x.y()"),
    ],
)
def test_what_means_nothing_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(BadExpression) as caught:
        parse(text)
    assert "\n" not in str(caught.value)


def test_before_a_call() -> None:
    given = Given(SPEC).user("Go.")
    texts = ("tool:look", "tool:look if args.n == 7", "tool:notify", "call", "if args.n == 7")
    assert stops(given, *texts) == []
    given.replies(call("look", n=7))
    assert stops(given, *texts) == [
        "tool:look",
        "tool:look if args.n == 7",
        "call",
        "if args.n == 7",
    ]
    assert stops(given, "call if args.n == 8", "if result.n > 1", "if result.n") == []
    assert stops(given, "call if args.n > 'x'") == ["call if args.n > 'x'"]
    given.starts("look")
    assert stops(given, *texts) == []


def test_before_a_transition_with_the_result_that_causes_it() -> None:
    given = Given(SPEC).user("Go.").step("look", {"n": 3})
    texts = ("transition:begin->notify", "transition:*->*", "transition:*->notify if result.n == 3")
    assert stops(given, *texts, "if result.n == 3") == [*texts, "if result.n == 3"]
    assert stops(given, "transition:begin->done", "transition:notify->*", "tool:look") == []
    given.moves("notify")
    assert stops(given, *texts) == []


def test_before_a_transition_that_no_result_causes() -> None:
    given = Given(SPEC).user("Go.").step("look", {"n": 9}).moves("notify")
    assert stops(given, "transition:notify->done", "if context.n == 9", "if result.n") == [
        *("transition:notify->done", "if context.n == 9")
    ]


def test_on_entering_a_state_and_not_after() -> None:
    given = Given(SPEC)
    assert stops(given, "state:begin") == ["state:begin"]
    given.user("Go.")
    assert stops(given, "state:begin") == []
    given.step("look", {"n": 3}).moves("notify")
    assert stops(given, "state:notify", "state:notify if context.n == 3", "state:done") == [
        *("state:notify", "state:notify if context.n == 3")
    ]


def test_after_a_failed_call() -> None:
    given = Given(SPEC).user("Go.").replies(call("look")).fails("look", "timeout")
    assert stops(given, "error", "error if error == 'timeout'", "error if tool == 'tell'") == [
        *("error", "error if error == 'timeout'")
    ]
    assert stops(given.replies(call("look")).returns("look", {"n": 0}), "error") == []


def test_a_call_that_failed_among_others_is_not_missed_and_not_seen_twice() -> None:
    given = Given(SPEC).user("Go.").replies(call("look"), call("look"), call("look"))
    given.starts("look").append(e.ToolStarted(given.snapshot.calls[1].ref, "look"))
    given.fails("look").append(e.ToolReturned(given.snapshot.calls[1].ref, {"n": 0}))
    assert stops(given, "error") == ["error"]
    given.returns("look", {"n": 0})
    assert stops(given, "error") == []


def test_the_first_enabled_breakpoint_says_so() -> None:
    given = Given(SPEC).user("Go.").replies(call("look"))
    points = (Breakpoint("tool", "look", enabled=False), parse("tool:tell"), parse("call"))
    assert hit(points, given.moment) == points[2]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ('tool:pay if args.to == "x"', "tool:pay  if  args.to=='x'", True),
        ('tool:pay if args.to == "x  y"', 'tool:pay if args.to == "x y"', False),
        ("tool:pay if args.n > 1", "tool:pay if args.n > 1.0", False),
        ("tool:pay if args.n > 1", "tool:send if args.n > 1", False),
        ("tool:pay", "tool:pay if args.n > 1", False),
        ("if (cost > 1)", "if cost > 1", True),
    ],
)
def test_one_that_is_only_spaced_otherwise_is_the_same(one: str, other: str, alike: bool) -> None:
    assert same(parse(one), parse(other)) is alike
