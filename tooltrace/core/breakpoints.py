"""Breakpoints: whether the next action, or what just happened, is one to stop at.

Pure: ``hit`` looks at a snapshot and its next action, before anything is performed.

    tool:NAME        before a call of that tool      state:NAME    on entering a state
    transition:A->B  before that transition          error         after a call failed
    call             before every call               if EXPRESSION before a call or a transition

Any but the last may be followed by `` if EXPRESSION``.
"""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

from tooltrace.core.actions import Action, RunTools, Transition
from tooltrace.core.errors import BadExpression
from tooltrace.core.expressions import compile_expression
from tooltrace.core.names import names_for
from tooltrace.core.snapshot import Call, Snapshot

__all__ = ["Breakpoint", "hit", "parse"]

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


def hit(points: tuple[Breakpoint, ...], s: Snapshot, action: Action) -> Breakpoint | None:
    """The first breakpoint that says stop here, before ``action`` is performed."""
    return next((p for p in points if p.enabled and _matches(p, s, action)), None)


def _matches(point: Breakpoint, s: Snapshot, action: Action) -> bool:
    match point.kind:
        case "tool":
            calls = _calls(action)
            return any(c.tool == point.target and _holds(point, s, c) for c in calls)
        case "call":
            return any(_holds(point, s, call) for call in _calls(action))
        case "state":
            entered = bool(s.visits) and s.visits[-1].record == s.at
            return entered and s.state == point.target and _holds(point, s, None)
        case "transition":
            if not isinstance(action, Transition):
                return False
            here, _, there = point.target.partition("->")
            known = here in ("*", s.state) and there in ("*", action.to)
            return known and _holds(point, s, _cause(s, action))
        case "error":
            return any(_holds(point, s, call) for call in _just_failed(s))
        case "any":
            if isinstance(action, Transition):
                return _holds(point, s, _cause(s, action))
            return any(_holds(point, s, call) for call in _calls(action))


def _calls(action: Action) -> tuple[Call, ...]:
    return action.levels[0] if isinstance(action, RunTools) else ()


def _just_failed(s: Snapshot) -> list[Call]:
    """The failed calls among those that were in flight with the one that returned last."""
    last = next((call for call in s.calls if call.returned == s.at), None)
    if last is None:
        return []
    since = last.returned if last.started is None else last.started
    return [c for c in s.calls if c.is_error and c.returned and since and c.returned >= since]


def _cause(s: Snapshot, action: Transition) -> Call | None:
    return next((call for call in s.unsettled if call.returned == action.cause), None)


def _holds(point: Breakpoint, s: Snapshot, call: Call | None) -> bool:
    if point.when is None:
        return True
    try:
        return bool(compile_expression(point.when)(names_for(s, call)))
    except BadExpression:
        return False
