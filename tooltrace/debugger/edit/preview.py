"""Preview going on: the calls recorded ahead, and for each whether it would run.

A table for a person, made before anything runs. That a model will make these calls again is likely,
never certain; whatever it does instead is asked about when it comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from tooltrace.core.model.events import ToolStarted
from tooltrace.core.model.workflow import ToolSpec, acts_outside
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.debugger.session.repeat_warning import call_name
from tooltrace.debugger.session.session import Session

__all__ = ["CallAhead", "Going", "Plan", "calls_ahead", "named"]

Going = Literal["live", "recorded", "live tools", "live model"]
"""How it would go on: for real, or in a replay and then with what of it for real."""

Plan = Literal["recorded", "runs", "on a copy", "blocked"]


class CallAhead(Struct, frozen=True):
    """One call: ``name`` stands for its tool and arguments, ``ran`` says how often it has run.

    ``blocked`` calls wait for a yes; in a replay they are answered from the recording without one.
    """

    record: int
    tool: str
    arguments: JsonValue
    effect: str
    plan: Plan
    ran: int
    name: str


def calls_ahead(session: Session, going: Going, head: int | None = None) -> list[CallAhead]:
    """The calls recorded after ``head`` (or where one stands) on the current branch, in order."""
    tree = session.tree
    begin = tree.depth(session.head if head is None else head) + 1
    found = []
    for record_id in session.path[begin:]:
        event = tree[record_id].event
        if not isinstance(event, ToolStarted):
            continue
        call = tree.snapshot_at(record_id).call(event.call)
        arguments = call.arguments if call else None
        spec = session.snapshot.workflow.tool(event.tool)
        found.append(
            CallAhead(
                record_id,
                event.tool,
                arguments,
                session.snapshot.workflow.effect(event.tool),
                _plan(spec, going, bool(session.snapshot.workflow.world)),
                session.executions.ran(event.tool, arguments),
                call_name(event.tool, arguments),
            )
        )
    return found


def named(session: Session, names: Sequence[str]) -> list[CallAhead]:
    """The calls on the current branch that have these names, one for each time that it is named."""
    if not names:
        return []
    known = {call.name: call for call in calls_ahead(session, "live", session.path[0])}
    return [known[name] for name in names if name in known]


def _plan(spec: ToolSpec | None, going: Going, world: bool) -> Plan:
    if going in ("recorded", "live model"):
        return "recorded"
    if going == "live":
        return "blocked" if spec is None or spec.effect == "writes" else "runs"
    if spec is None or acts_outside(spec, world):
        return "blocked"
    return "on a copy" if world and not spec.open_world else "runs"
