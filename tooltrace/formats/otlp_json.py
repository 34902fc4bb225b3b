"""Spans as OTLP says them in JSON (OpenTelemetry protocol 1.x, ``trace.proto``, JSON encoding).

Ids are hexadecimal, numbers of 64 bits are text, kinds and codes are numbers. The ids are made of
what they name, so that the same branch exported twice is one trace to whoever collects both.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from tooltrace.core.text.exact_json import JsonValue

__all__ = [
    "CLIENT",
    "INTERNAL",
    "attributes",
    "failed",
    "nanoseconds",
    "sayable",
    "span_id",
    "trace_id",
]

INTERNAL, CLIENT = 1, 3
"""SPAN_KIND_INTERNAL and SPAN_KIND_CLIENT."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LARGEST = 2**63


def attributes(values: Mapping[str, JsonValue]) -> list[dict[str, Any]]:
    """Attributes as a list of keys and values; what is None is left out."""
    return [{"key": key, "value": _any(v)} for key, v in values.items() if v is not None]


def _any(value: JsonValue) -> dict[str, Any]:
    match value:
        case bool():
            return {"boolValue": value}
        case int() if -_LARGEST <= value < _LARGEST:
            return {"intValue": str(value)}
        case float():
            return {"doubleValue": value}
        case list():
            return {"arrayValue": {"values": [_any(item) for item in value]}}
        case _:
            return {"stringValue": sayable(str(value))}


def sayable(text: str) -> str:
    """The text without lone surrogates, which no protobuf string can hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def failed(message: str) -> dict[str, Any]:
    """The status of a span that ended in an error."""
    return {"code": 2, "message": sayable(message)}


def nanoseconds(at: str) -> int | None:
    """A record's time since 1970; None where it is none. A time without a zone is UTC."""
    try:
        time = datetime.fromisoformat(at)
    except ValueError:
        return None
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    return max(0, (time - _EPOCH) // _MICROSECOND * 1000)


def trace_id(*named: object) -> str:
    """16 bytes that stand for what is named."""
    return _digest(named, 16)


def span_id(*named: object) -> str:
    """8 bytes that stand for what is named."""
    return _digest(named, 8)


def _digest(named: tuple[object, ...], size: int) -> str:
    text = "\0".join(map(str, named)).encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=size).hexdigest()
