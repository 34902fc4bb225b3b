"""Tell what the next request says, and which steps it closes, from the snapshot before it."""

from __future__ import annotations

from tooltrace.core.fold.call_order import in_order
from tooltrace.core.model.append_list import AppendList
from tooltrace.core.model.messages import Message, Results
from tooltrace.core.model.snapshot import Snapshot

__all__ = ["conversation", "finished_steps", "next_messages"]


def conversation(s: Snapshot) -> tuple[AppendList[Message], int, str]:
    """What the next request begins with: the messages, how many the digest covers, the digest.

    A request of which nothing usable came is left out, the results of a finished turn are in.
    """
    messages, told, digest = _heard(s)
    if s.calls:
        messages = messages.push(_results(s))
    return messages, told, digest


def next_messages(s: Snapshot) -> tuple[str, list[Message]]:
    """The digest so far, and the messages the next request adds to it, bar the state prompt."""
    messages, told, digest = _heard(s)
    new = messages[told:]
    return digest, [*new, _results(s)] if s.calls else new


def _heard(s: Snapshot) -> tuple[AppendList[Message], int, str]:
    if s.trouble is None and not s.awaiting_model:
        return s.messages, s.told, s.digest
    base, told, digest = s.before
    return s.messages.head(base), told, digest


def _results(s: Snapshot) -> Results:
    return Results(tuple([call.result() for call in s.calls]))


def finished_steps(s: Snapshot) -> AppendList[str]:
    """The steps with those of the turn that a request, or a person, is about to close."""
    steps = s.steps
    for call in in_order(s.workflow, s.calls):
        if call.returned is not None:
            steps = steps.push(call.step)
    return steps
