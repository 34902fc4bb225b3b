"""Where a message stands in the conversation, whether the model has gone on since, what it needs.

Pure: reads a snapshot.
"""

from __future__ import annotations

from tooltrace.core.fold.fold_edits import message_records
from tooltrace.core.model.messages import Assistant, Results
from tooltrace.core.model.reply import calls, is_call, tool_name
from tooltrace.core.model.snapshot import Snapshot

__all__ = ["before_message", "goes_along", "newest_result", "place_of_message", "read_since"]


def place_of_message(s: Snapshot, record: int) -> int | None:
    """The place of the message that came from a record; None where there is none."""
    for place in range(len(s.messages) - 1, -1, -1):
        if record in message_records(s.messages[place]):
            return place
    return None


def read_since(s: Snapshot, record: int) -> bool:
    """Whether a later reply has read the message that came from a record."""
    for message in reversed(s.messages):
        if record in message_records(message):
            return False
        if isinstance(message, Assistant):
            return place_of_message(s, record) is not None
    return False


def newest_result(s: Snapshot, record: int) -> bool:
    """Whether a record is a result of the last turn that has any: what one edits most."""
    if any(call.returned is not None for call in s.calls):
        return any(call.returned == record for call in s.calls)
    last = next((one for one in reversed(s.messages) if isinstance(one, Results)), None)
    return last is not None and record in message_records(last)


def before_message(s: Snapshot, place: int) -> int:
    """The record behind which something stands right before that place; 0 for the front."""
    return message_records(s.messages[place - 1])[-1] if place else 0


def goes_along(s: Snapshot, record: int) -> str:
    """What is taken out with the message, or the result, of a record; in one line."""
    place = place_of_message(s, record)
    message = None if place is None else s.messages[place]
    match message:
        case Results(results=results):
            name = next(one.tool for one in results if one.record == record)
            return f"the result of {name}, #{record}, goes, and its call with it"
        case Assistant(content=content) if any(map(is_call, content)):
            names = [tool_name(use) or "a tool" for use in calls({"content": content})]
            which = names[0] if len(names) == 1 else f"{len(names)} calls"
            return f"the reply #{record} goes, and the result{'s' * (len(names) > 1)} of {which}"
        case Assistant():
            return f"the reply #{record} goes, and nothing else"
        case _:
            return f"the message #{record} goes, and nothing else"
