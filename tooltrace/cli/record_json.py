"""A record as ``--json`` prints it while a run goes on."""

from __future__ import annotations

from msgspec import to_builtins

from tooltrace.core.model.events import Record
from tooltrace.core.text.exact_json import JsonValue

__all__ = ["record_json"]


def record_json(record: Record) -> dict[str, JsonValue]:
    """Its envelope and the fields of its event, without the whole of a workflow."""
    return {
        "type": record.event.name,
        "record": record.id,
        "parent": record.parent,
        "at": record.at,
        "source": record.source,
        **{k: v for k, v in to_builtins(record.event).items() if k not in ("type", "workflow")},
    }
