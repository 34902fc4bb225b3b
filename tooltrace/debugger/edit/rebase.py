"""Write the rest of a turn once more behind the record that an edit changed.

Nothing runs, and nothing is repeated that what was changed may have led to: calls that wait for a
changed one, and, in a world, calls whose work cannot be told from that of a changed one. Those are
open again.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.fold.call_order import levels
from tooltrace.core.model import events as e
from tooltrace.core.model.reply import arguments, calls
from tooltrace.core.model.snapshot import Call, Snapshot
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.core.text.exact_json import canonical
from tooltrace.debugger.session.session import Session

__all__ = ["after_reply", "after_result", "repeat"]

_BY_HAND = ("edited", "forced", "injected")


def after_result(session: Session, record_id: int, ref: e.CallRef) -> list[e.Record]:
    """What of the same turn came after a result, up to the next transition, without leaning on it.

    Calls that were started and never came back are left out: nobody knows what they did.
    """
    later: list[e.Record] = []
    for later_id in session.path[session.tree.depth(record_id) + 1 :]:
        record = session.tree[later_id]
        if isinstance(record.event, e.Forked):
            continue  # A fault in the middle of a turn begins with one.
        if not isinstance(record.event, e.ToolStarted | e.ToolReturned):
            break
        later.append(record)
    s = session.tree.snapshot_at(record_id)
    done = {call.ref.index for call in s.calls if call.status == "returned"}
    running = {call.ref.index for call in s.calls if call.status == "started"}
    leaning = _leaning(s.workflow, s.calls, {ref.index})
    return _still_true(s, later, s.calls, leaning, done, running)[0]


def after_reply(session: Session, record_id: int, reply: dict[str, Any]) -> list[e.Record]:
    """What of the turn came after a reply, up to the head, and holds after ``reply`` as well."""
    s = session.tree.snapshot_at(record_id)
    later: list[e.Record] = []
    for later_id in session.path[session.tree.depth(record_id) + 1 :]:
        record = session.tree[later_id]
        if isinstance(record.event, e.Forked):
            continue
        known = isinstance(record.event, e.ToolStarted | e.ToolReturned | e.Transitioned)
        if later_id > session.head or not known:
            break
        later.append(record)
    made = [
        Call(e.CallRef(record_id, index), "", str(use.get("name")), arguments(use))
        for index, use in enumerate(calls(reply))
    ]
    old = session.tree[record_id].event
    changed = _changed(old.reply if isinstance(old, e.ModelReplied) else {}, reply)
    changed |= _leaning(s.workflow, s.calls, changed)
    kept, open_again = _still_true(s, later, made, changed, set(), set())
    if open_again:
        # What the whole turn led to does not follow from a part of it.
        led = next((i for i, r in enumerate(kept) if isinstance(r.event, e.Transitioned)), None)
        kept = kept[:led]
    return kept


def _changed(old: dict[str, Any], new: dict[str, Any]) -> set[int]:
    """The places of the calls that the two replies do not share."""
    both = zip_longest(*([canonical(use) for use in calls(reply)] for reply in (old, new)))
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


def _still_true(
    s: Snapshot,
    later: Sequence[e.Record],
    calls: Sequence[Call],
    changed: set[int],
    done: set[int],
    running: set[int],
) -> tuple[list[e.Record], set[int]]:
    """Those of ``later`` that hold for these calls of the turn, and the calls that are open again.

    ``changed`` are calls that are open for certain; ``done`` ones stay as they are, and ``running``
    ones were started before ``later``.
    """
    returned = {r.event.call.index for r in later if isinstance(r.event, e.ToolReturned)}
    kept = returned - changed
    while True:
        work = _work(s, later, kept | done, running)
        fewer = _in_time(s.workflow, calls, (kept | done) - work.lost) - done
        if fewer == kept:
            break
        kept = fewer
    found = [
        _in_world(record, work.shown[record.id]) if record.id in work.shown else record
        for record in later
        if isinstance(record.event, e.Transitioned) or _index(record) in kept
    ]
    return found, (set(range(len(calls))) | returned) - kept - done


def _in_time(workflow: WorkflowSpec, calls: Sequence[Call], kept: set[int]) -> set[int]:
    """Those that no call of an earlier level, which is not among them, would be made before."""
    found: set[int] = set()
    for level in levels(workflow, calls):
        places = {call.ref.index for call in level}
        found |= places & kept
        if not places <= kept:
            break
    return found


class _Work(Struct, frozen=True):
    """What became of the work in the world: whose is ``lost``, and which snapshot shows what is
    kept, where the one that a result names holds more (by record).
    """

    lost: set[int]
    shown: dict[int, str | None]


def _work(s: Snapshot, later: Sequence[e.Record], kept: set[int], running: set[int]) -> _Work:
    """What of the kept calls' work no snapshot holds by itself, going by the snapshots they name.

    A snapshot holds what all calls have done that were started before it. Where two that follow
    each other are equal, what ran in between did nothing there.
    """
    lost: set[int] = set()
    shown: dict[int, str | None] = {}
    if not s.workflow.world:
        return _Work(lost, shown)
    world, mixed, good = s.world, False, s.world
    back: int | None = None
    since = {index for index in running if s.workflow.effect(s.calls[index].tool) != "reads"}
    for record in later:
        event = record.event
        if isinstance(event, e.ToolStarted) and s.workflow.effect(event.tool) != "reads":
            since.add(event.call.index)
        elif isinstance(event, e.ToolReturned):
            back = record.id if event.call.index in kept else back
            if event.world is None:
                continue
            if event.world != world and (mixed or not since <= kept):
                mixed = True
                lost |= since
            world, since = event.world, set()
            good = good if mixed else world
            if mixed:
                shown[record.id] = good
            elif event.call.index not in kept and back is not None:
                shown[back] = good  # It came with the result of a call that is open again.
            back = None
    return _Work(lost | since, shown)


def _in_world(record: e.Record, world: str | None) -> e.Record:
    event = record.event
    return replace(record, event=replace(event, world=world))


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
