"""What two runs of the same thing are compared by, and a divergence in words."""

from __future__ import annotations

from tooltrace.core.actions import Action, AwaitUser, CallModel, Finish, RunTools, Transition
from tooltrace.core.events import Diverged, ToolReturned
from tooltrace.core.jsonio import JsonValue
from tooltrace.core.ports import Divergence
from tooltrace.core.snapshot import Snapshot
from tooltrace.debugger.session import Session

__all__ = [
    "before_divergence",
    "brief",
    "describe",
    "divergence_at",
    "in_words",
    "met",
    "request_as_json",
]


def request_as_json(s: Snapshot) -> JsonValue:
    """What a request is made of, for comparing two."""
    tools = [[tool.name, tool.description, tool.schema] for tool in s.workflow.tools]
    messages = [message.key() for message in s.messages]
    return {"system": s.workflow.system, "tools": tools, "messages": messages}


def in_words(action: Action) -> str:
    """An action in a few words."""
    match action:
        case CallModel():
            return "ask the model"
        case RunTools():
            return f"call {', '.join(call.tool for call in action.calls)}"
        case Transition(to=to):
            return f"go to {to}"
        case AwaitUser(text=text):
            return text
        case Finish(outcome=outcome):
            return f"finish: {outcome}"


def describe(divergence: Divergence) -> str:
    """A divergence on one line: where, which field, both values."""
    where = f"#{divergence.record}" if divergence.record is not None else "no record"
    return (
        f"divergence at step {divergence.step} ({where}), {divergence.what}: {divergence.field} "
        f"was {brief(divergence.recorded)}, is {brief(divergence.now)}"
    )


def met(divergence: Divergence) -> Diverged:
    """The fact of a divergence."""
    return Diverged(
        divergence.what,
        divergence.field,
        divergence.recorded,
        divergence.now,
        divergence.record,
        divergence.step,
    )


def divergence_at(s: Snapshot) -> Divergence | None:
    """The divergence that a replay came to here, as long as nobody went on from it."""
    found = s.diverged
    if found is None:
        return None
    return Divergence(found.record, found.step, found.what, found.field, found.recorded, found.now)


def before_divergence(session: Session) -> int | None:
    """The last place that was as recorded, before the divergence one stands at; None without."""
    for record in session.tree.up(session.head):
        came_back = isinstance(record.event, ToolReturned) and record.source == "live"
        if isinstance(record.event, Diverged) or (came_back and record.of is not None):
            continue
        if session.tree.snapshot_at(record.id).settled:
            return record.id
    return None


def brief(value: JsonValue) -> str:
    """A value in at most 80 characters."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
