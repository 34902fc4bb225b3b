"""The machine of a workflow: the order of its states, its edges, and what a path took of them."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from hypothesis import given as holds
from hypothesis import strategies as st

from tests.core.given import Given, workflow
from tooltrace.core.graph.edges_taken import EdgesTaken
from tooltrace.core.graph.machine import machine_of
from tooltrace.core.model.events import Transitioned
from tooltrace.core.model.workflow import StateSpec, ToolSpec, Transition, WorkflowSpec
from tooltrace.workflows.backfill import backfill
from tooltrace.workflows.loan import loan
from tooltrace.workflows.refund import refund
from tooltrace.workflows.release import release


def order(spec: WorkflowSpec) -> str:
    return " ".join(state.name for state in machine_of(spec).states)


def test_the_shipped_workflows_are_read_along_their_good_ends_and_failures_come_last() -> None:
    assert order(refund.spec) == (
        "pending fetching_order validating_refund processing_credit sending_email complete failed"
    )
    assert order(loan.spec) == (
        "reading_application checking_credit preparing_offer approved "
        "writing_decline declined assigning_review referred closed"
    )
    assert order(release.spec) == "gathering drafting publishing published blocked"
    assert order(backfill.spec) == "counting_rows done importing aborted"


def test_the_longest_way_to_a_good_end_is_first() -> None:
    spec = workflow(
        Transition(("a",), "start", "failed", "not result"),
        Transition(("a",), "start", "short", "result == 1"),
        Transition(("a",), "start", "long", "result == 2"),
        Transition(("b",), "short", "done"),
        Transition(("c",), "long", "longer"),
        Transition(("d",), "longer", "done"),
    )
    assert order(spec).startswith("start long longer done")


def test_rows_for_the_same_reason_are_one_edge() -> None:
    edges = {edge.key: edge for edge in machine_of(release.spec).edges}
    fails = edges["gathering", "blocked", "error", None]
    assert fails.label == "read_changelog, read_test_report or read_version fails"
    assert len(fails.rows) == 3
    both = edges["gathering", "drafting", "row", "results.read_test_report.failed == 0"]
    assert both.together == ("read_changelog", "read_test_report", "read_version")
    assert edges["publishing", "blocked", "critical", None].label == "publish fails (critical)"


def test_a_row_that_takes_what_guards_left_says_so() -> None:
    labels = [edge.label for edge in machine_of(loan.spec).leaving["checking_credit"]]
    assert "pull_credit_report, otherwise" in labels
    assert "pull_credit_report fails" in labels


_names = st.sampled_from("abcdef")
_specs = st.builds(
    WorkflowSpec,
    st.just("any"),
    tools=st.just((ToolSpec("t", critical=True),)),
    states=st.lists(
        st.builds(
            StateSpec, _names, st.just(("t",)), terminal=st.booleans(), failure=st.booleans()
        ),
        max_size=6,
    ).map(tuple),
    initial=st.none() | _names,
    rows=st.lists(
        st.builds(
            Transition, st.just(("t",)), _names, _names, st.none() | st.just("result.x"),
            error=st.booleans(),
        ),
        max_size=12,
    ).map(tuple),
    critical_to=st.none() | _names,
)  # fmt: skip


@holds(_specs)
def test_any_table_is_taken_whole_however_wrong_it_is(spec: WorkflowSpec) -> None:
    machine = machine_of(spec)
    states = {state.name for state in spec.states}
    assert Counter(state.name for state in machine.states) == Counter(states)
    ways = {
        (row.source, row.target, "error" if row.error else "row", row.when)
        for row in spec.rows
        if {row.source, row.target} <= states
    }
    keys = [edge.key for edge in machine.edges]
    assert len(keys) == len(set(keys))
    assert {key for key in keys if key[2] != "critical"} == ways
    for name in states:
        straight = [machine.goes_on(edge) for edge in machine.leaving[name]]
        assert straight == sorted(straight), "edges to the next state come last"


def test_a_path_counts_its_edges_by_row_by_force_and_by_critical_failure() -> None:
    given = Given(refund.spec).user("x")
    machine = machine_of(refund.spec)
    counted = EdgesTaken(machine)
    path: list[tuple[str, int | None, Literal["live", "forced"]]] = [
        ("fetching_order", 0, "live"),
        ("validating_refund", 1, "live"),
        ("fetching_order", None, "forced"),
        ("validating_refund", 1, "live"),
        ("failed", 4, "live"),
    ]
    for to, row, source in path:
        given.append(Transitioned(to, row, given.tree.last_id), source)
        counted.update(given.tree, given.snapshot.visits)
    taken = counted.update(given.tree, given.snapshot.visits)
    assert taken.edges == {
        ("pending", "fetching_order", "row", None): 1,
        ("fetching_order", "validating_refund", "row", None): 2,
        ("validating_refund", "fetching_order", "forced", None): 1,
        ("validating_refund", "failed", "row", "not result.eligible"): 1,
    }
    assert taken.last == (("validating_refund", "failed", "row", "not result.eligible"), 7)
    assert [edge.kind for edge in taken.added] == ["forced"]
    assert EdgesTaken(machine).update(given.tree, given.snapshot.visits) == taken
    earlier = given.tree.snapshot_at(4).visits
    assert counted.update(given.tree, earlier).edges == {
        ("pending", "fetching_order", "row", None): 1,
        ("fetching_order", "validating_refund", "row", None): 1,
    }
