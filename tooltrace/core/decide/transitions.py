"""Decide which row of the table is taken: by a result, at once, or after a critical failure."""

from __future__ import annotations

from collections.abc import Iterator

from tooltrace.core.decide.actions import Action, AwaitUser, ChangeState, Finish
from tooltrace.core.expressions.expression_names import names_for
from tooltrace.core.expressions.parse import compile_expression
from tooltrace.core.fold.call_order import levels
from tooltrace.core.model.errors import BadExpression
from tooltrace.core.model.snapshot import Call, Snapshot
from tooltrace.core.model.workflow import AT_ONCE, Transition

__all__ = ["due_transition", "legal_targets", "tried_rows"]


def due_transition(s: Snapshot) -> Action | None:
    """The transition to make before anything else, or why it cannot be told; None without one."""
    if s.state is None or _between_calls(s):
        return None
    for call in s.unsettled:
        action = _after_failure(s, call) or _first_row(s, call)
        if action is not None:
            return action
    return _first_row(s, None)


def _between_calls(s: Snapshot) -> bool:
    """Whether some calls of the level being made have returned and others have not."""
    if len(s.calls) < 2:
        return False
    for level in levels(s.workflow, s.calls):
        waiting = sum(call.status == "waiting" for call in level)
        if waiting:
            return waiting < len(level)
    return False


def _after_failure(s: Snapshot, call: Call) -> Action | None:
    to = s.workflow.critical_to
    if not call.is_error or s.error is None or to is None or to == s.state:
        return None
    spec = s.workflow.tool(call.tool)
    if spec is None or not spec.critical:
        return None
    return ChangeState(to, None, call.returned, s.error)


def _first_row(s: Snapshot, call: Call | None) -> Action | None:
    """The first row from here that this result causes, or, without one, that is taken at once."""
    for index, row in enumerate(s.workflow.rows):
        if row.source != s.state or not _concerns(s, row, call):
            continue
        holds, why = _holds(s, row, call)
        if why is not None and call is not None:
            text = f"the guard to {row.target} cannot be decided: {why}"
            return AwaitUser("guard", text, call.ref)
        if holds:  # "As soon as it holds": what cannot be decided does not hold yet.
            if s.hops > len(s.workflow.states):
                return Finish("stuck", f"transitions from {s.state} go in a circle")
            return ChangeState(row.target, index, call.returned if call else None)
    return None


def _concerns(s: Snapshot, row: Transition, call: Call | None) -> bool:
    if call is None:
        return row.on in ((), (AT_ONCE,)) and row.target != s.state
    if call.tool not in row.on or row.error != call.is_error:
        return False
    return row.error or len(row.on) == 1 or all(tool in s.here for tool in row.on)


def tried_rows(s: Snapshot) -> Iterator[tuple[Transition, bool, str | None]]:
    """The rows looked at for the transition that is due here, in order, and whether each held.

    With a guard that cannot be decided comes why. The first that holds is the last.
    """
    if s.state is None or _between_calls(s):
        return
    for call in (*s.unsettled, None):
        if call is not None and _after_failure(s, call):
            return
        for row in s.workflow.rows:
            if row.source == s.state and _concerns(s, row, call):
                holds, why = _holds(s, row, call)
                yield row, holds, why
                if holds:
                    return


def _holds(s: Snapshot, row: Transition, call: Call | None) -> tuple[bool, str | None]:
    try:
        return row.when is None or bool(compile_expression(row.when)(names_for(s, call))), None
    except BadExpression as error:
        return False, str(error)


def legal_targets(s: Snapshot) -> tuple[str, ...]:
    """The states that some row leads to from here, in table order."""
    rows = (row for row in s.workflow.rows if row.source == s.state)
    return tuple(dict.fromkeys(row.target for row in rows if row.target != s.state))
