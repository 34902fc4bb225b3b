"""The state graph, the context, and the states on one line."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given as holds
from hypothesis import strategies as st

from tests.core.given import Given, call, workflow
from tests.tui.view.build import HOSTILE, REFUND, flat, see, text_of, to_credit
from tooltrace.core.decide.breakpoints import parse
from tooltrace.core.model.events import Transitioned
from tooltrace.core.model.workflow import StateSpec, ToolSpec, Transition, WorkflowSpec
from tooltrace.tui.rows.workflow.state_graph_shape import graph_of
from tooltrace.tui.rows.workflow.workflow import ContextRow, WorkflowRows, one_line_state


def rows(given: Given, width: int = 64, **rest: Any) -> list[str]:
    return flat(WorkflowRows().update(see(given, **rest)), width)


def test_a_refund_in_the_middle() -> None:
    assert rows(to_credit(), points=(parse("state:emailing"),)) == [
        "✓ pending → ✓ validating → ● crediting → ○ emailing ◉",
        "│           └ not eligible → ○ failed",
        "└ fetch_order fails → ○ failed",
        "→ ○ complete",
        "  · a critical tool fails → ○ failed",
        "next     process_credit",
        'context  order    {"id": "1001", "total": 59.9, …  ← fetch_order',
        "         eligible null",
        "turn     3/50 · 2 tool calls",
    ]


def test_a_failed_critical_tool_and_a_forced_state() -> None:
    given = to_credit().fails("process_credit", "card refused").moves("failed").forces("emailing")
    shown = rows(given, 100)
    assert shown[0] == "✓ pending → ✓ validating → ✓ crediting → ⇒● emailing → ○ complete"
    assert "  · a critical tool fails → ✓ failed" in shown
    failed = rows(to_credit().fails("process_credit", "card refused").moves("failed"), 100)
    assert "  · a critical tool fails → ✗ failed" in failed
    assert sum("✗ failed" in line for line in failed) == 1
    assert "✗ error  process_credit failed: card refused" in failed


def test_a_loop_counts_its_rounds() -> None:
    given = Given(
        workflow(
            Transition(("read",), "reading", "judging"),
            Transition(("judge",), "judging", "reading", "result.more"),
            Transition(("judge",), "judging", "judging", "result.unsure"),
            Transition(("judge",), "judging", "done", "not result.more"),
        )
    ).user("x")
    for _ in range(2):
        given.step("read", {}).moves("judging").step("judge", {"more": True}).moves("reading")
    assert rows(given)[:3] == [
        "● reading ×3 → ✓ judging ×2 → ○ done",
        "               ├ more → ↺ ● reading ×3",
        "               └ unsure → ↺ ✓ judging ×2",
    ]


def test_a_free_workflow_has_no_states() -> None:
    given = Given(WorkflowSpec("free")).user("x").replies(call("a"))
    assert rows(given)[:2] == ["no states: the model decides", "next     a"]


def test_a_value_that_a_person_set_says_so() -> None:
    from tooltrace.core.model.events import ContextEdited

    given = Given(REFUND).append(ContextEdited("order", {"id": 1}), "edited")
    items = WorkflowRows().update(see(given))
    order = next(item for item in items if isinstance(item, ContextRow) and item.name == "order")
    assert (order.selectable, order.key) == (True, 0)
    assert flat([order], 60) == ['context  order    {"id": 1}  ← you']


def test_the_turn_limit_is_said_when_it_is_near() -> None:
    spec = WorkflowSpec("free", max_turns=2)
    items = WorkflowRows().update(see(Given(spec).user("x").replies("a").user("y").replies("b")))
    assert ("2/2", "warn") in items[-1].lines(60)[0]


def test_the_longest_way_to_a_good_end_is_the_main_line() -> None:
    spec = workflow(
        Transition(("a",), "start", "failed", "not result"),
        Transition(("a",), "start", "short", "result == 1"),
        Transition(("a",), "start", "long", "result == 2"),
        Transition(("b",), "short", "done"),
        Transition(("c",), "long", "longer"),
        Transition(("d",), "longer", "done"),
    )
    graph = graph_of(spec)
    assert graph.main == ("start", "long", "longer", "done")
    assert [(w.label, w.chain, w.joins) for w in graph.sides] == [
        ("not result", ("failed",), None),
        ("result == 1", ("short",), "done"),
    ]


names = st.sampled_from(["a", "b", "c", "d", "e", HOSTILE])
specs = st.builds(
    WorkflowSpec,
    st.just("any"),
    tools=st.just((ToolSpec("t", critical=True),)),
    states=st.lists(
        st.builds(StateSpec, names, terminal=st.booleans(), failure=st.booleans()), max_size=6
    ).map(tuple),
    initial=st.none() | names,
    rows=st.lists(
        st.builds(Transition, st.just(("t",)), names, names, st.none() | st.just("result.x")),
        max_size=12,
    ).map(tuple),
    critical_to=st.none() | names,
)


@holds(specs)
def test_any_graph_shows_every_state_and_every_way(spec: WorkflowSpec) -> None:
    graph = graph_of(spec)
    states = {state.name for state in spec.states}
    shown = [*graph.main, *(name for way in graph.sides for name in way.chain)]
    assert sorted(shown) == sorted(states), "each state once"
    ways = set(pairwise(graph.main))
    for way in graph.sides:
        to = [*way.chain, *([way.joins] if way.joins else [])]
        ways |= {(source, to[0]) for source in way.sources} | set(pairwise(to))
    wanted = {(r.source, r.target) for r in spec.rows if {r.source, r.target} <= states}
    assert wanted <= ways


def test_a_graph_of_very_many_states_is_cut_and_not_recursive() -> None:
    many = [f"s{n}" for n in range(5000)]
    table = tuple(Transition(("t",), a, b) for a, b in pairwise(many))
    spec = WorkflowSpec("big", states=tuple(map(StateSpec, many)), initial="s0", rows=table)
    shown = rows(Given(spec))
    assert any("… 4600 more" in line for line in shown)
    assert len(shown) < 150


def test_the_states_on_one_line_keep_the_current_one() -> None:
    view = see(to_credit())
    assert text_of(one_line_state(view, 80)) == (
        "✓ pending → ✓ validating → ● crediting → ○ emailing"
    )
    assert text_of(one_line_state(view, 44)) == "… → ✓ validating → ● crediting → ○ emailing"
    assert text_of(one_line_state(view, 12)) == "● crediting…"
    middle = see(to_credit(), head=7)
    assert text_of(one_line_state(middle, 80)).endswith("● validating → ○ failed | ○ crediting")


def test_the_graph_is_worked_out_once_and_laid_out_again_only_when_something_changed() -> None:
    builder, given = WorkflowRows(), to_credit()
    first = builder.update(see(given))[0]
    assert builder.update(see(given))[0] is first
    assert builder.update(see(given, head=7))[0] is not first


def test_a_state_that_many_ways_lead_to_is_marked_on_the_way_taken() -> None:
    given = to_credit().forces("validating").append(Transitioned("failed"))
    shown = rows(given, 100)
    assert [line.strip() for line in shown if "failed" in line][:3] == [
        "│           └ not eligible → ✗ failed",
        "└ fetch_order fails → ○ failed",
        "· a critical tool fails → ○ failed",
    ]
