"""Offer the faults that can be injected at a paused call, and the facts that each leaves.

Nothing runs: no tool is called and no request goes out. Each fault is the same fact as the real
thing would be, with source ``injected``, on a branch of its own.
"""

from __future__ import annotations

from msgspec import Struct

from tooltrace.core.decide.next_action import (
    Action,
    AwaitUser,
    RunTools,
    asks_model,
    model_called,
    next_action,
)
from tooltrace.core.fold.call_order import refusal
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.call_labels import name_among
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.snapshot import Call, Snapshot
from tooltrace.debugger.edit.empty_forks import empty_fork
from tooltrace.debugger.faults.model_faults import STATUSES, model_answer
from tooltrace.debugger.faults.tool_faults import RESULTS, known_result
from tooltrace.debugger.session.session import Session

__all__ = ["Fault", "faults_at", "inject", "paused_call", "why_none"]

_ANSWERS = {
    "cut-stream": ("cut stream", "the connection breaks in the middle of a reply"),
    "refusal": ("refusal", "the model refuses to answer"),
}


class Fault(Struct, frozen=True):
    """Something that can be made to go wrong here; ``why`` says why it cannot, where it cannot."""

    id: str
    label: str
    detail: str
    group: str
    why: str = ""


def why_none(action: Action) -> str | None:
    """Why nothing can be made to fail when this comes next; None when something can."""
    match action:
        case RunTools():
            return None
        case _ if asks_model(action):
            return None
        case AwaitUser(why="unknown_outcome"):
            return "this call went out already: say how it ended (S), or go back before it (N)"
        case _:
            return "no tool call or model call comes next here: step to one (n), or go back (N)"


def paused_call(action: Action, ref: e.CallRef | None = None) -> Call | None:
    """The call to which a fault happens: that one if it waits, else the next; None for the model's.

    ``ref`` is what a person has selected.
    """
    if not isinstance(action, RunTools):
        return None
    return next((call for call in action.calls if call.ref == ref), action.levels[0][0])


def faults_at(tree: Tree, s: Snapshot, ref: e.CallRef | None = None) -> list[Fault]:
    """Everything that can be made to go wrong next, and what cannot be with the reason."""
    action = next_action(s)
    if why_none(action) is not None:
        return []
    call = paused_call(action, ref)
    return _of_model() if call is None else _of_call(tree, s, call)


def _of_call(tree: Tree, s: Snapshot, call: Call) -> list[Fault]:
    group = f"{name_among(call, s.calls)} is not called; the model reads"
    known, refused = known_result(tree, call), refusal(s, call)
    found = []
    for ident, (label, make) in RESULTS.items():
        why = f"this call is refused anyway: {refused}" if refused else ""
        detail = ""
        if not why:
            try:
                detail = make(call, s.workflow.tool(call.tool), known).detail
            except BadCommand as error:
                why = str(error)
        found.append(Fault(ident, label, detail, group, why))
    return found


def _of_model() -> list[Fault]:
    group = "nothing is sent; the request ends with"
    found = [
        Fault(f"http-{status}", f"HTTP {status}", detail, group)
        for status, (_, detail) in STATUSES.items()
    ]
    return found + [Fault(key, *about, group) for key, about in _ANSWERS.items()]


def inject(session: Session, fault: str, ref: e.CallRef | None = None) -> None:
    """Let a fault happen to the call that is paused here, on a new branch. Raises BadCommand.

    ``fault`` is the id of one of ``faults_at``, or ``http-`` and any status from 400 to 599.
    """
    s = session.snapshot
    action = next_action(s)
    why = why_none(action)
    if why is not None:
        raise BadCommand(why)
    call = paused_call(action, ref)
    if call is not None:
        _into_call(session, s, fault, call)
    else:
        answer = model_answer(fault, s.settings)
        _begin_branch(session, fault)
        session.append(model_called(session.snapshot), "injected")
        session.append(answer, "injected")


def _into_call(session: Session, s: Snapshot, fault: str, call: Call) -> None:
    if fault not in RESULTS:
        raise BadCommand(f"{fault!r} is no fault of a tool call; there are: {', '.join(RESULTS)}")
    refused = refusal(s, call)
    if refused is not None:
        raise BadCommand(f"this call is refused anyway: {refused}")
    _, make = RESULTS[fault]
    made = make(call, s.workflow.tool(call.tool), known_result(session.tree, call))
    event = e.ToolReturned(
        call.ref, made.content, is_error=made.error is not None, error=made.error
    )
    _begin_branch(session, fault)
    session.append(event, "injected")


def _begin_branch(session: Session, fault: str) -> None:
    """Begin the fault's branch, unless a person began one here just now: that is meant for it."""
    if empty_fork(session) is None:
        session.append(e.Forked(f"fault-{fault}"), "injected")
