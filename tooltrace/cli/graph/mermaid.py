"""A state graph as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html).

Flowcharts, not state diagrams: only they give each edge a style. Nothing from outside is a part of
the syntax: states have ids of ours, and in the quoted texts every character that could mean
anything is written as an entity code, ``#35;`` for ``#``.
"""

from __future__ import annotations

from collections.abc import Iterator

from tooltrace.core.graph.machine import Edge, EdgeKind, Machine
from tooltrace.core.model.workflow import StateSpec
from tooltrace.core.text.sanitize import clip, one_line
from tooltrace.tui.rows.workflow.state_labels import (
    JUST_NOW,
    NOT_TAKEN,
    StateMarks,
    level_of,
)

__all__ = ["in_mermaid"]

_PLAIN = " _.,=+-/"
_LONGEST = 300
_ARROWS: dict[EdgeKind, str] = {"row": "-->", "error": "-->", "critical": "-->", "forced": "-.->"}
_CLASSES = (
    "classDef plain fill:#ffffff,stroke:#8a94a3,color:#14181f",
    "classDef entered fill:#e3f3e4,stroke:#124f1c,color:#14181f",
    "classDef now fill:#ffe08a,stroke:#5b4000,color:#14181f,stroke-width:3px",
    "classDef failure stroke:#8c0f1c,stroke-dasharray:4 2",
)
_TAKEN, _JUST = "stroke:#124f1c,stroke-width:2px", "stroke:#b07d00,stroke-width:4px"


def in_mermaid(machine: Machine, marks: StateMarks) -> Iterator[str]:
    """The lines of the flowchart. States ``s0``, ``s1`` and so on are in reading order."""
    yield "flowchart TD"
    for index, state in enumerate(machine.states):
        yield f"    {_state(index, state, marks)}"
    styles: dict[str, list[int]] = {}
    for number, edge in enumerate(machine.edges):
        source, target = machine.place[edge.source], machine.place[edge.target]
        arrow = _ARROWS[edge.kind]
        yield f'    s{source} {arrow}|"{_label(edge, marks)}"| s{target}'
        level = level_of(edge, marks)
        if level != NOT_TAKEN:
            styles.setdefault(_JUST if level == JUST_NOW else _TAKEN, []).append(number)
    yield from (f"    {line}" for line in _CLASSES)
    for index, state in enumerate(machine.states):
        kinds = [_kind(state, marks), *(["failure"] if state.failure else [])]
        yield from (f"    class s{index} {kind}" for kind in kinds)
    for style, numbers in styles.items():
        yield f"    linkStyle {','.join(map(str, numbers))} {style}"


def _kind(state: StateSpec, marks: StateMarks) -> str:
    if state.name == marks.now:
        return "now"
    return "entered" if marks.visits.get(state.name) else "plain"


def _state(index: int, state: StateSpec, marks: StateMarks) -> str:
    text = _quoted(state.name) + _times(marks.visits.get(state.name, 0), marks)
    if state.failure:
        return f's{index}{{{{"{text}"}}}}'
    return f's{index}(["{text}"])' if state.terminal else f's{index}["{text}"]'


def _label(edge: Edge, marks: StateMarks) -> str:
    return _quoted(edge.label) + _times(marks.edges.get(edge.key, 0), marks)


def _times(times: int, marks: StateMarks) -> str:
    if times:
        return f" ×{times}"
    return " · never" if marks.never else ""


def _quoted(text: str) -> str:
    shown = clip(one_line(text), _LONGEST)
    return "".join(c if c.isalnum() or c in _PLAIN else f"#{ord(c)};" for c in shown) or " "
