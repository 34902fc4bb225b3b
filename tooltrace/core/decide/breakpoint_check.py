"""Say why a breakpoint, a logpoint or a watch would never be met, or speaks of what is not known.

So it is refused when it is set, and not met with silence when the run comes by.
"""

from __future__ import annotations

from typing import Literal

from tooltrace.core.decide.breakpoints import KINDS, Breakpoint, Kind, compile_at_point
from tooltrace.core.expressions.condition_check import complaints, names_in
from tooltrace.core.expressions.point_names import NOT_KNOWN, POINT_NAMES, names_known
from tooltrace.core.model.errors import BadExpression
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.core.text.suggest import among, quoted, unknown

__all__ = ["unfit", "unfit_watch"]

_WHEN: dict[Kind, str] = {
    "tool": "before a call",
    "call": "before a call",
    "repeat": "before a call",
    "illegal": "before a call",
    "any": "before a call or a transition",
    "transition": "before a transition",
    "error": "after a call",
    "state": "on entering a state",
    "request": "before a request",
    "reply": "when a reply has come",
    "divergence": "at a divergence",
    "stuck": "before the run ends",
    "limit": "before the run ends",
}
"""Each kind in words."""


def unfit(point: Breakpoint, spec: WorkflowSpec) -> str | None:
    """Why a breakpoint would never be reached in a workflow, or stop wrongly; None when it fits."""
    if point.kind not in KINDS:  # Python may say anything.
        return unknown("kind of breakpoint", str(point.kind), KINDS)
    tools = [tool.name for tool in spec.tools]
    states = [state.name for state in spec.states]
    here, _, there = point.target.partition("->")
    match point.kind:
        case "repeat" if not point.target:
            pass
        case "tool" | "repeat" if point.target not in tools:
            return _none_such(spec, "tool", point.target, tools)
        case "state" if point.target not in states:
            return _none_such(spec, "state", point.target, states)
        case "transition":
            for name in (here, there):
                if name not in (*states, "*"):
                    return _none_such(spec, "state", name, states)
        case _:
            pass
    if point.kind == "any" and not states and "result" in names_in(point.when or ""):
        return f"result is not known before a call, and {spec.name} has no transitions"
    asked = [point.target] if point.kind in ("tool", "repeat") and point.target else tools
    for text in (point.when, point.log):
        if text is not None and (why := _wrong(text, point.kind, spec, asked)):
            return why
    return None


def unfit_watch(text: str, spec: WorkflowSpec) -> str | None:
    """Why an expression cannot be watched in a workflow; None when it can."""
    try:
        compile_at_point(text, "watch")
    except BadExpression as error:
        return str(error)
    return _wrong(text, "watch", spec, [])


def _wrong(
    text: str, where: Kind | Literal["watch"], spec: WorkflowSpec, tools: list[str]
) -> str | None:
    unknown = NOT_KNOWN[where]
    early = sorted(names_in(text) & unknown)
    if early:
        when = "to a watch" if where == "watch" else _WHEN[where]
        return f"{early[0]} is not known {when}; there are: {', '.join(names_known(where))}"
    return next(complaints(text, spec, tools, POINT_NAMES), None)


def _none_such(spec: WorkflowSpec, kind: str, name: str, known: list[str]) -> str:
    return f"{spec.name} has no {kind} {quoted(name)}{among(name, known)}"
