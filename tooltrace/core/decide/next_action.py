"""Decide what happens next; ``next_action`` is pure and total, so pausing is not performing it.

The order of the questions is the workflow's semantics: what a replay met first, a broken turn, then
a due transition, then open calls, then limits, then the model. Calls made side by side are one step
of the workflow: no transition comes between them, so that making them one by one ends where making
them at once does.
"""

from __future__ import annotations

from tooltrace.core.decide.actions import (
    Action,
    AwaitUser,
    CallModel,
    ChangeState,
    Finish,
    RunTools,
    asks_model,
    moved_by,
)
from tooltrace.core.decide.budgets import over_limit
from tooltrace.core.decide.state_prompt import state_prompt
from tooltrace.core.decide.transitions import due_transition, tried_rows
from tooltrace.core.fold.call_order import levels, refusal
from tooltrace.core.fold.conversation import next_messages
from tooltrace.core.fold.stuck import stuck
from tooltrace.core.model.call_labels import name_among
from tooltrace.core.model.events import ModelCalled
from tooltrace.core.model.messages import Assistant, Request, StatePrompt
from tooltrace.core.model.request_forms import form_problem
from tooltrace.core.model.request_settings import RequestSettings, merged
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.text.exact_json import JsonValue

__all__ = [
    "Action",
    "AwaitUser",
    "CallModel",
    "ChangeState",
    "Finish",
    "RunTools",
    "asks_model",
    "model_called",
    "moved_by",
    "next_action",
    "options_at",
    "refusal",
    "request_at",
    "said_beside",
]

_UNANSWERED = ("failed", "incomplete", "cancelled")


def next_action(s: Snapshot) -> Action:
    """The one thing to do at this snapshot."""
    return (
        _over(s)
        or _diverged(s)
        or _interrupted(s)
        or due_transition(s)
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


def model_called(s: Snapshot, system: JsonValue = None) -> ModelCalled:
    """The fact that performing ``CallModel`` here records: what the request is made of.

    A reply that paused goes back as it is, with no state prompt after it. ``system`` is what the
    author's code gives as the system prompt.
    """
    digest, new = next_messages(s)
    paused = s.stop_reason == "pause_turn" and new and isinstance(new[-1], Assistant)
    prompt = None if paused else state_prompt(s)
    if not digest:
        digest = Request.opening(s.workflow, s.form)
    if prompt is not None:
        new = [*new, StatePrompt(s.at, prompt)]
    attempt = s.attempt + 1 if s.trouble is not None and s.trouble.kind in _UNANSWERED else 1
    digest = Request.with_more(Request.chain(digest, new), said_beside(s, system))
    return ModelCalled(digest, prompt, attempt, system)


def said_beside(s: Snapshot, system: JsonValue) -> dict[str, JsonValue]:
    """What the next request says beside its messages, as far as anything was set."""
    options = options_at(s)
    set_here = {} if options is None else options.as_json()
    return set_here if system is None else {**set_here, "system": system}


def options_at(s: Snapshot) -> RequestSettings | None:
    """What is set for a request made here: by the workflow, its state, and for the run."""
    state = s.workflow.state(s.state)
    return merged(s.workflow.request, state.request if state else None, s.settings.request)


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
        given_system=s.given_system,
        options=options_at(s),
        settings=s.settings,
    )
