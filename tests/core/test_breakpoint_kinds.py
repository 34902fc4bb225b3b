"""The kinds of breakpoints about requests, replies, repeats, the table, and how runs end."""

from __future__ import annotations

import pytest

from tests.core.free import FREE, free
from tests.core.given import Given, call, workflow
from tests.core.test_breakpoints import SPEC, stops
from tooltrace.core.decide.breakpoint_check import unfit, unfit_watch
from tooltrace.core.decide.breakpoint_hits import hit, matches, printed, undecided
from tooltrace.core.decide.breakpoints import KINDS, Breakpoint, parse
from tooltrace.core.expressions.evaluate import allowance
from tooltrace.core.expressions.point_names import names_known
from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import StuckSpec, Transition


def test_request_is_before_the_model_is_asked_and_nowhere_else() -> None:
    given = free()
    assert stops(given, "request", "reply") == ["request"]
    given.asks()
    given.replies(call("look"))
    assert stops(given, "request") == []
    given.returns("look", 1)
    assert stops(given, "request") == ["request"]
    given.request_fails()
    assert stops(given, "request") == []


def test_request_knows_what_would_be_sent() -> None:
    given = free().step("look", {"n": 1})
    holds = (
        "request if len(request.messages) == 3",
        "request if contains(request.messages[2].text, 'n')",
        "request if request.messages[0].role == 'user' and request.messages[0].text == 'Go.'",
        "request if request.system == 'Be brief.' and request.model == 'scripted'",
        "request if contains(request.tools, 'pay') and request.attempt == 1",
    )
    assert stops(given, *holds, "request if len(request.messages) > 3") == list(holds)


def test_the_prompt_of_the_state_is_in_the_request() -> None:
    given = Given(SPEC).user("Go.")
    assert stops(given, "request if contains(request.messages[-1].text, 'begin')")


def test_reply_is_after_it_came_and_before_its_calls() -> None:
    given = free().replies("Let me see.", call("look", n=1), call("pay"))
    holds = (
        "reply",
        "reply if contains(reply.text, 'see')",
        "reply if len(reply.calls) == 2 and reply.calls[1].tool == 'pay'",
        "reply if reply.stop_reason == 'tool_use' and reply.usage.output_tokens == 10",
        "tool:pay if contains(reply.text, 'see')",
    )
    assert stops(given, *holds, "reply if reply.problem") == list(holds)
    given.returns("look", 1)
    assert stops(given, "reply") == []


def test_a_reply_that_was_cut_says_so() -> None:
    given = free().replies("Let me", stop="max_tokens")
    assert stops(given, "reply if reply.stop_reason == 'max_tokens'", "reply if reply.problem") == [
        *("reply if reply.stop_reason == 'max_tokens'", "reply if reply.problem")
    ]


def test_repeat_is_the_same_tool_with_the_same_arguments_on_this_path() -> None:
    given = free().step("look", 1, n=1).step("look", 1, n=True).step("pay", 1, n=1)
    asked = given.head
    assert stops(given.replies(call("look", n=2)), "repeat") == []
    given.back_to(asked or 0).replies(call("look", n=1))
    assert stops(given, "repeat", "repeat:look", "repeat:pay", "repeat if args.n == 1") == [
        *("repeat", "repeat:look", "repeat if args.n == 1")
    ]
    given.back_to(asked or 0).replies(call("write", n=1), call("write", n=1))
    assert stops(given, "repeat") == ["repeat"]  # The second is one of the first.


def test_illegal_is_a_call_that_the_state_does_not_allow_or_a_forced_state() -> None:
    given = Given(SPEC).user("Go.").replies(call("notify"))
    assert stops(given, "illegal", "illegal if args.n") == ["illegal", "illegal if args.n"][:1]
    allowed = Given(SPEC).user("Go.").replies(call("look"))
    assert stops(allowed, "illegal") == []
    forced = Given(workflow(Transition(("a",), "one", "two"), Transition(("b",), "two", "done")))
    forced.user("Go.").forces("two")
    assert stops(forced, "illegal") == []  # A row leads there.
    forced.forces("one")
    assert stops(forced, "illegal", "illegal if state == 'one'") == [
        *("illegal", "illegal if state == 'one'")
    ]
    assert stops(forced.asks(), "illegal") == []


def test_divergence_is_where_a_replay_met_something_else() -> None:
    given = free().step("look", 1).append(e.Diverged("result", "n", 1, 2))
    assert stops(given, "divergence") == ["divergence"]
    assert stops(given.append(e.DivergenceAccepted()), "divergence") == []


def test_stuck_and_limit_are_before_the_run_ends_so() -> None:
    given = Given(workflow(Transition(("a",), "one", "done"), stuck=StuckSpec(same_call=2)))
    given.user("Go.")
    for _ in range(2):
        assert stops(given, "stuck", "limit") == []
        given.replies(call("b")).fails("b", "no such tool")
    assert stops(given, "stuck", "limit") == ["stuck"]
    short = Given(FREE, e.Settings(max_turns=1)).user("Go.").step("look", 1)
    assert stops(short, "stuck", "limit", "limit if turn == 1") == ["limit", "limit if turn == 1"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("request if result.ok", "result is not known before a request; there are: results, "),
        ("request if args.n", "args is not known before a request"),
        ("reply if request.model", "request is not known when a reply has come"),
        ("tool:look if result", "result is not known before a call; there are: args, "),
        ("repeat:nosuch", "has no tool 'nosuch'"),
        ("state:begin if call.tool", "call is not known on entering a state"),
        ("stuck if tool == 'look'", "tool is not known before the run ends"),
        ("reply log args.n", "args is not known when a reply has come"),
        ("reply if reply.txt", "unknown part of the reply 'txt', did you mean 'text'?"),
        ("request if request.message", "part of the request 'message', did you mean 'messages'?"),
        ("tool:look log call.arg", "unknown part of the call 'arg', did you mean 'args'?"),
    ],
)
def test_what_is_not_known_there_is_refused_when_it_is_set(text: str, why: str) -> None:
    told = unfit(parse(text), SPEC)
    assert told is not None and why in told and "\n" not in told


def test_what_only_python_can_say_is_refused_too() -> None:
    assert unfit(Breakpoint("tool"), SPEC) is not None
    assert "free has no transitions" in str(unfit(parse("if result.total > 5"), FREE))
    assert unfit(parse("if result.total > 5"), SPEC) is None
    assert "unknown kind of breakpoint 'moon'" in str(unfit(Breakpoint("moon"), SPEC))  # type: ignore[arg-type]
    assert "cannot be parsed" in str(unfit(Breakpoint("call", "", "(("), SPEC))
    assert "cannot be parsed" in str(unfit(Breakpoint("call", log="(("), SPEC))


def test_what_each_kind_knows() -> None:
    for kind in KINDS:
        assert {"context", "state", "usage", "cost", "reply"} <= set(names_known(kind))
    assert "request" in names_known("request") and "result" in names_known("error")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("context.n + 1", None),
        ("reply.text", None),
        ("results.look", None),
        ("args.n", "args is not known to a watch"),
        ("context.m", "unknown context name 'm'"),
        ("nonsense(", "cannot be parsed"),
    ],
)
def test_a_watch_is_refused_where_it_would_never_show_anything(text: str, why: str | None) -> None:
    told = unfit_watch(text, SPEC)
    assert told is None if why is None else told is not None and why in told


def test_a_logpoint_prints_a_line_for_each_call_and_stops_nothing() -> None:
    given = free().replies(call("look", n=1), call("look", n="x"), call("pay"))
    point = parse("tool:look log args.n")
    assert matches(point, given.moment) and stops(given, "tool:look log args.n") == []
    assert printed(point, given.moment) == ["1", "x"]
    assert printed(parse("tool:look if args.n == 1 log args"), given.moment) == ['{"n":1}']


def test_what_cannot_be_printed_says_why() -> None:
    given = free().replies(call("look", n=1))
    (line,) = printed(parse("tool:look log args.n + 'x'"), given.moment)
    assert line.startswith("cannot be evaluated:") and "\n" not in line
    (line,) = printed(parse("tool:look if args.n > 'x' log args.n"), given.moment)
    assert line.startswith("the condition cannot be evaluated:")


def test_a_condition_that_takes_too_long_stops_and_says_so() -> None:
    given = free().replies(call("look", n=list(range(2000))))
    slow = parse("tool:look if any([len([b for b in args.n if b == a]) > 1 for a in args.n])")
    assert matches(slow, given.moment)
    assert "has no value here: " in (undecided(slow, given.moment) or "")


def test_many_slow_ones_share_what_they_may_use() -> None:
    given = free().replies(call("look", n=list(range(400))))
    text = "any([len([b for b in args.n if b == a]) > 1 for a in args.n[:20]]) or %d < 0"
    slow = [parse(f"tool:look if {text % n}") for n in range(40)]
    assert [p for p in slow if hit((p,), given.moment)] == []  # Each alone can be decided.
    stopped = hit(slow, given.moment)
    assert stopped is not None and stopped in slow[5:]
    with allowance(0):
        assert "it takes too long" in (undecided(stopped, given.moment) or "")
