"""Sessions with one change planted in each: what was changed, and where a check has to find it.

A change is made to the records and written as a session writes them, so that every line is whole
and its checksum right: only the story is no longer true.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from tooltrace.core.compare.json_diff import first_difference
from tooltrace.core.model import events as e

__all__ = ["KINDS", "Planted", "plant"]

Records = list[e.Record]


@dataclass(frozen=True)
class Planted:
    """The changed records; the record, what and field by which a check has to name the change."""

    records: Records
    record: int
    what: str
    field: str


def plant(kind: str, records: Records, nth: int) -> Planted:
    """One change of a kind, at the nth place (counted round) where it can be made."""
    return KINDS[kind](list(records), nth)


def _places(records: Records, kind: type[e.Event], nth: int) -> int:
    found = [
        at
        for at, record in enumerate(records)
        if isinstance(record.event, kind)
        and (not isinstance(record.event, e.ModelReplied) or _uses(record.event))
        and (not isinstance(record.event, e.Transitioned) or record.event.row is not None)
    ]
    return found[nth % len(found)]


def _uses(event: e.ModelReplied) -> list[dict[str, Any]]:
    return [block for block in event.reply["content"] if block["type"] == "tool_use"]


def _with_content(record: e.Record, change: Callable[[list[Any]], Any]) -> e.Record:
    event = record.event
    assert isinstance(event, e.ModelReplied)
    reply = deepcopy(event.reply)
    change(reply["content"])
    return replace(record, event=replace(event, reply=reply))


def _result(records: Records, nth: int) -> Planted:
    at = _places(records, e.ToolReturned, nth)
    event = records[at].event
    assert isinstance(event, e.ToolReturned)
    field, content = "content", deepcopy(event.content)
    if isinstance(content, dict):
        key = sorted(content)[nth % len(content)]
        field, content[key] = f"content.{key}", ["planted"]
        if isinstance(event.content[key], list) and event.content[key]:
            field += "[0]"
    else:
        content = f"{content} planted"
    records[at] = replace(records[at], event=replace(event, content=content))
    return Planted(records, records[at].id, "tool result", field)


def _argument(records: Records, nth: int) -> Planted:
    at = _places(records, e.ModelReplied, nth)
    event = records[at].event
    assert isinstance(event, e.ModelReplied)
    blocks = [n for n, b in enumerate(event.reply["content"]) if b.get("input")]
    place = blocks[nth % len(blocks)]
    key = sorted(event.reply["content"][place]["input"])[0]
    records[at] = _with_content(
        records[at], lambda content: content[place]["input"].update({key: "planted"})
    )
    return Planted(records, records[at].id, "reply", f"content[{place}].input.{key}")


def _order(records: Records, nth: int) -> Planted:
    """The replies of two turns that call something, one for the other."""
    one = _places(records, e.ModelReplied, nth)
    later = [
        at
        for at in range(one + 1, len(records))
        if isinstance(event := records[at].event, e.ModelReplied)
        and _uses(event)
        and [use["name"] for use in _uses(event)]
        != [use["name"] for use in _uses(records[one].event)]  # type: ignore[arg-type]
    ]
    if not later:
        return _order(records, nth + 1)
    other = later[0]
    first, second = records[one].event, records[other].event
    assert isinstance(first, e.ModelReplied) and isinstance(second, e.ModelReplied)
    records[one] = replace(records[one], event=second)
    records[other] = replace(records[other], event=first)
    was, now = ([b | {"id": ""} for b in reply.reply["content"]] for reply in (second, first))
    found = first_difference(was, now, "content")
    assert found is not None
    return Planted(records, records[one].id, "reply", found[0])


def _missing(records: Records, nth: int) -> Planted:
    """A call was asked for and its result is gone, as if it had never been made."""
    at = _places(records, e.ToolStarted, nth)
    event = records[at].event
    assert isinstance(event, e.ToolStarted)
    gone = {at} | {
        n
        for n, record in enumerate(records)
        if isinstance(record.event, e.ToolReturned) and record.event.call == event.call
    }
    left = [record for n, record in enumerate(records) if n not in gone]
    after = next(record for n, record in enumerate(records) if n > at and n not in gone)
    # Calls that were made beside it come first, and are as they were.
    while isinstance(after.event, e.ToolStarted | e.ToolReturned):
        after = left[left.index(after) + 1]
    what = "transition" if isinstance(after.event, e.Transitioned) else "next action"
    field = "state" if what == "transition" else "action"
    return Planted(_joined(left), after.id, what, field)


def _joined(records: Records) -> Records:
    parents = [None, *(record.id for record in records[:-1])]
    return [replace(r, parent=parent) for r, parent in zip(records, parents, strict=True)]


def _extra(records: Records, nth: int) -> Planted:
    """A call is made once more, though it was asked for once."""
    at = _places(records, e.ToolReturned, nth)
    event = records[at].event
    assert isinstance(event, e.ToolReturned)
    begun = next(
        record
        for record in records
        if isinstance(record.event, e.ToolStarted) and record.event.call == event.call
    )
    number = records[at].id
    extra = [replace(begun, id=number + 1), replace(records[at], id=number + 2)]
    later = [_later(record, number) for record in records[at + 1 :]]
    return Planted(_joined([*records[: at + 1], *extra, *later]), number + 1, "tool call", "call")


def _later(record: e.Record, number: int) -> e.Record:
    """The record two places on; what it says of records after ``number`` goes with it."""
    event = record.event
    match event:
        case e.ToolStarted(call=ref) | e.ToolReturned(call=ref) if ref.reply > number:
            event = replace(event, call=e.CallRef(ref.reply + 2, ref.index))
        case e.Transitioned(cause=int(cause)) if cause > number:
            event = replace(event, cause=cause + 2)
        case _:
            pass
    return replace(record, id=record.id + 2, event=event)


def _state(records: Records, nth: int) -> Planted:
    at = _places(records, e.Transitioned, nth)
    root, event = records[0].event, records[at].event
    assert isinstance(root, e.RunStarted) and isinstance(event, e.Transitioned)
    others = [state.name for state in root.workflow.states if state.name != event.to]
    to = others[nth % len(others)]
    records[at] = replace(records[at], event=replace(event, to=to))
    return Planted(records, records[at].id, "transition", "state")


KINDS: dict[str, Callable[[Records, int], Planted]] = {
    "a result": _result,
    "an argument": _argument,
    "an order": _order,
    "a missing call": _missing,
    "an extra call": _extra,
    "a state": _state,
}
