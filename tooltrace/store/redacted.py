"""A record without secrets, and the JSON of its event, as they are written down."""

from __future__ import annotations

import re

from msgspec.structs import replace

from tooltrace.core.model.events import (
    Event,
    ModelCalled,
    ModelFailed,
    ModelReplied,
    Record,
    RunStarted,
    WorkflowChanged,
)
from tooltrace.core.text.exact_json import dumps, loads
from tooltrace.core.text.redact import Hide, by_value, hidden, parsed
from tooltrace.store.event_codec import LINE_DEPTH, payload_text, rewritten

__all__ = ["IN_PIECES", "without_secrets"]

IN_PIECES = "[left out: there was a secret in this stream, which may stand in it in pieces]"
"""What is kept of the text of a stream that a secret came in."""

_PIECE = re.compile(
    r'"(?:text|thinking|partial_json)" ?: ?"((?:[^"\\]|\\.)*+)"(?=[,} ])', re.DOTALL
)


def without_secrets(record: Record, hide: Hide) -> tuple[Record, str]:
    """The record with its secrets taken out, and its payload; the same record if it has none.

    Raises ValueError when its event is not finite JSON.
    """
    payload = payload_text(record)
    safe = _safe(record.event, payload, hide)
    if safe == payload:
        if _hides_pieces(record.event, hide):
            return _without_stream(record)
        return record, payload
    record = rewritten(record, safe)
    event = record.event
    # A stream cuts words anywhere, so a secret that is found whole in the reply need not be whole,
    # nor found, in the text that it came in.
    if isinstance(event, ModelReplied | ModelFailed) and event.raw and "data:" in event.raw:
        return _without_stream(record)
    return record, safe


def _safe(event: Event, payload: str, hide: Hide) -> str:
    match event:
        case RunStarted() | WorkflowChanged():
            # What a definition has under a name is an expression or a schema, not a value.
            return dumps(hidden(loads(payload, LINE_DEPTH), hide), LINE_DEPTH)
        case ModelCalled():
            # It says what other records say, and replay compares it with what they say then.
            hide = by_value(hide)
    safe = hide(payload)
    if safe == payload:
        return payload
    return dumps(parsed(safe, loads(payload, LINE_DEPTH), hide), LINE_DEPTH)


def _hides_pieces(event: Event, hide: Hide) -> bool:
    """Whether a secret came in pieces, in a stream that makes no whole reply."""
    if not isinstance(event, ModelFailed) or not event.raw or "data:" not in event.raw:
        return False
    joined = "".join(_PIECE.findall(event.raw))
    return hide(joined) != joined


def _without_stream(record: Record) -> tuple[Record, str]:
    record = replace(record, event=replace(record.event, raw=IN_PIECES))
    return record, payload_text(record)
