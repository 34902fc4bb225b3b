"""Say why a breakpoint, a logpoint or a watch would never be met, or speaks of what is not known.

So it is refused when it is set, and not met with silence when the run comes by.
"""

from __future__ import annotations

from tooltrace.core.decide.breakpoints import KINDS, Breakpoint, Kind, compile_at_point
from tooltrace.core.expressions.condition_check import complaints, names_in
from tooltrace.core.expressions.point_names import POINT_NAMES
from tooltrace.core.model.errors import BadExpression
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.core.text.suggest import among, quoted, unknown

__all__ = ["known_names", "unfit", "unfit_watch"]

_CALL = frozenset({"args", "tool", "call"})
_BEFORE_CALL, _NO_CALL = frozenset({"result", "request"}), _CALL | {"result"}
_MOMENTS: dict[Kind, tuple[str, frozenset[str]]] = {
    "tool": ("before a call", _BEFORE_CALL),
    "call": ("before a call", _BEFORE_CALL),
    "repeat": ("before a call", _BEFORE_CALL),
    "illegal": ("before a call", _BEFORE_CALL),
    "any": ("before a call or a transition", frozenset({"request"})),
    "transition": ("before a transition", frozenset({"request"})),
    "error": ("after a call", frozenset({"request"})),
    "state": ("on entering a state", _NO_CALL | {"request"}),
    "request": ("before a request", _NO_CALL),
    "reply": ("when a reply has come", _NO_CALL | {"request"}),
    "divergence": ("at a divergence", _NO_CALL | {"request"}),
    "stuck": ("before the run ends", _NO_CALL | {"request"}),
    "limit": ("before the run ends", _NO_CALL | {"request"}),
}
"""Each kind in words, and what is not known there."""

_WATCH = ("to a watch", _NO_CALL)


def known_names(kind: Kind) -> tuple[str, ...]:
    """What expressions of a breakpoint of that kind may use."""
    return tuple(name for name in POINT_NAMES if name not in _MOMENTS[kind][1])


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
    asked = [point.target] if point.kind in ("tool", "repeat") and point.target else tools
    for text in (point.when, point.log):
        if text is not None and (why := _wrong(text, _MOMENTS[point.kind], spec, asked)):
            return why
    return None


def unfit_watch(text: str, spec: WorkflowSpec) -> str | None:
    """Why an expression cannot be watched in a workflow; None when it can."""
    try:
        compile_at_point(text)
    except BadExpression as error:
        return str(error)
    return _wrong(text, _WATCH, spec, [])


def _wrong(
    text: str, moment: tuple[str, frozenset[str]], spec: WorkflowSpec, tools: list[str]
) -> str | None:
    where, unknown = moment
    early = sorted(names_in(text) & unknown)
    if early:
        known = ", ".join(name for name in POINT_NAMES if name not in unknown)
        return f"{early[0]} is not known {where}; there are: {known}"
    return next(complaints(text, spec, tools, POINT_NAMES), None)


def _none_such(spec: WorkflowSpec, kind: str, name: str, known: list[str]) -> str:
    return f"{spec.name} has no {kind} {quoted(name)}{among(name, known)}"
