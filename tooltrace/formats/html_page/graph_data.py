"""The state graph of a branch as plain values, which the page's script draws."""

from __future__ import annotations

from tooltrace.core.graph.machine import machine_of
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.formats.branch_data import BranchData

__all__ = ["graph_data"]


def graph_data(data: BranchData) -> dict[str, JsonValue] | None:
    """States in reading order, and the edges between them; None for a workflow without states.

    A state is its name, how often the branch entered it, and the record that did so last, or null.
    An edge has the places of its states, its kind, when it is taken, and how often it was.
    """
    machine = machine_of(data.workflow)
    if not machine.states:
        return None
    taken = data.edges_taken(machine)
    machine = machine.with_edges(taken.added)
    return {
        "states": [
            [state.name, taken.visits.get(state.name, 0), taken.entered.get(state.name)]
            for state in machine.states
        ],
        "edges": [
            [
                machine.place[edge.source],
                machine.place[edge.target],
                edge.kind,
                edge.label,
                taken.edges.get(edge.key, 0),
            ]
            for edge in machine.edges
        ],
    }
