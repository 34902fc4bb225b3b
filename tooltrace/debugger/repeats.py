"""What an edit leaves as it was: the rest of its turn, written once more behind the edited record.

Nothing runs, and nothing is repeated that what was changed may have led to.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from msgspec.structs import replace

from tooltrace.core import events as e
from tooltrace.core.fold import tool_uses
from tooltrace.core.jsonio import canonical
from tooltrace.core.snapshot import Call
from tooltrace.core.spec import WorkflowSpec
from tooltrace.debugger.session import Session

__all__ = ["after_reply", "after_result", "changed_calls", "repeat"]

_BY_HAND = ("edited", "forced", "injected")


def after_result(session: Session, record_id: int, ref: e.CallRef) -> list[e.Record]:
    """What of the same turn came after a result, up to the next transition, without leaning on it.

    Calls that were started and never came back are left out: nobody knows what they did.
    """
    later: list[e.Record] = []
    for later_id in session.way[session.tree.depth(record_id) + 1 :]:
        record = session.tree[later_id]
        if isinstance(record.event, e.Forked):
            continue  # A fault in the middle of a turn begins with one.
        if not isinstance(record.event, e.ToolStarted | e.ToolReturned):
            break
        later.append(record)
    before = session.tree.snapshot_at(record_id)
    leaning = _leaning(before.workflow, before.calls, {ref.index})
    return _whole([r for r in later if _index(r) not in leaning], later)


def after_reply(session: Session, record_id: int, changed: set[int]) -> list[e.Record]:
    """What of the turn came after a reply, up to the head, and says nothing of changed calls."""
    later: list[e.Record] = []
    before = session.tree.snapshot_at(record_id)
    left = changed | _leaning(before.workflow, before.calls, changed)
    for later_id in session.way[session.tree.depth(record_id) + 1 :]:
        record = session.tree[later_id]
        if isinstance(record.event, e.Forked):
            continue
        known = isinstance(record.event, e.ToolStarted | e.ToolReturned | e.Transitioned)
        # What the whole turn led to does not follow from a part of it.
        led = isinstance(record.event, e.Transitioned) and bool(left)
        if later_id > session.head or not known or led:
            break
        later.append(record)
    return _whole([r for r in later if _index(r) not in left], later)


def changed_calls(old: dict[str, Any], new: dict[str, Any]) -> set[int]:
    """The places of the calls that the two replies do not share."""
    pair = (tool_uses(old.get("content")), tool_uses(new.get("content")))
    both = zip_longest(*([canonical(use) for use in uses] for uses in pair))
    return {index for index, (before, after) in enumerate(both) if before != after}


def _leaning(workflow: WorkflowSpec, calls: Sequence[Call], on: set[int]) -> set[int]:
    """The places of ``calls`` of a turn that wait for one of these, directly or not."""
    found: set[int] = set()
    rest = set(on)
    while rest:
        tools = {calls[index].tool for index in rest if index < len(calls)}
        rest = {
            index
            for index, call in enumerate(calls)
            if index not in found | on
            and (spec := workflow.tool(call.tool)) is not None
            and tools.intersection(spec.after)
        }
        found |= rest
    return found


def _whole(kept: list[e.Record], later: list[e.Record]) -> list[e.Record]:
    """Those of ``kept`` that are no start of a call without its return among ``later``."""
    returned = {_index(r) for r in later if isinstance(r.event, e.ToolReturned)}
    return [r for r in kept if not isinstance(r.event, e.ToolStarted) or _index(r) in returned]


def _index(record: e.Record) -> int | None:
    event = record.event
    return event.call.index if isinstance(event, e.ToolStarted | e.ToolReturned) else None


def repeat(session: Session, records: list[e.Record], reply: int | None = None) -> None:
    """Write these records once more behind the head; nothing runs.

    What a person did stays theirs, the rest is ``recorded``. With ``reply`` the calls are those of
    that reply.
    """
    made: dict[int | None, int] = {}
    for record in records:
        event = record.event
        match event:
            case e.ToolStarted(call=ref) | e.ToolReturned(call=ref) if reply is not None:
                event = replace(event, call=e.CallRef(reply, ref.index))
            case e.Transitioned(cause=int()):
                event = replace(event, cause=made.get(event.cause))
            case _:
                pass
        source = record.source if record.source in _BY_HAND else "recorded"
        made[record.id] = session.append(event, source, record.of or record.id).id
