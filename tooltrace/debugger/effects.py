"""What a fork leaves behind that cannot be taken back.

A world takes back what tools did inside it; without one, and for what they did outside, nothing
does.
"""

from __future__ import annotations

from bisect import bisect_right

from tooltrace.debugger.session import Session

__all__ = ["writes_left_behind"]


def writes_left_behind(session: Session) -> str:
    """A warning that names the tools that wrote after the head on this branch; empty for none."""
    tree, way, head = session.tree, session.way, session.head
    workflow = session.snapshot.workflow
    inside = {
        tool.name
        for tool in workflow.tools
        if tool.effect != "writes" or (workflow.world and not tool.open_world)
    }
    seen: dict[str, int] = {}
    for tool, starts in session.executions.starts().items():
        if tool in inside:
            continue
        depths = ((one, tree.depth(one)) for one in starts[bisect_right(starts, head) :])
        count = sum(depth < len(way) and way[depth] == one for one, depth in depths)
        if count:
            seen[tool] = count
    if not seen:
        return ""
    named = ", ".join(f"{tool} ({count}×)" for tool, count in seen.items())
    return f"careful: {named} wrote after this point, and nothing takes that back here"
