"""The event of a record, as the kind that a test knows it to be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from tooltrace.core.model.events import Event, Record

__all__ = ["event_of", "events_of"]

E = TypeVar("E", bound=Event)


def event_of(record: Record, kind: type[E]) -> E:
    """The record's event, which must be of that kind."""
    assert isinstance(record.event, kind), record
    return record.event


def events_of(records: Iterable[Record], kind: type[E]) -> list[E]:
    """The events of that kind, in the order of their records."""
    return [record.event for record in records if isinstance(record.event, kind)]
