"""The graph's edges: each below its own state, or listed by name; the one taken, and no other."""

from __future__ import annotations

from hypothesis import given as holds
from hypothesis import strategies as st

from tests.core.given import Given
from tests.tui.view.build import REFUND, flat, see, to_credit
from tooltrace.core.model.events import Transitioned
from tooltrace.core.model.workflow import StateSpec, Transition, WorkflowSpec
from tooltrace.tui.rows.lines import plain
from tooltrace.tui.rows.workflow.state_graph import lay_out
from tooltrace.tui.rows.workflow.state_graph_shape import graph_of
from tooltrace.tui.rows.workflow.state_labels import StateMarks
from tooltrace.tui.rows.workflow.workflow import WorkflowRows

NOWHERE = StateMarks(None, {}, frozenset(), frozenset(), frozenset())
NAMES = [
    f"{letter * length}"
    for letter, length in zip("abcdefgh", (3, 9, 17, 4, 24, 6, 2, 12), strict=True)
]


def graph(given: Given, width: int = 100) -> list[str]:
    return flat(WorkflowRows().update(see(given))[:1], width)


_rows = st.lists(
    st.builds(
        Transition,
        st.just(("t",)),
        st.sampled_from(NAMES),
        st.sampled_from(NAMES),
        st.none() | st.sampled_from(["result.x", "result.a_long_name > 10 and not result.other"]),
    ),
    max_size=14,
).map(tuple)


@holds(_rows, st.integers(20, 120))
def test_an_edge_hangs_under_the_state_that_it_leaves(
    rows: tuple[Transition, ...], width: int
) -> None:
    spec = WorkflowSpec("any", states=tuple(map(StateSpec, NAMES)), initial="aaa", rows=rows)
    lines = [plain(line) for line in lay_out(graph_of(spec), NOWHERE, width)]
    for number, line in enumerate(lines):
        column = next((at for at, char in enumerate(line) if char in "└├"), None)
        if column is None:
            continue
        above = number - 1
        while lines[above][column : column + 1] in ("│", "├"):
            above -= 1
        assert lines[above][column] == "○", "\n".join(lines)
        # Names may be cut, but each begins with a letter of its own.
        edge = (lines[above][column + 2], line.split("○ ")[1][0])
        assert edge in {(r.source[0], r.target[0]) for r in rows}, "\n".join(lines)


def test_what_has_no_room_below_its_state_is_listed_with_its_name() -> None:
    rows = (
        Transition(("t",), "a_first_state", "another_state"),
        Transition(("t",), "another_state", "the_last_state"),
        Transition(("t",), "the_last_state", "a_first_state", "context.email_failures < 1"),
    )
    names = ("a_first_state", "another_state", "the_last_state")
    spec = WorkflowSpec("any", states=tuple(map(StateSpec, names)), initial=names[0], rows=rows)
    assert [plain(line).rstrip() for line in lay_out(graph_of(spec), NOWHERE, 56)] == [
        "○ a_first_state → ○ another_state → ○ the_last_state",
        "  · the_last_state: context.email_f… → ↺ ○ a_first_state",
    ]


def test_a_forced_transition_is_on_no_edge_of_the_table() -> None:
    shown = graph(to_credit().forces("failed"))
    assert "│           │              └ forced → ⇒✗ failed" in shown
    narrow = graph(to_credit().forces("failed"), 46)
    assert "  · crediting: forced → ⇒✗ failed" in narrow
    assert sum("✗ failed" in line for line in shown) == 1
    assert sum("○ failed" in line for line in shown) == 3


def test_what_was_forced_and_left_is_on_no_edge_of_the_table_either() -> None:
    given = to_credit().forces("validating")  # A row leads there too, from elsewhere.
    given.append(Transitioned("crediting", 0, given.tree.last_id))
    assert "⇒✓ validating ×2" in graph(given)[0]
    for line in graph(given)[1:]:
        assert "⇒" not in line, graph(given)
    given = to_credit().forces("failed")
    given.append(Transitioned("emailing", 0, given.tree.last_id))
    marked = [line for line in graph(given) if "⇒" in line]
    assert marked == ["  · forced → ⇒✓ failed"], graph(given)


def test_a_loop_that_was_forced_is_not_the_guards() -> None:
    loop = (
        Transition(("t",), "counting", "importing", "result.left > 0"),
        Transition(("t",), "counting", "done", "result.left == 0"),
        Transition(("import_batch",), "importing", "counting"),
    )
    states = (StateSpec("counting"), StateSpec("importing"), StateSpec("done", terminal=True))
    spec = WorkflowSpec("loop", states=states, initial="counting", rows=loop)
    forced = StateMarks(
        "importing", {"counting": 2, "importing": 2}, frozenset({"counting"}), frozenset(),
        frozenset(), "counting",
    )  # fmt: skip
    lines = [plain(line) for line in lay_out(graph_of(spec), forced, 90)]
    assert "⇒✓ counting ×2" in lines[0]
    assert sum("import_batch →" in line for line in lines) == 1
    assert not any("⇒" in line for line in lines[1:]), lines


def test_a_state_entered_legally_after_a_force_is_not_shown_as_forced() -> None:
    given = to_credit().forces("pending")
    assert "⇒● pending" in graph(given)[0]
    given.replies("x")
    given.append(Transitioned("validating", 0, given.tree.last_id))
    assert "⇒✓ pending ×2" in graph(given)[0]
    builder = WorkflowRows()
    builder.update(see(given))
    given.append(Transitioned("pending", 0, given.tree.last_id))
    for rows in (WorkflowRows(), builder):
        assert "⇒" not in flat(rows.update(see(given))[:1], 100)[0]


def test_the_shipped_refund_is_right_in_the_width_of_a_pane() -> None:
    for width in range(40, 120):
        lines = [plain(line) for line in lay_out(graph_of(REFUND), NOWHERE, width)]
        for line in lines:
            if "└ not eligible" in line:
                at = line.index("└")
                assert any(row[at : at + 12] == "○ validating" for row in lines), "\n".join(lines)
