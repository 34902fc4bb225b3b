"""Decide whether the next action, or what just happened, is one to stop at.

Pure: ``hit`` looks at a snapshot and its next action, before anything is performed.

    tool:NAME        before a call of that tool      state:NAME    on entering a state
    transition:A->B  before that transition          error         after a call failed
    call             before every call               if EXPRESSION before a call or a transition

Any but the last may be followed by `` if EXPRESSION``. A condition that cannot be evaluated stops
as one that holds does, and ``undecided`` says why: the person who set it wants to know.
"""

from __future__ import annotations

import ast
import re
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.decide.next_action import Action, ChangeState, RunTools
from tooltrace.core.expressions.condition_check import arguments_of, complaints, names_in
from tooltrace.core.expressions.expression_names import names_for
from tooltrace.core.expressions.parse import compile_expression
from tooltrace.core.model.errors import BadExpression
from tooltrace.core.model.snapshot import Call, Snapshot
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.suggest import among, quoted

__all__ = ["Breakpoint", "calls_hit", "hit", "parse", "same", "undecided", "unfit"]

_IF = re.compile(r"(?:^|\s+)if(?:\s+|$)")

Kind = Literal["tool", "state", "transition", "error", "call", "any"]


class Breakpoint(Struct, frozen=True, omit_defaults=True):
    """Where to stop, and under which condition."""

    kind: Kind
    target: str = ""
    when: str | None = None
    enabled: bool = True

    def __str__(self) -> str:
        what = f"{self.kind}:{self.target}" if self.target else self.kind
        if self.kind == "any":
            return f"if {self.when}"
        return f"{what} if {self.when}" if self.when else what


def parse(text: str) -> Breakpoint:
    """A breakpoint from its written form. Raises BadExpression, one line."""
    head, *condition = _IF.split(text.strip(), maxsplit=1)
    guard = condition[0].strip() if condition else None
    if guard is not None:
        compile_expression(guard)
    kind, _, target = (part.strip() for part in head.partition(":"))
    if not head and guard:
        return Breakpoint("any", "", guard)
    if kind in ("error", "call") and not target:
        return Breakpoint("error" if kind == "error" else "call", "", guard)
    if kind == "transition" and "->" in target:
        here, _, there = target.partition("->")
        return Breakpoint("transition", f"{here.strip() or '*'}->{there.strip() or '*'}", guard)
    if kind in ("tool", "state") and target:
        return Breakpoint("tool" if kind == "tool" else "state", target, guard)
    raise BadExpression(
        f"{text.strip()!r} is no breakpoint; write tool:NAME, state:NAME, transition:A->B, error, "
        "call or if EXPRESSION"
    )


def same(one: Breakpoint, other: Breakpoint) -> bool:
    """Whether two stop at the same places, however their conditions are spaced and quoted."""
    return one == other or _plainly(one) == _plainly(other)


def _plainly(point: Breakpoint) -> Breakpoint:
    if point.when is None:
        return point
    try:
        return replace(point, when=ast.unparse(ast.parse(point.when.strip(), mode="eval")))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return point


def hit(points: tuple[Breakpoint, ...], s: Snapshot, action: Action) -> Breakpoint | None:
    """The first breakpoint that says stop here, before ``action`` is performed."""
    return next((p for p in points if p.enabled and _matches(p, s, action, [])), None)


def undecided(point: Breakpoint, s: Snapshot, action: Action) -> str | None:
    """Why the condition of a breakpoint that was hit has no value here; None when it holds."""
    reasons: list[str | None] = []
    _matches(point, s, action, reasons)
    return next(iter(reasons), None)


def calls_hit(point: Breakpoint, s: Snapshot, action: Action) -> tuple[Call, ...]:
    """The calls that a breakpoint stops at; none where it is about a state or a transition."""
    return tuple(call for call in _about(point, s, action) if _holds(point, s, call, []))


def unfit(point: Breakpoint, spec: WorkflowSpec) -> str | None:
    """Why a breakpoint would never be reached in a workflow, or stop wrongly; None when it fits."""
    tools = [tool.name for tool in spec.tools]
    states = [state.name for state in spec.states]
    here, _, there = point.target.partition("->")
    match point.kind:
        case "tool" if point.target not in tools:
            return _none_such(spec, "tool", point.target, tools)
        case "state" if point.target not in states:
            return _none_such(spec, "state", point.target, states)
        case "transition":
            for name in (here, there):
                if name not in (*states, "*"):
                    return _none_such(spec, "state", name, states)
        case _:
            pass
    if point.when is None:
        return None
    early = sorted(names_in(point.when) & _NOT_YET.get(point.kind, frozenset()))
    if early:
        when = "on entering a state" if point.kind == "state" else "before a call"
        return f"{early[0]} is not known {when}; a transition or an error knows it"
    asked = [point.target] if point.kind == "tool" else tools
    return next(complaints(point.when, spec, asked), None)


_NOT_YET: dict[str, frozenset[str]] = {
    "tool": frozenset({"result"}),
    "call": frozenset({"result"}),
    "state": frozenset({"args", "result", "tool"}),
}


def _none_such(spec: WorkflowSpec, kind: str, name: str, known: list[str]) -> str:
    return f"{spec.name} has no {kind} {quoted(name)}{among(name, known)}"


_Reasons = list[str | None]


def _matches(point: Breakpoint, s: Snapshot, action: Action, reasons: _Reasons) -> bool:
    """Whether to stop; what was found out about the condition is added to the reasons."""

    def holds(call: Call | None) -> bool:
        return _holds(point, s, call, reasons)

    match point.kind:
        case "tool" | "call" | "error":
            return any(holds(call) for call in _about(point, s, action))
        case "state":
            entered = bool(s.visits) and s.visits[-1].record == s.at
            return entered and s.state == point.target and holds(None)
        case "transition":
            if not isinstance(action, ChangeState):
                return False
            here, _, there = point.target.partition("->")
            known = here in ("*", s.state) and there in ("*", action.to)
            return known and holds(_cause(s, action))
        case "any":
            if isinstance(action, ChangeState):
                return holds(_cause(s, action))
            return any(holds(call) for call in _about(point, s, action))


def _about(point: Breakpoint, s: Snapshot, action: Action) -> list[Call]:
    """The calls that it may be about."""
    if point.kind in ("state", "transition"):
        return []
    if point.kind == "error":
        return _just_failed(s)
    return [c for c in _calls(action) if point.kind != "tool" or c.tool == point.target]


def _calls(action: Action) -> tuple[Call, ...]:
    return action.levels[0] if isinstance(action, RunTools) else ()


def _just_failed(s: Snapshot) -> list[Call]:
    """The failed calls among those that were in flight with the one that returned last."""
    last = next((call for call in s.calls if call.returned == s.at), None)
    if last is None:
        return []
    since = last.returned if last.started is None else last.started
    return [c for c in s.calls if c.is_error and c.returned and since and c.returned >= since]


def _cause(s: Snapshot, action: ChangeState) -> Call | None:
    return next((call for call in s.unsettled if call.returned == action.cause), None)


def _holds(point: Breakpoint, s: Snapshot, call: Call | None, reasons: _Reasons) -> bool:
    if point.when is None:
        return True
    try:
        holds = bool(compile_expression(point.when)(_names(s, call)))
    except BadExpression as error:
        if _of_another(point, point.when, s, call):
            return False
        reasons.append(str(error))
        return True
    if holds:
        reasons.append(None)
    return holds


def _names(s: Snapshot, call: Call | None) -> dict[str, JsonValue]:
    """What a condition sees; who has asked for nothing yet has paid nothing."""
    names = names_for(s, call)
    if names["cost"] is None and not s.usage.unpriced:
        names["cost"] = 0.0
    return names


def _of_another(point: Breakpoint, when: str, s: Snapshot, call: Call | None) -> bool:
    """Whether a condition is about other calls, or other moments, than this one.

    Only where a breakpoint is for several: ``call if args.amount > 9`` is not about a tool that
    has no amount, and ``if result.total`` not about a call that has not been made.
    """
    if point.kind in ("tool", "state"):
        return False
    names = names_in(when)
    if call is None:
        return bool(names & {"args", "result", "tool"})
    if point.kind == "any" and call.status == "waiting" and "result" in names:
        return True
    spec = s.workflow.tool(call.tool)
    schema = {} if spec is None else spec.schema
    closed = schema.get("additionalProperties") is False
    known = schema.get("properties")
    return closed and isinstance(known, dict) and not arguments_of(when) <= known.keys()
