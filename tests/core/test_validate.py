"""Each mistake in a definition is found, alone, in its place and in these words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tooltrace.core.decide.next_action import ChangeState, next_action
from tooltrace.core.decide.validate import problems
from tooltrace.core.fold.fold import fold
from tooltrace.core.model.events import Record, RunStarted, Transitioned, UserSaid
from tooltrace.core.model.workflow import (
    AT_ONCE,
    ContextField,
    StateSpec,
    StuckSpec,
    ToolSpec,
    Transition,
    WorkflowSpec,
)

LOOK, PAY = ToolSpec("look", read_only=True), ToolSpec("pay", critical=True)
START, PAYING = StateSpec("start", ("look",)), StateSpec("paying", ("pay",))
DONE, FAILED = StateSpec("done", terminal=True), StateSpec("failed", terminal=True, failure=True)
GO = Transition(("look",), "start", "paying", "result.ok", {"seen": "result"})
STAY = Transition(("look",), "start", "failed", "not result.ok")
PAID = Transition(("pay",), "paying", "done")
GOOD = WorkflowSpec(
    "good",
    tools=(LOOK, PAY),
    states=(START, PAYING, DONE, FAILED),
    initial="start",
    rows=(GO, STAY, PAID),
    context=(ContextField("seen"),),
    critical_to="failed",
)
FREE = WorkflowSpec("free", tools=(LOOK, PAY))


def told(spec: WorkflowSpec) -> list[str]:
    return [str(problem) for problem in problems(spec)]


def but(**changed: Any) -> WorkflowSpec:
    return replace(GOOD, **changed)


def rows(*changed: Transition) -> WorkflowSpec:
    return but(rows=(GO, STAY, PAID, *changed))


def test_a_good_definition_has_no_problems() -> None:
    assert told(GOOD) == told(FREE) == []


NAME_RULE = "use letters, digits and _ . - (no spaces), at most 64"
BAD: list[tuple[WorkflowSpec, str]] = [
    (but(name="a b"), f"name: 'a b' is no name: {NAME_RULE}"),
    (but(name=""), f"name: '' is no name: {NAME_RULE}"),
    (but(name="a\x1b"), f"name: 'a\\u{{1b}}' is no name: {NAME_RULE}"),
    (but(max_turns=0), "max_turns: is 0; a run needs at least 1 model turn"),
    (but(stuck=StuckSpec(same_call=-1)), "stuck.same_call: is -1; 0 turns the check off"),
    (but(initial=None), "initial: no initial state is named"),
    (but(initial="strat"), "initial: unknown state 'strat', did you mean 'start'?"),
    (
        but(critical_to="zzz"),
        "critical_to: unknown state 'zzz'; there are: start, paying, done, failed",
    ),
    (replace(FREE, initial="x"), "initial: unknown state 'x'; there are: none"),
    (but(tools=(LOOK, PAY, LOOK)), "tools[2]: there is a tool 'look' already: tools[0]"),
    (
        replace(FREE, tools=(ToolSpec("look up"),)),
        (
            "tools[0]: 'look up' is no tool name: the Messages API takes letters, digits, _ and -, "
            "at most 128"
        ),
    ),
    (
        replace(FREE, tools=(replace(LOOK, timeout=0.0),)),
        "tools[0].timeout: is 0.0 s; leave it out for no limit",
    ),
    (
        replace(FREE, tools=(replace(LOOK, timeout=float("nan")),)),
        "tools[0].timeout: is nan s; leave it out for no limit",
    ),
    (
        but(tools=(LOOK, replace(PAY, after=("lock",)))),
        "tools[1].after: unknown tool 'lock', did you mean 'look'?",
    ),
    (
        but(tools=(replace(LOOK, after=("pay",)), replace(PAY, after=("look",)))),
        "tools[0].after: tools wait for each other: look → pay → look",
    ),
    (
        but(tools=(LOOK, replace(PAY, after=("pay",)))),
        "tools[1].after: tools wait for each other: pay → pay",
    ),
    (
        but(states=(START, PAYING, DONE, FAILED, DONE)),
        "states[4]: there is a state 'done' already: states[2]",
    ),
    (
        but(states=(START, PAYING, DONE, FAILED, StateSpec("a->b", terminal=True))),
        f"states[4]: 'a->b' is no state name: {NAME_RULE}",
    ),
    (
        but(states=(StateSpec("start", ("look", "lok")), PAYING, DONE, FAILED)),
        "states[0].tools: unknown tool 'lok', did you mean 'look'?",
    ),
    (
        but(states=(START, replace(PAYING, failure=True), DONE, FAILED)),
        "states[1]: 'paying' is a failure but not terminal",
    ),
    (
        but(states=tuple(replace(s, terminal=False, failure=False) for s in GOOD.states)),
        "states: no state is terminal, so the workflow can never end",
    ),
    (
        rows(Transition(("look",), "strt", "done")),
        "rows[3].source: unknown state 'strt', did you mean 'start'?",
    ),
    (
        rows(Transition(("look",), "start", "nowhere", "result.x")),
        "rows[3].target: unknown state 'nowhere'; there are: start, paying, done, failed",
    ),
    (
        rows(Transition(("lok",), "start", "done")),
        "rows[3].on: unknown tool 'lok', did you mean 'look'?",
    ),
    (
        rows(Transition(("pay",), "start", "done")),
        "rows[3].on: 'pay' is not allowed in state 'start', so the row is never taken",
    ),
    (rows(Transition(("look",), "done", "start")), "rows[3]: leaves 'done', which is terminal"),
    (
        rows(Transition((), "start", "start", "context.seen")),
        "rows[3]: leads at once to its own state, so it is never taken",
    ),
    (
        rows(Transition((AT_ONCE,), "start", "failed", error=True)),
        "rows[3]: an error row needs the tool that may fail",
    ),
    (
        but(
            states=(StateSpec("start", ("look", "pay")), PAYING, DONE, FAILED),
            rows=(GO, STAY, PAID, Transition(("look", "pay"), "start", "failed", error=True)),
        ),
        "rows[3].on: an error row takes one tool; write one row for each",
    ),
    (
        rows(Transition(("look",), "start", "done", "result.(")),
        "rows[3].when: 'result.(' cannot be parsed: invalid syntax",
    ),
    (
        rows(Transition(("look",), "start", "done", "reslut.ok")),
        (
            "rows[3].when: 'reslut.ok': unknown name reslut; there are: args, result, results, "
            "context, state, usage, tool, error, turn, cost, tokens"
        ),
    ),
    (
        rows(Transition(("look",), "start", "done", "context.sen == 1")),
        "rows[3].when: 'context.sen == 1': unknown context name 'sen', did you mean 'seen'?",
    ),
    (
        rows(Transition(("look",), "start", "done", "results.lock")),
        "rows[3].when: 'results.lock': unknown tool 'lock', did you mean 'look'?",
    ),
    (
        rows(Transition(("look",), "start", "done", "result.z", {"sen": "result"})),
        "rows[3].save: unknown context name 'sen', did you mean 'seen'?",
    ),
    (
        rows(Transition(("look",), "start", "done", "result.z", {"seen": "result +"})),
        "rows[3].save: 'result +' cannot be parsed: invalid syntax",
    ),
    (
        rows(Transition(("pay",), "paying", "failed")),
        "rows[3]: is never taken: rows[2] has the same guard for the same result of pay",
    ),
    (
        rows(Transition(("look",), "start", "done", " result.ok  ")),
        "rows[3]: is never taken: rows[0] has the same guard for the same result of look",
    ),
    (
        rows(Transition(("pay",), "paying", "failed", "result.late")),
        "rows[3]: is never taken: rows[2] has no guard and takes every result of pay",
    ),
    (
        rows(
            Transition(("pay",), "paying", "failed", error=True),
            Transition(("pay",), "paying", "done", "args.x", error=True),
        ),
        "rows[4]: is never taken: rows[3] has no guard and takes every failure of pay",
    ),
    (
        but(
            states=(START, replace(PAYING, tools=("pay", "look")), DONE, FAILED),
            rows=(GO, STAY, PAID, Transition(("pay", "look"), "paying", "failed")),
        ),
        (
            "rows[3]: comes too late: rows[2] takes every result of pay by itself; put this one "
            "before it"
        ),
    ),
    (
        but(context=(ContextField("seen"), ContextField("seen"))),
        "context[1]: there is a context name 'seen' already: context[0]",
    ),
    (
        but(context=(ContextField("seen"), ContextField("due-date"))),
        "context[1]: 'due-date' is no name that an expression can speak of",
    ),
    (
        but(context=(ContextField("seen", default=float("inf")),)),
        "context[0].default: of 'seen' is not JSON: Infinity",
    ),
    (
        but(states=(*GOOD.states, StateSpec("lost", ("look",)))),
        "states[4]: nothing leads to state 'lost'",
    ),
    (but(rows=(GO, STAY)), "states[2]: nothing leads to state 'done'"),
    (
        but(rows=(STAY, replace(GO, target="done")), critical_to=None),
        "states[1]: nothing leads to state 'paying'",
    ),
    (
        but(rows=(GO, STAY, replace(GO, target="done", when="result.skip")), critical_to=None),
        "states[1]: there is no way out of state 'paying'",
    ),
    (
        but(
            rows=(
                GO,
                STAY,
                PAID,
                Transition((), "start", "paying"),
                Transition((AT_ONCE,), "paying", "start"),
            )
        ),
        "rows[3]: states follow each other at once, for ever: start → paying → start",
    ),
]


@pytest.mark.parametrize(("spec", "expected"), BAD, ids=[text[:50] for _, text in BAD])
def test_one_mistake_is_told_once(spec: WorkflowSpec, expected: str) -> None:
    assert told(spec) == [expected]


def test_a_critical_tool_makes_the_failed_state_reachable_only_from_where_it_is_allowed() -> None:
    gone = tuple(row for row in GOOD.rows if row is not STAY)
    assert told(but(rows=gone)) == []
    tools = (LOOK, replace(PAY, critical=False))
    assert told(but(rows=gone, tools=tools)) == ["states[3]: nothing leads to state 'failed'"]


def test_every_mistake_is_told() -> None:
    spec = but(name="a b", max_turns=-1, tools=(LOOK,), initial="x")
    parts = [problem.part for problem in problems(spec)]
    assert parts == ["name", "max_turns", "initial", "states[1].tools", "rows[2].on"]


def test_names_from_outside_come_out_visible_and_short() -> None:
    nasty = "\x1b]0;x\x07\n" + "y" * 500
    spec = but(states=(*GOOD.states, StateSpec(nasty, (nasty,))), initial=nasty + "z")
    for text in told(spec):
        assert text.isprintable() and len(text) < 500


NAMES = st.sampled_from(["a", "b", "c", "look", "pay", "", "x y", "\x1b"])
WHEN = st.sampled_from([None, "result.a", "context.a == 1", "(", "results.look", "1 +", "\ud800"])
SPECS = st.builds(
    WorkflowSpec,
    NAMES,
    tools=st.lists(
        st.builds(ToolSpec, NAMES, after=st.lists(NAMES, max_size=2).map(tuple), critical=...),
        max_size=3,
    ).map(tuple),
    states=st.lists(
        st.builds(
            StateSpec,
            NAMES,
            st.lists(NAMES, max_size=2).map(tuple),
            terminal=st.booleans(),
            failure=st.booleans(),
        ),
        max_size=4,
    ).map(tuple),
    initial=st.none() | NAMES,
    critical_to=st.none() | NAMES,
    rows=st.lists(
        st.builds(
            Transition,
            st.lists(NAMES, max_size=2).map(tuple),
            NAMES,
            NAMES,
            WHEN,
            st.dictionaries(NAMES, st.sampled_from(["result", "("]), max_size=1),
            st.booleans(),
        ),
        max_size=5,
    ).map(tuple),
    max_turns=st.integers(-1, 2),
)


@given(SPECS)
@settings(max_examples=200, deadline=None)
def test_any_definition_can_be_asked_about(spec: WorkflowSpec) -> None:
    for problem in problems(spec):
        assert str(problem).isprintable()


FEW = st.sampled_from(["a", "b", "c"])
AT_ONCE_ROWS = st.lists(
    st.builds(Transition, st.sampled_from([(), (AT_ONCE,), ("look",)]), FEW, FEW | st.just("end")),
    min_size=1,
    max_size=6,
)


@given(AT_ONCE_ROWS)
@settings(max_examples=200, deadline=None)
def test_without_problems_a_run_never_moves_for_ever(table: list[Transition]) -> None:
    names = {"a", *(row.source for row in table), *(row.target for row in table)} - {"end"}
    states = [StateSpec(name, ("look",)) for name in sorted(names)]
    spec = WorkflowSpec(
        "w",
        tools=(LOOK,),
        states=(*states, StateSpec("end", terminal=True)),
        initial="a",
        rows=tuple(table),
    )
    if problems(spec):
        return
    snapshot = fold(None, Record(1, None, "", "live", RunStarted(spec)))
    snapshot = fold(snapshot, Record(2, 1, "", "live", UserSaid("go")))
    moves = 0
    while isinstance(action := next_action(snapshot), ChangeState):
        moves += 1
        assert moves <= len(states)
        event = Transitioned(action.to, action.row, action.cause)
        snapshot = fold(snapshot, Record(snapshot.at + 1, snapshot.at, "", "live", event))
