"""Order the calls of one turn: which may be made, and which of them side by side.

A tool that declares ``after=("x",)`` waits for the calls to ``x`` in the same turn. Calls without a
declared order are independent. graphlib sorts them into levels; a circle, which a definition check
refuses, falls back to call order.
"""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Protocol, TypeVar

from tooltrace.core.model.snapshot import Call, Snapshot
from tooltrace.core.model.workflow import WorkflowSpec

__all__ = ["in_order", "levels", "refusal"]


class CallOfTool(Protocol):
    """A call, as far as its order goes."""

    @property
    def tool(self) -> str:
        """The tool it is of."""
        ...


Ordered = TypeVar("Ordered", bound=CallOfTool)


def levels(workflow: WorkflowSpec, calls: Sequence[Ordered]) -> tuple[tuple[Ordered, ...], ...]:
    """The calls grouped so that a level runs concurrently and levels run in order."""
    waits: dict[int, set[int]] = {}
    for index, call in enumerate(calls):
        spec = workflow.tool(call.tool)
        if spec is not None and spec.after:
            others = enumerate(calls)
            waits[index] = {i for i, c in others if i != index and c.tool in spec.after}
    if not any(waits.values()):
        return (tuple(calls),) if calls else ()
    sorter = TopologicalSorter({index: waits.get(index, ()) for index in range(len(calls))})
    try:
        sorter.prepare()
    except CycleError:
        return tuple((call,) for call in calls)
    found = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        sorter.done(*ready)
        found.append(tuple(calls[index] for index in ready))
    return tuple(found)


def in_order(workflow: WorkflowSpec, calls: Sequence[Call]) -> list[Call]:
    """The calls in the order in which they would be made one by one."""
    return [call for level in levels(workflow, calls) for call in level]


def refusal(s: Snapshot, call: Call) -> str | None:
    """Why a call must not reach its tool in this state; None when it may."""
    if s.workflow.tool(call.tool) is None:
        known = ", ".join(tool.name for tool in s.workflow.tools) or "none"
        return f"there is no tool {call.tool!r}; there are: {known}"
    if s.state is None:
        return None
    state = s.workflow.state(s.state)
    if state is None or call.tool not in state.tools:
        allowed = ", ".join(state.tools if state else ()) or "none"
        return f"{call.tool} is not allowed in state {s.state}; allowed: {allowed}"
    return None
