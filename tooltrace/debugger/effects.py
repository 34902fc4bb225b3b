"""What a fork leaves behind that cannot be taken back.

A world takes back what tools did inside it; without one, and for what they did outside, nothing
does.
"""

from __future__ import annotations

from tooltrace.core.events import ToolStarted
from tooltrace.debugger.session import Session

__all__ = ["writes_left_behind"]


def writes_left_behind(session: Session) -> str:
    """A warning that names the tools that wrote after the head on this branch; empty for none."""
    seen: dict[str, int] = {}
    workflow = session.snapshot.workflow
    for record_id in session.way[session.tree.depth(session.head) + 1 :]:
        record = session.tree[record_id]
        event = record.event
        if isinstance(event, ToolStarted) and record.source == "live":
            spec = workflow.tool(event.tool)
            outside = spec is None or spec.open_world or not workflow.world
            if outside and (spec is None or spec.effect == "writes"):
                seen[event.tool] = seen.get(event.tool, 0) + 1
    if not seen:
        return ""
    named = ", ".join(f"{tool} ({count}×)" for tool, count in seen.items())
    return f"careful: {named} wrote after this point, and nothing takes that back here"
