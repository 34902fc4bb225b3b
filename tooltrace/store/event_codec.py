"""An event as JSON and back, losing nothing: what this version does not know is carried along.

A payload that fits its event gives the event; fields that are not the event's own go into
``extra`` and are written again. A payload that does not fit, or of a type nobody here knows, gives
``Unknown`` with the payload as it came.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, get_args

import msgspec
from msgspec import NODEFAULT, Struct, ValidationError
from msgspec.structs import replace

import tooltrace.core.model.client_events
import tooltrace.core.model.notes  # noqa: F401 - notes are events, too
from tooltrace.core.model.events import Event, Record, Unknown
from tooltrace.core.text.exact_json import MAX_DEPTH, JsonValue, dumps, loads
from tooltrace.core.text.sanitize import one_line

__all__ = [
    "EVENTS",
    "LINE_DEPTH",
    "Fetch",
    "event_of",
    "nested",
    "payload_text",
    "reference",
    "rewritten",
]

LINE_DEPTH = MAX_DEPTH + 8
"""A value of the greatest depth allowed still stands a few levels down inside its record."""

BLOB = "$blob"

Fetch = Callable[[str], bytes]
"""Gives the payload kept outside the file under a SHA-256. Raises ValueError, saying why not."""

Extra = dict[str, Any] | None


EVENTS = {cls.name: cls for cls in Event.__subclasses__() if cls is not Unknown}
"""What this version knows, by the names that stand in the file."""


@cache
def nested(cls: type[Event]) -> tuple[str, ...]:
    """The fields that hold objects with fields of their own.

    Decoding straight from text refuses fields that an event does not have, but leaves out those
    that an object in one of these does not have: only where there is none is nothing lost.
    """
    return tuple(f.name for f in msgspec.structs.fields(cls) if _has_struct(f.type))


def event_of(kind: str, payload: JsonValue, fetch: Fetch | None) -> tuple[Event, Extra]:
    """The event of a payload, and the fields of it that the event does not have."""
    if _is_wrapped(payload):
        inner = payload[BLOB]
        if isinstance(inner, dict):
            return _event_of(kind, inner)
        try:
            return _event_of(kind, _fetched(inner, fetch))
        except (ValueError, OSError) as error:
            return Unknown(kind, payload, one_line(str(error))), None
    return _event_of(kind, payload)


def _is_wrapped(payload: JsonValue) -> bool:
    """Whether it is ``{"$blob": …}``: with text a reference, with an object that object itself."""
    return (
        isinstance(payload, dict)
        and len(payload) == 1
        and isinstance(payload.get(BLOB), str | dict)
    )


def _fetched(name: str, fetch: Fetch | None) -> JsonValue:
    if fetch is None:
        raise ValueError("its payload is in a file of its own, which was not read")
    return loads(fetch(name).decode("utf-8"), LINE_DEPTH)


def _event_of(kind: str, payload: JsonValue) -> tuple[Event, Extra]:
    cls = EVENTS.get(kind)
    if cls is None:
        return Unknown(kind, payload), None
    if not isinstance(payload, dict):
        return Unknown(kind, payload, f"{kind} is not an object"), None
    fields = cls.__struct_encode_fields__
    extra = {name: value for name, value in payload.items() if name not in fields}
    known = {name: value for name, value in payload.items() if name in fields}
    try:
        event = msgspec.convert(known, cls)
    except (ValidationError, OverflowError, UnicodeError) as error:
        return Unknown(kind, payload, _why(error)), None
    for name in nested(cls):
        if name in payload and _holds_more(payload[name], getattr(event, name)):
            extra[name] = payload[name]
    return event, extra or None


def _why(error: Exception) -> str:
    return one_line(str(error)).replace("`", "").replace(" - at ", " at ")


def _has_struct(kind: Any) -> bool:
    if isinstance(kind, type) and issubclass(kind, Struct):
        return not kind.__struct_config__.array_like
    return any(map(_has_struct, get_args(kind)))


def _holds_more(value: JsonValue, built: object) -> bool:
    """Whether a JSON value has fields, at any depth, that what was built from it does not."""
    match built:
        case Struct() if isinstance(value, dict):
            names = built.__struct_fields__
            return any(
                name not in names or _holds_more(item, getattr(built, name))
                for name, item in value.items()
            )
        case tuple() | list() if isinstance(value, list):
            return any(map(_holds_more, value, built))
        case _:
            return False


def payload_text(record: Record) -> str:
    """The JSON of a record's event. Raises ValueError when it is not finite JSON."""
    event = record.event
    if isinstance(event, Unknown):
        payload = event.payload
        if _is_wrapped(payload) and not (event.problem and isinstance(payload[BLOB], str)):
            payload = {BLOB: payload}
        return dumps(payload, LINE_DEPTH)
    fields = _set_fields(event)
    if record.extra:
        fields |= record.extra
    return dumps({BLOB: fields} if _is_wrapped(fields) else fields, LINE_DEPTH)


def rewritten(record: Record, payload: str) -> Record:
    """The record with its event read anew from other JSON. Raises ValueError when it is none."""
    kind = getattr(record.event, "type", "") or record.event.name
    event, extra = event_of(kind, loads(payload, LINE_DEPTH), None)
    return replace(record, event=event, extra=extra)


def reference(name: str) -> str:
    """The JSON that stands for a payload kept outside the file."""
    return dumps({BLOB: name})


def _set_fields(event: Event) -> dict[str, object]:
    """The fields that say more than their default, as JSON."""
    found: dict[str, object] = {}
    for attribute, name, default in _defaults(type(event)):
        value = getattr(event, attribute)
        if value is default or (type(value) is type(default) and value == default):
            continue
        found[name] = msgspec.to_builtins(value) if isinstance(value, Struct) else value
    return found


@cache
def _defaults(cls: type[Event]) -> tuple[tuple[str, str, object], ...]:
    return tuple(
        (
            f.name,
            f.encode_name,
            f.default_factory() if f.default_factory is not NODEFAULT else f.default,
        )
        for f in msgspec.structs.fields(cls)
    )
