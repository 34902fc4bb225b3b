"""A condition that can never be decided is refused when it is set, and stops where it is not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.given import Given, call
from tooltrace.core.compare.coverage import Coverage, row_key
from tooltrace.core.decide.breakpoint_check import unfit
from tooltrace.core.decide.breakpoint_hits import hit, undecided
from tooltrace.core.decide.breakpoints import parse
from tooltrace.core.decide.next_action import AwaitUser, next_action
from tooltrace.core.decide.validate import problems
from tooltrace.core.expressions.condition_check import paths_in
from tooltrace.core.model.workflow import (
    ContextField,
    StateSpec,
    ToolSpec,
    Transition,
    WorkflowSpec,
)


def schema(**properties: Any) -> dict[str, Any]:
    whole = {"type": "object", "properties": properties, "additionalProperties": False}
    item = {"type": "object", "properties": {"sku": {"type": "string"}}}
    return {**whole, "$defs": {"Item": item}}


PAY = ToolSpec(
    "pay",
    schema=schema(
        amount={"type": "number"},
        note={"anyOf": [{"type": "string"}, {"type": "null"}]},
        urgent={"type": "boolean"},
        kind={"enum": ["fast", "slow"]},
        item={"$ref": "#/$defs/Item"},
        items={"type": "array", "items": {"$ref": "#/$defs/Item"}},
        data={"type": "object"},
        prices={"type": "object", "additionalProperties": {"type": "number"}},
        anything={},
    ),
)
LOOK = ToolSpec("look", schema=schema(order={"type": "string"}))
SPEC = WorkflowSpec(
    "w",
    tools=(LOOK, PAY, ToolSpec("open")),
    states=(StateSpec("begin", ("look", "pay")), StateSpec("end", terminal=True)),
    initial="begin",
    rows=(Transition(("pay",), "begin", "end"),),
    context=(ContextField("order"),),
)

UNFIT = [
    ("tool:nosuch", "w has no tool 'nosuch'; there are: look, pay, open"),
    ("tool:payy", "w has no tool 'payy', did you mean 'pay'?"),
    ("tool:nosuch if args.amount > 1", "w has no tool 'nosuch'"),
    ("state:nosuch", "w has no state 'nosuch'; there are: begin, end"),
    ("transition:begin->nosuch", "w has no state 'nosuch'"),
    ("transition:nosuch->*", "w has no state 'nosuch'"),
    ("tool:pay if args.amout > 10", "there is no args.amout in pay, did you mean 'amount'?"),
    ("tool:pay if args['amout'] > 10", "there is no args.amout in pay"),
    ("tool:pay if not args.amout", "there is no args.amout in pay"),
    ("tool:pay if args.item.sku.x", "there is no args.item.sku.x in pay"),
    ("tool:pay if args.item.skuu == 'a'", "args.item.skuu in pay, did you mean 'sku'?"),
    ("tool:look if args.amount > 1", "there is no args.amount in look; there are: order"),
    ('tool:pay if args.amount > "10"', "args.amount (a number) and '10' (text) cannot be compared"),
    ('tool:pay if args.amount == "10"', "args.amount (a number) and '10' (text) are never equal"),
    ("tool:pay if 1 < args.kind < 5", "args.kind (text) cannot be compared"),
    ("tool:pay if args.note > 3", "args.note (text) and 3 (a number) cannot be compared"),
    ("tool:pay if args.prices.usd > 'a'", "args.prices.usd (a number) and 'a' (text)"),
    ("tool:pay if args.items > 3", "args.items (a list) and 3 (a number) cannot be compared"),
    ("tool:pay if len(args.items) > 'a'", "len(args.items) (a number) and 'a' (text)"),
    ("call if tokens > '5000'", "tokens (a number) and '5000' (text) cannot be compared"),
    ("call if cost > '0.2'", "cost (a number) and '0.2' (text) cannot be compared"),
    ("call if context.ordr", "unknown context name 'ordr', did you mean 'order'?"),
    ("if results.payy.ok", "unknown tool 'payy', did you mean 'pay'?"),
    ("if state == 'beginn'", "unknown state 'beginn', did you mean 'begin'?"),
    ("call if tool == 'payy'", "unknown tool 'payy', did you mean 'pay'?"),
    ("call if usage.inputs > 3", "unknown figure 'inputs', did you mean 'input'?"),
    ("tool:pay if result.ok", "result is not known before a call"),
    ("call if result.ok", "result is not known before a call"),
    ("state:end if args.amount > 1", "args is not known on entering a state"),
]

FIT = [
    *("tool:pay", "state:end", "transition:begin->*", "transition:*->end", "error", "call"),
    *("tool:pay if args.amount > 10", "tool:pay if args.note == 'x'", "tool:pay if not args.note"),
    *(
        "tool:pay if args.note == null",
        "tool:pay if args.urgent == true",
        "tool:pay if args.urgent",
    ),
    *("tool:pay if args.data.whatever > 3", "tool:pay if args.anything.x > 'a'"),
    *("tool:pay if args.prices.usd > 3", "tool:pay if args.item.sku == 'a'", "if result.total > 3"),
    *("call if args.amount > 3", "call if args.order == 'x'", "tool:open if args.whatever > 3"),
    *("tool:pay if any(args.sku == 'a' for args in args.items)", "error if result.x"),
    *("tool:pay if args.kind == 'fast'", "transition:*->* if args.amount > 1", "if cost > 0.2"),
    *("tool:pay if args.amount > cost", "tool:pay if len(args.note or '') > 3"),
    *("if state == 'begin'", "call if tool == 'pay'", "call if 'a' in args.kind"),
]


@pytest.mark.parametrize(("text", "why"), UNFIT)
def test_what_would_never_be_reached_is_refused(text: str, why: str) -> None:
    found = unfit(parse(text), SPEC)
    assert found is not None and why in found
    assert "\n" not in found


@pytest.mark.parametrize("text", FIT)
def test_what_may_be_reached_is_taken(text: str) -> None:
    assert unfit(parse(text), SPEC) is None


@pytest.mark.parametrize(
    "hostile",
    [
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}},
        {"properties": [1], "type": "object"},
        {"type": ["what", 3]},
        {"anyOf": [1, None]},
        {"enum": 3},
        {"$ref": 3},
        {"properties": {"x": 3}, "type": "object"},
    ],
)
def test_a_schema_that_says_nothing_forbids_nothing(hostile: Any) -> None:
    spec = WorkflowSpec("w", tools=(ToolSpec("pay", schema=hostile),))
    assert unfit(parse("tool:pay if args.x.y > 3"), spec) is None


def test_a_guard_is_held_against_the_tool_that_it_is_about() -> None:
    table = (
        Transition(("pay",), "begin", "end", when="args.amout > 10"),
        Transition(("pay",), "begin", "end", when='args.amount > "10"'),
        Transition(("pay",), "begin", "end", save={"order": "args.amout"}),
    )
    found = [str(problem) for problem in problems(WorkflowSpec(**{**spec_parts(), "rows": table}))]
    assert "rows[0].when: 'args.amout > 10': there is no args.amout in pay, did you" in found[0]
    assert "rows[1].when" in found[1] and "cannot be compared" in found[1]
    assert "rows[2].save" in found[2]


def spec_parts() -> dict[str, Any]:
    return {name: getattr(SPEC, name) for name in SPEC.__struct_fields__}


# Where it is met


def stopped(text: str, given: Given) -> str | None:
    """Why it stopped; an empty text if the condition simply held."""
    point = parse(text)
    if hit((point,), given.moment) is None:
        return None
    return undecided(point, given.moment) or ""


def test_a_condition_that_cannot_be_evaluated_stops_and_says_why() -> None:
    given = Given(SPEC).user("Go.").replies(call("pay", amount=3))
    assert stopped("tool:pay if args.amout > 10", given) == (
        "'args.amout > 10' has no value here: null and a number cannot be compared"
    )
    assert stopped("tool:pay if args.amount > '10'", given) == (
        "\"args.amount > '10'\" has no value here: a number and text cannot be compared"
    )
    assert stopped("tool:pay if args.amount > 10", given) is None
    assert stopped("tool:pay if args.amount > 2", given) == ""
    assert stopped("call if args.note > 3", given) is not None
    assert stopped("if 1 / (args.amount - 3) > 1", given) is not None


def test_a_condition_about_another_tool_does_not_stop_at_this_one() -> None:
    given = Given(SPEC).user("Go.").replies(call("look", order="7"))
    assert stopped("call if args.amount > 10", given) is None
    assert stopped("if args.amount > 10", given) is None
    assert stopped("if result.total > 10", given) is None
    assert stopped("call if args.order > 10", given) is not None


def test_a_failure_a_transition_and_a_state_are_conditions_too() -> None:
    given = Given(SPEC).user("Go.").replies(call("pay", amount=3)).fails("pay", "busy")
    assert stopped("error if result > 3", given) == (
        "'result > 3' has no value here: text and a number cannot be compared"
    )
    given = Given(SPEC).user("Go.").step("pay", {"n": 1}, amount=3)
    assert stopped("transition:*->end if result.m > 3", given) is not None
    assert stopped("if result.m > 3", given) is not None
    given.moves("end")
    assert stopped("state:end if context.order > 3", given) is not None


def test_who_has_asked_for_nothing_has_paid_nothing() -> None:
    given = Given(SPEC).user("Go.").replies(call("pay", amount=3), tokens=0)
    assert stopped("call if cost > 0.2", given) is None
    given = Given(SPEC).user("Go.").replies(call("pay", amount=3), tokens=10)
    assert stopped("call if cost > 0.2", given) is not None, "there was a reply without a price"


def test_a_guard_that_cannot_be_decided_is_told_in_the_run_and_in_the_coverage() -> None:
    rows = (Transition((), "begin", "end", when="context.order > 3"),)
    given = Given(WorkflowSpec(**{**spec_parts(), "rows": rows})).user("Go.").replies("Done.")
    action = next_action(given.snapshot)
    assert isinstance(action, AwaitUser)
    why = "'context.order > 3' has no value here: null and a number cannot be compared"
    assert action.text.endswith(f"the guard to end cannot be decided: {why}")
    found = Coverage(given.snapshot.workflow)
    found.add(given.tree)
    key = row_key(rows[0])
    assert found.undecided[key] == found.tried[key] > 0
    assert found.reasons_undecided[key] == why


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("not result.eligible", [("result", "eligible")]),
        ('args["a"].b > result.n and result.n < 2', [("args", "a", "b"), ("result", "n")]),
        ("len(results.look) > 1", [("results", "look")]),
        ("any(one.ok for one in result.rows)", [("result", "rows")]),
        ("result[0].n == true", [("result",)]),
        ("1 +", []),
    ],
)
def test_what_an_expression_reads(text: str, paths: list[tuple[str, ...]]) -> None:
    assert list(paths_in(text)) == paths
