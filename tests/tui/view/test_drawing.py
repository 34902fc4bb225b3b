"""The state graph as it is drawn: what the cells say is what the machine has, and nothing else."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from time import process_time

from hypothesis import given as holds
from hypothesis import settings
from hypothesis import strategies as st

from tests.core.given import Given
from tests.tui.view.build import HOSTILE, REFUND, flat, see, to_credit
from tests.tui.view.graph_reading import (
    SIGNS,
    arms,
    machines,
    marked,
    read_edges,
    specs,
    wanted,
)
from tooltrace.core.graph.machine import Machine, machine_of
from tooltrace.core.model.events import Transitioned
from tooltrace.core.model.workflow import StateSpec, ToolSpec, Transition, WorkflowSpec
from tooltrace.tui.cells import cell_len
from tooltrace.tui.rows.lines import plain
from tooltrace.tui.rows.workflow.state_graph import lay_out
from tooltrace.tui.rows.workflow.state_labels import StateMarks
from tooltrace.tui.rows.workflow.workflow import WorkflowRows


def drawn(machine: Machine, marks: StateMarks, width: int, rows: int | None = None) -> list[str]:
    return [plain(line) for line in lay_out(machine, marks, width, rows)]


@settings(max_examples=200)
@holds(st.data(), machines(), st.integers(90, 140))
def test_the_cells_say_exactly_the_edges_of_the_machine(
    data: st.DataObject, machine: Machine, width: int
) -> None:
    marks = data.draw(marked(machine))
    lines = drawn(machine, marks, width)
    assert Counter(read_edges(lines)) == Counter(wanted(machine, marks)), "\n".join(lines)
    states = [line[2:].split()[0] for line in lines if line[0] in SIGNS]
    assert states == [state.name for state in machine.states]


@settings(max_examples=100)
@holds(st.data(), machines(), st.integers(3, 40))
def test_a_folded_graph_says_no_edge_that_is_not_and_keeps_those_of_the_current_state(
    data: st.DataObject, machine: Machine, rows: int
) -> None:
    marks = data.draw(marked(machine))
    lines = drawn(machine, marks, 120, rows)
    found, all_edges = Counter(read_edges(lines)), Counter(wanted(machine, marks))
    assert found <= all_edges, "\n".join(lines)
    for line in lines:
        if line[0] not in SIGNS:
            continue
        name = line[2:].split()[0]
        leaving = sum(times for edge, times in all_edges.items() if edge[0] == name)
        shown = sum(times for edge, times in found.items() if edge[0] == name)
        folded = re.search(r" · (\d+) edges?", line)
        assert shown + (int(folded[1]) if folded else 0) == leaving, "\n".join(lines)
        assert not (folded and name == marks.now)
    if marks.now is not None:
        assert any(line[2:].split()[0] == marks.now for line in lines if line[0] in SIGNS)
        own = len(machine.leaving[marks.now])
        assert len(lines) <= max(rows, own + 3), "\n".join(lines)


@settings(max_examples=100)
@holds(st.data(), machines(), st.integers(1, 140))
def test_no_line_is_too_wide_and_no_glyph_stands_on_a_rail(
    data: st.DataObject, machine: Machine, width: int
) -> None:
    names = {state.name: data.draw(st.sampled_from([state.name, "漢字" * 9, HOSTILE]))
             + str(place) for place, state in enumerate(machine.states)}  # fmt: skip
    spec = _renamed(machine, names)
    machine = machine_of(spec)
    lines = lay_out(machine, data.draw(marked(machine)), width)
    drawing = lines.drawing
    shown = [plain(line) for line in lines]
    assert all(cell_len(line) <= width for line in shown)
    if drawing.width > width:
        return
    for rail in drawing.rails.rails:
        for row in range(rail.top, rail.bottom + 1):
            glyph = _at(shown[row], drawing.column(rail.column))
            assert arms(glyph) & {"UP", "DOWN"}, "\n".join(shown)


def _renamed(machine: Machine, names: dict[str, str]) -> WorkflowSpec:
    rows = [
        Transition(("t",), names[edge.source], names[edge.target], edge.when)
        for edge in machine.edges
    ]
    states = tuple(StateSpec(names[state.name]) for state in machine.states)
    return WorkflowSpec("any", states=states, rows=tuple(rows))


def _at(line: str, column: int) -> str:
    """The character at a cell."""
    cells = 0
    for char in line:
        if cells == column:
            return char
        cells += cell_len(char)
    return ""


@holds(specs(), st.integers(60, 90))
def test_a_label_that_is_too_long_takes_a_second_row(spec: WorkflowSpec, width: int) -> None:
    machine = machine_of(spec)
    text = " ".join(plain(line) for line in lay_out(machine, StateMarks(), width))
    for edge in machine.edges:
        for word in edge.label.split():
            assert word in text, (word, text)


def test_the_edge_that_was_just_taken_is_heavy_and_no_other() -> None:
    machine = machine_of(REFUND)
    edge = next(e for e in machine.edges if e.when == "not result.eligible")
    marks = StateMarks("failed", "validating", {"failed": 1}, {edge.key: 1}, edge.key)
    assert drawn(machine, marks, 60) == [
        "○ pending",
        "├─ fetch_order fails ───────────────────╮",
        "│  fetch_order                          │",
        "○ validating                            │",
        "┡━ not eligible ×1 ━━━━━━━━━━━━━━━━━━━━━┪",
        "│  eligible                             ┃",
        "○ crediting                             ┃",
        "├─ process_credit fails (critical) ─────┨",
        "│  process_credit                       ┃",
        "○ emailing                              ┃",
        "│  send_email                           ┃",
        "□ complete (end)                        ┃",
        "◆ failed (failure) ←━━━━━━━━━━━━━━━━━━━━┛",
    ]


def test_an_edge_is_bright_until_the_next_step() -> None:
    given = to_credit()
    moved = given.tree.last_id - 2
    assert isinstance(given.tree[moved].event, Transitioned)
    assert "┃  eligible ×1" in _graph(given, moved)[5]
    assert _graph(given)[5].startswith("│  eligible ×1")


def test_the_edge_just_taken_is_there_where_the_state_it_left_is_folded() -> None:
    machine = machine_of(REFUND)
    edge = next(e for e in machine.edges if e.when == "result.eligible")
    marks = StateMarks("crediting", "validating", {}, {edge.key: 1}, edge.key)
    shown = drawn(machine, marks, 60, 9)
    assert [line.split("  ")[0].rstrip("│ ") for line in shown[1:4]] == [
        "○ validating · 1 edge",
        "┃",
        "● crediting",
    ]
    assert len(shown) == 9 and shown[2].startswith("┃  eligible ×1")


def _graph(given: Given, head: int | None = None) -> list[str]:
    return flat(WorkflowRows().update(see(given, head=head))[:1], 80)


def test_a_forced_transition_has_a_stroke_of_its_own() -> None:
    shown = _graph(to_credit().forces("failed"))
    (line,) = [line for line in shown if "by force" in line]
    assert line.startswith("┡╍ by force ×1 ╍╍╍")
    given = to_credit().forces("failed").forces("emailing")
    assert any(line.startswith("╰╌ by force") or "╌ by force" in line for line in _graph(given))


def test_what_was_forced_is_not_counted_for_a_row_of_the_table() -> None:
    given = to_credit().forces("validating")
    (eligible,) = [line for line in _graph(given) if line[3:].startswith("eligible")]
    assert "×1" in eligible
    (forced,) = [line for line in _graph(given) if "by force" in line]
    assert "×1" in forced


def test_guards_of_the_current_state_say_what_they_say_now() -> None:
    given = to_credit()
    returned = given.tree.last_id - 3
    shown = _graph(given, returned)
    assert "│  eligible = true ✓" in shown[5]
    assert "├─ not eligible: no, eligible = true ──" in shown[4]
    assert not any("= true" in line for line in _graph(given)), "they are no guards of this state"


def test_tools_side_by_side_are_a_fork_and_a_join() -> None:
    both = ("read_a", "read_the_other")
    spec = WorkflowSpec(
        "fan",
        tools=tuple(map(ToolSpec, both)),
        states=(StateSpec("reading", both), StateSpec("done", terminal=True)),
        initial="reading",
        rows=(Transition(both, "reading", "done"),),
    )
    assert drawn(machine_of(spec), StateMarks(), 60) == [
        "○ reading",
        "│  ╭ read_a           ╮",
        "│  ╰ read_the_other   ╯ all",
        "│  all returned",
        "□ done (end)",
    ]
    given = Given(spec).user("x").step("read_a", {})
    assert "╭ read_a ✓" in _graph(given)[1]
    assert "✓" not in _graph(given)[2]


def big(count: int) -> WorkflowSpec:
    """A long machine with loops and one failure that everything leads to."""
    many = [f"state_{index}" for index in range(count)]
    rows = [Transition(("t",), a, b) for a, b in pairwise(many)]
    rows += [Transition(("t",), a, many[-1], error=True) for a in many[:-2]]
    rows += [Transition(("t",), many[i], many[i - 5], "result.again") for i in range(5, count, 3)]
    states = tuple(StateSpec(name, failure=name == many[-1]) for name in many)
    return WorkflowSpec("big", states=states, initial=many[0], rows=tuple(rows))


def test_very_many_states_get_a_window_around_the_current_one() -> None:
    machine = machine_of(big(400))
    shown = drawn(machine, StateMarks(now="state_200"), 70, 24)
    assert len(shown) <= 24
    assert shown[0].endswith("more states above") and shown[-1].endswith("more states below")
    names = [line.split()[1] for line in shown if line[0] in SIGNS]
    left_out = sum(int(shown[end].split()[1]) for end in (0, -1))
    assert "state_200" in names and left_out + len(names) == 400
    assert any("t fails → state_399" in line for line in shown), "a target out of sight is named"
    whole = drawn(machine, StateMarks(now="state_200"), 70)
    assert len(whole) == 400 + len(machine.edges)


def test_a_step_in_a_large_machine_costs_what_is_seen_of_it() -> None:
    def cost(count: int) -> float:
        machine = machine_of(big(count))
        marks = [StateMarks(now=f"state_{index}") for index in range(10, 30)]
        begin = process_time()
        for each in marks * 5:
            assert len(drawn(machine, each, 70, 24)) <= 24
        return process_time() - begin

    assert cost(4000) < 4 * cost(40)
