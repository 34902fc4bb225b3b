"""A record without secrets, and the JSON of its event, as they are written down."""

from __future__ import annotations

from msgspec.structs import replace

from tooltrace.core.events import ModelFailed, ModelReplied, Record
from tooltrace.core.scrub import Hide
from tooltrace.store.payloads import payload_text, rewritten

__all__ = ["IN_PIECES", "without_secrets"]

IN_PIECES = "[left out: there was a secret in this stream, which may stand in it in pieces]"
"""What is kept of the text of a stream that a secret came in."""


def without_secrets(record: Record, hide: Hide) -> tuple[Record, str]:
    """The record with its secrets taken out, and its payload; the same record if it has none.

    Raises ValueError when its event is not finite JSON.
    """
    payload = payload_text(record)
    safe = hide(payload)
    if safe == payload:
        return record, payload
    record = rewritten(record, safe)
    event = record.event
    # A stream cuts words anywhere, so a secret that is found whole in the reply need not be whole,
    # nor found, in the text that it came in.
    if isinstance(event, ModelReplied | ModelFailed) and event.raw and "data:" in event.raw:
        record = replace(record, event=replace(event, raw=IN_PIECES))
        return record, payload_text(record)
    return record, safe
