"""What happens next: ``next_action`` is pure and total, so pausing is simply not performing it.

The order of the questions is the workflow's semantics: what a replay met first, a broken turn, then
a due transition, then open calls, then limits, then the model. Calls made side by side are one step
of the workflow: no transition comes between them, so that making them one by one ends where making
them at once does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from tooltrace.core.decide.budgets import over_limit
from tooltrace.core.decide.state_prompt import state_prompt
from tooltrace.core.expressions.expression_names import names_for
from tooltrace.core.expressions.parse import compile_expression
from tooltrace.core.fold.call_order import levels, refusal
from tooltrace.core.fold.fold_turn import next_messages
from tooltrace.core.fold.stuck import stuck
from tooltrace.core.model.call_labels import name_among
from tooltrace.core.model.errors import BadExpression
from tooltrace.core.model.events import CallRef, ModelCalled, Outcome, Transitioned
from tooltrace.core.model.messages import Assistant, Request, StatePrompt
from tooltrace.core.model.request_forms import form_problem
from tooltrace.core.model.snapshot import Call, Snapshot
from tooltrace.core.model.workflow import AT_ONCE, Transition

__all__ = [
    "Action",
    "AwaitUser",
    "CallModel",
    "ChangeState",
    "Finish",
    "RunTools",
    "asks_model",
    "legal_targets",
    "model_called",
    "moved_by",
    "next_action",
    "refusal",
    "request_at",
    "tried_rows",
]

Why = Literal[
    "input",
    "finished",
    "diverged",
    "unknown_outcome",
    "model_failed",
    "incomplete",
    "guard",
    "odd",
]


class CallModel(Struct, frozen=True):
    """Ask the model for its next reply."""


class RunTools(Struct, frozen=True):
    """Make the open calls of this turn: a level at a time, the calls of a level side by side."""

    levels: tuple[tuple[Call, ...], ...]

    @property
    def calls(self) -> tuple[Call, ...]:
        """All open calls, in the order in which they would be made."""
        return tuple(call for level in self.levels for call in level)


class ChangeState(Struct, frozen=True):
    """Change the workflow's state: by a row of its table, else because a critical tool failed."""

    to: str
    row: int | None
    cause: int | None
    reason: str | None = None


class AwaitUser(Struct, frozen=True):
    """Only a person can go on: ``why`` is the kind, ``text`` the sentence."""

    why: Why
    text: str
    call: CallRef | None = None


class Finish(Struct, frozen=True):
    """End the run."""

    outcome: Outcome
    why: str = ""


_UNANSWERED = ("failed", "incomplete", "cancelled")

Action = CallModel | RunTools | ChangeState | AwaitUser | Finish


def asks_model(action: Action) -> bool:
    """Whether this is to ask the model, if only because a person says: once more."""
    match action:
        case CallModel() | AwaitUser(why="model_failed" | "incomplete"):
            return True
        case _:
            return False


def moved_by(action: ChangeState) -> Transitioned:
    """The fact that a transition leaves."""
    return Transitioned(action.to, action.row, action.cause, action.reason)


def next_action(s: Snapshot) -> Action:
    """The one thing to do at this snapshot."""
    return (
        _over(s)
        or _diverged(s)
        or _interrupted(s)
        or _due_transition(s)
        or _open_calls(s)
        or _after_trouble(s)
        or _ended_turn(s)
        or _limits(s)
        or _other_form(s)
        or CallModel()
    )


def _over(s: Snapshot) -> Action | None:
    if s.outcome is None:
        return None
    return AwaitUser("finished", f"the run is over: {s.outcome}{f', {s.why}' if s.why else ''}")


def _diverged(s: Snapshot) -> Action | None:
    if s.diverged is None:
        return None
    what, field = s.diverged.what, s.diverged.field
    return AwaitUser("diverged", f"the replay met another {what} here: {field} differs")


def _interrupted(s: Snapshot) -> Action | None:
    for call in s.calls:
        if call.status == "started":
            return AwaitUser(
                "unknown_outcome",
                f"{name_among(call, s.calls)} was started and never returned: "
                "it may or may not have acted",
                call.ref,
            )
    if s.awaiting_model:
        return _other_form(s) or CallModel()
    return None


def _due_transition(s: Snapshot) -> Action | None:
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
        try:
            holds = row.when is None or compile_expression(row.when)(names_for(s, call))
        except BadExpression as error:
            if call is None:
                continue  # "as soon as it holds": what cannot be decided does not hold yet
            why = f"the guard to {row.target} cannot be decided: {error}"
            return AwaitUser("guard", why, call.ref)
        if holds:
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


def _open_calls(s: Snapshot) -> Action | None:
    if not any(call.status == "waiting" for call in s.calls):
        return None
    waiting = (
        tuple([call for call in level if call.status == "waiting"])
        for level in levels(s.workflow, s.calls)
    )
    return RunTools(tuple([level for level in waiting if level]))


def _after_trouble(s: Snapshot) -> Action | None:
    if s.trouble is None:
        return None
    if other := _other_form(s):
        return other
    if s.trouble.kind in ("failed", "cancelled"):
        return AwaitUser("model_failed", s.trouble.why)
    return AwaitUser("incomplete", f"{s.trouble.why}: no tool of it will run")


def _ended_turn(s: Snapshot) -> Action | None:
    if not s.messages:
        return AwaitUser("input", "say something to begin")
    if s.calls or s.stop_reason in (None, "pause_turn"):
        return None
    state = s.workflow.state(s.state)
    if s.error is not None and (state is None or not state.terminal):
        return Finish("failed", s.error)
    if s.state is None:
        return Finish("completed")
    if state is not None and state.terminal:
        return Finish("failed" if state.failure else "completed", s.error or "")
    return AwaitUser(
        "input",
        f"the model stopped in {s.state}, where the workflow does not end: "
        f"say something or force a transition{_waiting_for(s)}",
    )


def _waiting_for(s: Snapshot) -> str:
    """The guard that would lead on at once if it had a value."""
    for row, _, why in tried_rows(s):
        if why is not None:
            return f"; the guard to {row.target} cannot be decided: {why}"
    return ""


def _limits(s: Snapshot) -> Action | None:
    limit = over_limit(s)
    if limit:
        return Finish("limit", limit)
    why = stuck(s)
    return Finish("stuck", why) if why else None


def _other_form(s: Snapshot) -> Action | None:
    problem = form_problem(s.form)
    return AwaitUser("odd", problem) if problem else None


def legal_targets(s: Snapshot) -> tuple[str, ...]:
    """The states that some row leads to from here, in table order."""
    rows = (row for row in s.workflow.rows if row.source == s.state)
    return tuple(dict.fromkeys(row.target for row in rows if row.target != s.state))


def model_called(s: Snapshot) -> ModelCalled:
    """The fact that performing ``CallModel`` here records: what the request is made of.

    A reply that paused goes back as it is, with no state prompt after it.
    """
    digest, new = next_messages(s)
    paused = s.stop_reason == "pause_turn" and new and isinstance(new[-1], Assistant)
    prompt = None if paused else state_prompt(s)
    if not digest:
        digest = Request.opening(s.workflow, s.form)
    if prompt is not None:
        new = [*new, StatePrompt(s.at, prompt)]
    attempt = s.attempt + 1 if s.trouble is not None and s.trouble.kind in _UNANSWERED else 1
    return ModelCalled(Request.chain(digest, new), prompt, attempt)


def request_at(s: Snapshot) -> Request:
    """The request that a snapshot just after ``model_called`` stands for."""
    return Request(
        workflow=s.workflow,
        messages=s.messages,
        turn=s.turn,
        state=s.state,
        context=s.context,
        digest=s.digest,
        max_tokens=s.settings.max_tokens,
        drop_bound_thinking=s.settings.drop_bound_thinking,
        form=s.form,
    )
