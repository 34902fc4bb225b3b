"""Decide whether the next action, or what just happened, is one to stop at.

Pure: ``hit`` looks at a moment, which is a snapshot and its next action, before anything is
performed. A condition that cannot be evaluated stops as one that holds does, and ``undecided`` says
why: the person who set it wants to know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import takewhile
from typing import Any

from msgspec import Struct, field

from tooltrace.core.decide.breakpoints import Breakpoint, compile_at_point
from tooltrace.core.decide.made_calls import MadeCalls
from tooltrace.core.decide.next_action import (
    Action,
    CallModel,
    ChangeState,
    Finish,
    RunTools,
    next_action,
)
from tooltrace.core.decide.point_values import MessageTexts, last_reply, point_values
from tooltrace.core.expressions.condition_check import arguments_of, names_in
from tooltrace.core.expressions.evaluate import allowance
from tooltrace.core.fold.call_order import refusal
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.errors import BadExpression
from tooltrace.core.model.events import ModelReplied
from tooltrace.core.model.messages import Assistant
from tooltrace.core.model.snapshot import Call, Snapshot
from tooltrace.core.text.exact_json import DEEPEST, canonical, readable
from tooltrace.core.text.sanitize import clip

__all__ = [
    "ALLOWANCE",
    "Moment",
    "MomentCache",
    "calls_hit",
    "hit",
    "matches",
    "moment_at",
    "printed",
    "shown",
    "undecided",
]

MOST_PRINTED = 2_000
"""Characters of what a logpoint prints, or a watch shows, in one line."""


ALLOWANCE = 300_000
"""What the expressions of one moment may use together: about a tenth of a second of work."""


class MomentCache(Struct, frozen=True):
    """What the moments of one tree have in common, and need not make anew."""

    calls: MadeCalls = field(default_factory=MadeCalls)
    texts: MessageTexts = field(default_factory=MessageTexts)


class Moment(Struct, frozen=True):
    """A place of a path as breakpoints see it."""

    snapshot: Snapshot
    action: Action
    tree: Tree
    cache: MomentCache

    @property
    def reply(self) -> Mapping[str, Any]:
        """The last reply as it was recorded; empty where there is none."""
        last = last_reply(self.snapshot)
        record = self.tree.records.get(last.record) if last is not None else None
        event = record.event if record is not None else None
        return event.reply if isinstance(event, ModelReplied) else {}


def moment_at(tree: Tree, s: Snapshot, cache: MomentCache | None = None) -> Moment:
    """The moment of a snapshot of this tree; who asks for many gives the same cache to each."""
    return Moment(s, next_action(s), tree, cache or MomentCache())


def hit(
    points: Iterable[Breakpoint],
    m: Moment,
    reached: Callable[[Breakpoint], bool] = lambda _: True,
) -> Breakpoint | None:
    """The first breakpoint that says stop here, before the action is performed.

    ``reached`` says of one that counts hits whether this is the one that it waits for.
    """
    with allowance(ALLOWANCE):
        for point in points:
            stops = point.enabled and point.log is None
            if stops and matches(point, m) and (not point.hits or reached(point)):
                return point
    return None


def matches(point: Breakpoint, m: Moment) -> bool:
    """Whether a breakpoint is met at a moment, switched on or off, however often it was before."""
    return bool(_met(point, m, []))


def undecided(point: Breakpoint, m: Moment) -> str | None:
    """Why the condition of a breakpoint that was hit has no value here; None when it holds."""
    reasons: list[str | None] = []
    _met(point, m, reasons)
    return next(iter(reasons), None)


def calls_hit(point: Breakpoint, m: Moment) -> tuple[Call, ...]:
    """The calls that a breakpoint stops at; none where it is about something else."""
    if isinstance(m.action, ChangeState) and point.kind != "error":
        return ()
    return tuple(call for call in _met(point, m, []) if call is not None)


def printed(point: Breakpoint, m: Moment) -> list[str]:
    """What a logpoint that is met prints, a text for each call that it is about."""
    if (why := undecided(point, m)) is not None:
        return [f"the condition cannot be evaluated: {why}"]
    return [shown(point.log or "", m, call) for call in _met(point, m, [])]


def shown(expression: str, m: Moment, call: Call | None = None) -> str:
    """The value of an expression as text: strings as they are, anything else as JSON."""
    try:
        value = _value(expression, m, call)
    except BadExpression as error:
        return f"cannot be evaluated: {error}"
    text = value if isinstance(value, str) else readable(value, DEEPEST)
    return clip(text, MOST_PRINTED)


def _value(expression: str, m: Moment, call: Call | None) -> Any:
    names = point_values(m.snapshot, call, m.reply, names_in(expression), m.cache.texts)
    return compile_at_point(expression)(names)


_Reasons = list[str | None]


def _met(point: Breakpoint, m: Moment, reasons: _Reasons) -> list[Call | None]:
    """What of the moment it is met by: calls, or None for the moment itself; empty if it is not.

    What was found out about the condition is added to the reasons.
    """
    return [about for about in _about(point, m) if _holds(point, m, about, reasons)]


def _about(point: Breakpoint, m: Moment) -> Iterable[Call | None]:
    """The calls that it may be met by; None where it is about no call."""
    s, action = m.snapshot, m.action
    match point.kind:
        case "tool":
            return [call for call in _calls(action) if call.tool == point.target]
        case "call":
            return _calls(action)
        case "repeat":
            calls = [c for c in _calls(action) if point.target in ("", c.tool)]
            return [call for call in calls if _made_before(m, call)]
        case "error":
            return _just_failed(s)
        case "state":
            return _once(_entered(s) and s.state == point.target)
        case "transition":
            return [_cause(s, action)] if _leads(point, s, action) else ()
        case "any":
            return [_cause(s, action)] if isinstance(action, ChangeState) else _calls(action)
        case "request":
            return _once(isinstance(action, CallModel))
        case "reply":
            last = s.messages[-1] if s.messages else None
            return _once(isinstance(last, Assistant) and last.record == s.at)
        case "illegal":
            refused = [call for call in _calls(action) if refusal(s, call) is not None]
            return refused or _once(_forced_past_the_table(s))
        case "divergence":
            return _once(s.diverged is not None)
        case "stuck" | "limit":
            return _once(isinstance(action, Finish) and action.outcome == point.kind)


def _once(so: bool) -> Iterable[Call | None]:
    return (None,) if so else ()


def _calls(action: Action) -> tuple[Call, ...]:
    return action.levels[0] if isinstance(action, RunTools) else ()


def _entered(s: Snapshot) -> bool:
    return bool(s.visits) and s.visits[-1].record == s.at


def _leads(point: Breakpoint, s: Snapshot, action: Action) -> bool:
    if not isinstance(action, ChangeState):
        return False
    here, _, there = point.target.partition("->")
    return here in ("*", s.state) and there in ("*", action.to)


def _forced_past_the_table(s: Snapshot) -> bool:
    """Whether somebody forced just now what no row of the table allows."""
    if not _entered(s) or not s.visits[-1].forced:
        return False
    before = s.visits[-2].state if len(s.visits) > 1 else None
    return all((row.source, row.target) != (before, s.state) for row in s.workflow.rows)


def _made_before(m: Moment, call: Call) -> bool:
    """Whether a call of that tool with these arguments was made before on this path.

    One that is made side by side with this one, and was asked for before it, counts, too.
    """
    s = m.snapshot
    for other in takewhile(lambda o: o.ref != call.ref, s.calls):
        if other.tool == call.tool and canonical(other.arguments) == canonical(call.arguments):
            return True
    return m.cache.calls.before(m.tree, s.at, call.tool, call.arguments)


def _just_failed(s: Snapshot) -> list[Call]:
    """The failed calls among those that were in flight with the one that returned last."""
    last = next((call for call in s.calls if call.returned == s.at), None)
    if last is None:
        return []
    since = last.returned if last.started is None else last.started
    return [c for c in s.calls if c.is_error and c.returned and since and c.returned >= since]


def _cause(s: Snapshot, action: Action) -> Call | None:
    cause = action.cause if isinstance(action, ChangeState) else None
    return next((call for call in s.unsettled if call.returned == cause), None)


def _holds(point: Breakpoint, m: Moment, call: Call | None, reasons: _Reasons) -> bool:
    if point.when is None:
        return True
    try:
        holds = bool(_value(point.when, m, call))
    except BadExpression as error:
        if _of_another(point, point.when, m.snapshot, call):
            return False
        reasons.append(str(error))
        return True
    if holds:
        reasons.append(None)
    return holds


_OF_A_CALL = frozenset({"args", "result", "tool", "call"})


def _of_another(point: Breakpoint, when: str, s: Snapshot, call: Call | None) -> bool:
    """Whether a condition is about other calls, or other moments, than this one.

    Only where a breakpoint is for several: ``call if args.amount > 9`` is not about a tool that
    has no amount, and ``if result.total`` not about a call that has not been made.
    """
    if point.kind not in ("call", "error", "transition", "any", "repeat", "illegal"):
        return False
    names = names_in(when)
    if call is None:
        return bool(names & _OF_A_CALL)
    if point.kind == "any" and call.status == "waiting" and "result" in names:
        return True
    spec = s.workflow.tool(call.tool)
    schema = {} if spec is None else spec.schema
    closed = schema.get("additionalProperties") is False
    known = schema.get("properties")
    return closed and isinstance(known, dict) and not arguments_of(when) <= known.keys()
