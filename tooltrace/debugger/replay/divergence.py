"""Compare two runs of the same thing, and put a divergence into words."""

from __future__ import annotations

import re
from hashlib import sha256

from tooltrace.core.compare.json_diff import MISSING, Missing
from tooltrace.core.decide.next_action import (
    Action,
    AwaitUser,
    CallModel,
    ChangeState,
    Finish,
    RunTools,
    said_beside,
)
from tooltrace.core.model.events import Diverged, ToolReturned
from tooltrace.core.model.ports import Divergence
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.text.exact_json import DEEPEST, JsonValue, readable
from tooltrace.core.text.sanitize import clip, parted_at, told_apart
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.stop import Stop

__all__ = [
    "as_text",
    "before_divergence",
    "both",
    "describe",
    "divergence_at",
    "in_short",
    "in_words",
    "met",
    "request_as_json",
    "stop_at",
    "values_of",
]

_MOST = 80
_BASE64 = re.compile("[A-Za-z0-9+/]{400}")
_AROUND = 20


def request_as_json(s: Snapshot) -> JsonValue:
    """What a request is made of, for comparing two."""
    tools = [[tool.name, tool.description, tool.schema] for tool in s.workflow.tools]
    messages = [message.key() for message in s.messages]
    beside = said_beside(s, s.given_system)
    return {"system": s.workflow.system_content, "tools": tools, **beside, "messages": messages}


def in_words(action: Action) -> str:
    """An action in a few words."""
    match action:
        case CallModel():
            return "ask the model"
        case RunTools():
            return f"call {', '.join(call.tool for call in action.calls)}"
        case ChangeState(to=to):
            return f"go to {to}"
        case AwaitUser(text=text):
            return text
        case Finish(outcome=outcome):
            return f"finish: {outcome}"


def describe(divergence: Divergence) -> str:
    """A divergence on one line: where, which field, both values."""
    where = f"#{divergence.record}" if divergence.record is not None else "no record"
    was, now = both(divergence.recorded, divergence.now)
    return (
        f"divergence at step {divergence.step} ({where}), {divergence.what}: {divergence.field} "
        f"was {was}, is {now}"
    )


def met(divergence: Divergence) -> Diverged:
    """The fact of a divergence."""
    then, now = divergence.recorded, divergence.now
    return Diverged(
        divergence.what,
        divergence.field,
        None if then is MISSING else then,
        None if now is MISSING else now,
        divergence.record,
        divergence.step,
        "recorded" if then is MISSING else "now" if now is MISSING else "",
    )


def stop_at(session: Session, divergence: Divergence, text: str = "") -> Stop:
    """Record a divergence, and stop before it in these words, or its own. Raises NotSaved."""
    session.append(met(divergence), "live")
    session.sync()
    return Stop("divergence", text or describe(divergence), divergence=divergence)


def divergence_at(s: Snapshot) -> Divergence | None:
    """The divergence that a replay came to here, as long as nobody went on from it."""
    found = s.diverged
    if found is None:
        return None
    return Divergence(found.record, found.step, found.what, found.field, *values_of(found))


def before_divergence(session: Session) -> int | None:
    """The last place that was as recorded, before the divergence one stands at; None without."""
    for record in session.tree.up(session.head):
        came_back = isinstance(record.event, ToolReturned) and record.source == "live"
        if isinstance(record.event, Diverged) or (came_back and record.of is not None):
            continue
        if session.tree.snapshot_at(record.id).settled:
            return record.id
    return None


def as_text(value: JsonValue) -> str:
    """A value as JSON on one line, or that there is none."""
    return value.value if isinstance(value, Missing) else readable(value, DEEPEST)


def both(old: JsonValue, new: JsonValue) -> tuple[str, str]:
    """Two values that differ, each in at most 80 characters in which they are seen to differ."""
    old, new = in_short(old), in_short(new)
    # An empty text would be nothing at all without its quotes.
    was, now = (v if isinstance(v, str) and v else as_text(v) for v in (old, new))
    if was == now:
        was, now = as_text(old), as_text(new)
    part = parted_at(was, now)
    if max(len(was), len(now)) > _MOST and part > _MOST - 2 * _AROUND:
        was, now = (f"…{text[part - _AROUND :]}" for text in (was, now))
    return told_apart(clip(was, _MOST), clip(now, _MOST))


def in_short(value: JsonValue) -> JsonValue:
    """What stands for base64: nobody can tell two of them apart by their letters."""
    if not isinstance(value, str) or not _BASE64.match(value):
        return value
    return f"base64, {len(value):,} characters, sha256 {sha256(value.encode()).hexdigest()[:16]}"


def values_of(event: Diverged) -> tuple[JsonValue, JsonValue]:
    """What was recorded and what is now, as the fact of a divergence tells them."""
    return (
        MISSING if event.missing == "recorded" else event.recorded,
        MISSING if event.missing == "now" else event.now,
    )
