"""Coverage for people, as a graph and tables, and for programs, as one object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tooltrace.cli.graph.text import say_graph
from tooltrace.cli.output import paint_word, say, table
from tooltrace.core.compare.coverage import Coverage, RowKey
from tooltrace.core.graph.machine import EdgeKey, Machine, added_edge, machine_of
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.tui.rows.workflow.state_labels import StateMarks

__all__ = ["as_json", "say_coverage"]

_NEVER = "○ never"


def as_json(found: Coverage) -> JsonValue:
    """Everything that was counted; ``in_table`` is false for what the definition no longer has."""
    return {
        "type": "coverage",
        "workflow": found.spec.name,
        "sessions": found.sessions,
        "branches": found.branches,
        "outcomes": dict(found.outcomes),
        "states": [
            {
                "state": name,
                "visits": found.visits[name],
                "sessions": found.seen_in[name],
                "in_table": found.spec.state(name) is not None,
            }
            for name in _states(found)
        ],
        "transitions": [
            {
                "from": key[1],
                "to": key[2],
                "on": [on for on in key[0] if on],
                "error": key[4],
                "when": key[3],
                "taken": found.taken[key],
                "tried": found.tried[key],
                "undecided": found.undecided[key],
                "why_undecided": found.reasons_undecided.get(key),
                "in_table": there,
            }
            for key, there in found.rows()
        ],
        "critical": [
            {"from": source, "to": to, "times": times}
            for (source, to), times in found.critical.items()
        ],
        "forced": [
            {"from": source, "to": to, "times": times, "reasons": found.reasons[source, to]}
            for (source, to), times in found.forced.items()
        ],
        "tools": [
            {
                "state": state or None,
                "tool": tool,
                "called": found.called[state, tool],
                "failed": found.failed[state, tool],
            }
            for state, tool in _tools(found)
        ],
    }


def say_coverage(found: Coverage) -> None:
    """The graph and the tables."""
    spec = found.spec
    ends = ", ".join(f"{times} {outcome}" for outcome, times in found.outcomes.most_common())
    sessions = f"{found.sessions} session{'' if found.sessions == 1 else 's'}"
    branches = f"{found.branches} branch{'' if found.branches == 1 else 'es'}"
    table([[f"{spec.name} · {sessions} · {branches} · {ends}"]], _with_ends)
    if spec.states:
        say("")
        say_graph(*_graph(found), indent="  ")
        _section("states", _state_rows(found))
        _section("transitions", _transition_rows(found))
        _section("forced", _forced_rows(found))
    _section("tools", _tool_rows(found))


def _with_ends(line: str) -> str:
    """Each way in which branches ended in the colour of its outcome."""
    *before, ends = line.rpartition(" · ")
    told = (each.partition(" ") for each in ends.split(", "))
    return "".join(before) + ", ".join(f"{n}{space}{paint_word(what)}" for n, space, what in told)


def _graph(found: Coverage) -> tuple[Machine, StateMarks]:
    """The workflow's graph, where each state and each edge says how often, or never."""
    machine = machine_of(found.spec)
    edges: Counter[EdgeKey] = Counter()
    for (_, source, target, when, error), times in found.taken.items():
        edges[source, target, "error" if error else "row", when] += times
    for (source, target), times in found.critical.items():
        edges[source, target, "critical", None] += times
    for (source, target), times in found.forced.items():
        edges[source, target, "forced", None] += times
    marks = StateMarks(visits=found.visits, edges=edges, never=True)
    return machine.with_edges(map(added_edge, edges)), marks


def _section(name: str, rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        return
    say("")
    if name:
        say(name)
    table([["", *row] for row in rows])


def _states(found: Coverage) -> list[str]:
    return list(dict.fromkeys([*(state.name for state in found.spec.states), *found.visits]))


def _state_rows(found: Coverage) -> list[list[str]]:
    rows = []
    for name in _states(found):
        sessions = f"in {found.seen_in[name]} of {found.sessions} sessions"
        gone = "" if found.spec.state(name) else "not in the definition"
        times = found.visits[name]
        if times:
            rows.append([f"✓ {times}×", name, sessions, gone])
        else:
            rows.append([_NEVER, name])
    return rows


def _transition_rows(found: Coverage) -> list[list[str]]:
    rows = []
    for key, there in found.rows():
        taken = found.taken[key]
        sign = f"✓ {taken}×" if taken else _NEVER
        rows.append([sign, f"{key[1]} → {key[2]}", _on(key), _guard(found, key, there)])
    for (source, to), times in found.critical.items():
        rows.append([f"✓ {times}×", f"{source} → {to}", "a critical tool failed", ""])
    return rows


def _on(key: RowKey) -> str:
    on = ", ".join(name for name in key[0] if name)
    if not on:
        return "at once"
    return f"{on} fails" if key[4] else on


def _guard(found: Coverage, key: RowKey, there: bool) -> str:
    parts = []
    tried, taken, undecided = found.tried[key], found.taken[key], found.undecided[key]
    if key[3] is not None:
        parts.append(f"when {key[3]}")
        if not tried:
            parts.append("guard never looked at")
        elif not taken and undecided < tried:
            parts.append(f"guard never true in {tried}")
        elif taken:
            parts.append(f"guard true in {taken} of {tried}")
        if undecided:
            why = found.reasons_undecided[key]
            parts.append(f"guard cannot be decided in {undecided} of {tried}: {why}")
    if not there:
        parts.append("not in the definition")
    return " · ".join(parts)


def _forced_rows(found: Coverage) -> list[list[str]]:
    return [
        [f"⇨ {times}×", f"{source} → {to}", "; ".join(found.reasons[source, to])]
        for (source, to), times in found.forced.items()
    ]


def _tools(found: Coverage) -> list[tuple[str, str]]:
    """By state and tool: those that may be called there, and those that were."""
    known = [tool.name for tool in found.spec.tools]
    allowed = [
        (state.name, tool) for state in found.spec.states for tool in state.tools if tool in known
    ]
    if not found.spec.states:
        allowed = [("", tool) for tool in known]
    return list(dict.fromkeys([*allowed, *found.called]))


def _tool_rows(found: Coverage) -> list[list[str]]:
    rows = []
    for key in _tools(found):
        called, failed = found.called[key], found.failed[key]
        sign = f"✓ {called}×" if called else _NEVER
        where = f"in {key[0]}" if key[0] else ""
        rows.append([sign, key[1], where, f"× {failed} failed" if failed else ""])
    return rows
