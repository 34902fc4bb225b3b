"""The quick way in for lines as the journal writes them, which nearly every session is made of.

All or nothing: one line that is less usual, and the slow way takes in every one of them.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from io import BytesIO

from msgspec import Struct

from tooltrace.core.model.events import FORMAT, Record, RunStarted, Unknown
from tooltrace.core.model.notes import NOTES
from tooltrace.store.lines import decode, decode_fast

__all__ = ["PlainRecords", "ordinary"]


class PlainRecords(Struct, frozen=True):
    """Records by id; ``order`` holds the ids of those on a path, ``notes`` those of the others."""

    records: list[Record]
    order: list[int]
    notes: list[int]


def ordinary(data: bytes, known: AbstractSet[int], highest: int) -> PlainRecords | None:
    """The records of whole lines, each after its parent and with a higher id than the one before.

    ``known`` and ``highest`` are the ids taken in earlier. None when anything is out of the way.
    """
    if not data.endswith(b"\n"):
        return None
    found = PlainRecords([], [], [])
    places: set[int] = set()
    # One line at a time, each in the memory of the one before: splitting first takes longer.
    for whole in BytesIO(data):
        line = whole[:-1]
        record = decode_fast(line) or decode(line)
        if not isinstance(record, Record) or record.id <= highest:
            return None
        event, parent = record.event, record.parent
        kind = type(event)
        if kind is Unknown or (kind is RunStarted and not _begins(record)):
            return None
        if event.name in NOTES:
            found.notes.append(record.id)
        elif kind is RunStarted or parent in places or parent in known:
            places.add(record.id)
            found.order.append(record.id)
        else:
            return None
        highest = record.id
        found.records.append(record)
    begun = known or (found.order and found.order[0] == found.records[0].id)
    return found if begun else None


def _begins(record: Record) -> bool:
    event = record.event
    return record.parent is None and isinstance(event, RunStarted) and 1 <= event.format <= FORMAT
