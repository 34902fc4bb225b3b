"""Reading a drawn state graph back: which edges do the cells say that there are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from hypothesis import strategies as st

from tooltrace.core.graph.machine import Machine, added_edge, machine_of
from tooltrace.core.model.workflow import StateSpec, ToolSpec, Transition, WorkflowSpec
from tooltrace.tui.rows.workflow.state_labels import StateMarks

__all__ = ["SIGNS", "ReadEdge", "arms", "machines", "marked", "read_edges", "specs", "wanted"]

ReadEdge = tuple[str, str, int, str]
"""From, to, how often, kind."""

SIGNS = "○✓●□■◇◆"
_NAMES = [f"s{index}" for index in range(14)]
_GUARDS = ["result.ok", "not result.ok", "context.n > 3", "results.t.left == 0 and context.n < 9"]


@cache
def arms(char: str) -> frozenset[str]:
    """To which sides a glyph has a line."""
    words = set(unicodedata.name(char, "").split())
    if not {"BOX", "DRAWINGS"} <= words:
        return frozenset()
    found = words & {"UP", "DOWN", "LEFT", "RIGHT"}
    if "VERTICAL" in words:
        found |= {"UP", "DOWN"}
    if "HORIZONTAL" in words:
        found |= {"LEFT", "RIGHT"}
    return frozenset(found)


def read_edges(lines: Sequence[str]) -> list[ReadEdge]:
    """Every edge that is drawn, where labels are short enough for one row."""
    wide = max(map(len, lines), default=0)
    grid = [line.ljust(wide) for line in lines]
    found = []
    source = ""
    for row, line in enumerate(grid):
        if line[0] in SIGNS:
            source = line[2:].split()[0]
        elif "RIGHT" in arms(line[0]):
            found.append(_off_the_line(grid, row, source))
        elif line[0] != "…":
            assert "DOWN" in arms(line[0]), line
            below = next(each for each in grid[row:] if each[0] in SIGNS)
            label = re.split(r"\s*[│┃╽╿]|$", line[3:])[0].rstrip()
            found.append(_edge(source, below[2:].split()[0], label, line))
    return found


def _off_the_line(grid: list[str], row: int, source: str) -> ReadEdge:
    line = grid[row]
    text = re.split(r" [─━╌╍]|\s{2,}", line[3:])[0].rstrip(" │┃╽╿")
    named = re.search(r" → (s\d+)", text)
    if named:
        return _edge(source, named[1], text, line)
    at = 3 + len(text)
    while not ("LEFT" in arms(line[at]) and "RIGHT" not in arms(line[at])):
        assert line[at] == " " or arms(line[at]) in ({"LEFT", "RIGHT"}, {"UP", "DOWN"}), line
        at += 1
    targets = [name for step in (-1, 1) if (name := _along(grid, row, at, step))]
    assert len(targets) == 1, "\n".join(grid)
    return _edge(source, targets[0], text, line)


def _along(grid: list[str], row: int, at: int, step: int) -> str | None:
    """The state that a rail leads to in one direction, if it does."""
    ahead, behind = ("DOWN", "UP") if step > 0 else ("UP", "DOWN")
    while ahead in arms(grid[row][at]):
        row += step
        here = grid[row]
        assert behind in arms(here[at]), "\n".join(grid)
        if here[0] in SIGNS and "LEFT" in arms(here[at]):
            assert "←" in here
            return here[2:].split()[0]
    return None


def _edge(source: str, target: str, text: str, line: str) -> ReadEdge:
    count = re.search(r" ×(\d+)$", text)
    if "╌" in line[:3] or "╍" in line[:3] or text.startswith("by force"):
        kind = "forced"
    elif "(critical)" in text or text.startswith("a critical tool"):
        kind = "critical"
    else:
        kind = "error" if " fails" in text else "row"
    return source, target, int(count[1]) if count else 0, kind


def _state(name: str) -> st.SearchStrategy[StateSpec]:
    tools = st.sampled_from([(), ("t",), ("t", "u")])
    return st.builds(StateSpec, st.just(name), tools, terminal=st.booleans(), failure=st.booleans())


@st.composite
def specs(draw: st.DrawFn, most: int = 14) -> WorkflowSpec:
    """Any workflow: loops, several edges between two states, states that nothing leads to."""
    names = _NAMES[: draw(st.integers(1, most))]
    states = tuple(draw(_state(name)) for name in names)
    rows = st.builds(
        Transition,
        st.sampled_from([("t",), ("u",), ()]),
        st.sampled_from(names),
        st.sampled_from(names),
        st.none() | st.sampled_from(_GUARDS),
        error=st.booleans(),
    )
    return WorkflowSpec(
        "any",
        tools=(ToolSpec("t", critical=draw(st.booleans())), ToolSpec("u")),
        states=states,
        initial=draw(st.none() | st.sampled_from(names)),
        rows=tuple(draw(st.lists(rows, max_size=3 * len(names)))),
        critical_to=draw(st.none() | st.sampled_from(names)),
    )


@st.composite
def machines(draw: st.DrawFn, most: int = 14) -> Machine:
    """The machine of any workflow, with some edges that somebody forced."""
    spec = draw(specs(most))
    names = st.sampled_from([state.name for state in spec.states])
    forced = draw(st.lists(st.tuples(names, names), max_size=3))
    machine = machine_of(spec)
    return machine.with_edges(added_edge((a, b, "forced", None)) for a, b in forced)


@st.composite
def marked(draw: st.DrawFn, machine: Machine) -> StateMarks:
    """Any place and any counts in a machine."""
    edges = machine.edges
    counts = {edge.key: draw(st.integers(0, 12)) for edge in edges}
    just = draw(st.none() | st.sampled_from(edges)) if edges else None
    return StateMarks(
        now=draw(st.none() | st.sampled_from([state.name for state in machine.states])),
        before=draw(st.none() | st.sampled_from([state.name for state in machine.states])),
        visits={state.name: draw(st.integers(0, 3)) for state in machine.states},
        edges={key: times for key, times in counts.items() if times},
        just=None if just is None else just.key,
        never=False,
    )


def wanted(machine: Machine, marks: StateMarks) -> list[ReadEdge]:
    """What should be read of a machine."""
    return [
        (edge.source, edge.target, marks.edges.get(edge.key, 0), edge.kind)
        for edge in machine.edges
    ]
