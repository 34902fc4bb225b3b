"""Find what a fork leaves behind that cannot be taken back.

A world takes back what tools did inside it; without one, and for what they did outside, nothing
does.
"""

from __future__ import annotations

from tooltrace.debugger.session.session import Session

__all__ = ["writes_left_behind"]


def writes_left_behind(session: Session) -> str:
    """A warning that names the tools that wrote after the head on this branch; empty for none."""
    workflow = session.snapshot.workflow
    inside = {
        tool.name
        for tool in workflow.tools
        if tool.effect != "writes" or (workflow.world and not tool.open_world)
    }
    ran = session.executions.after(session.path, session.head)
    seen = {tool: times for tool, times in ran.items() if tool not in inside}
    if not seen:
        return ""
    named = ", ".join(f"{tool} ({count}×)" for tool, count in seen.items())
    return f"careful: {named} wrote after this point, and nothing takes that back here"
