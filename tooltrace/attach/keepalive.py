"""How a client is kept waiting: silent for a while, then by an early 200 and a little now and then.

Measured on the SDKs in Python and TypeScript: a comment does in every stream, and a blank before a
plain body; ``event: ping`` breaks what reads OpenAI's protocols. Silence keeps the upstream's own
status and headers, so it lasts as long as the client's patience surely does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from tooltrace.attach.endpoint import WireProtocol
from tooltrace.core.text.exact_json import JsonValue, dumps

__all__ = ["early_headers", "failure_told", "filler", "interval", "patience", "silence"]

_LONGEST_INTERVAL = 5.0
_LONGEST_SILENCE = 15.0
_PATIENCE = 300.0
"""Seconds after which Node's own fetch gives up, where a client does not say."""
_SAID_BY = ("x-stainless-read-timeout", "x-stainless-timeout")


def patience(headers: Mapping[str, str]) -> float:
    """Seconds that a client waits for a byte, by its headers in lower case; never 0."""
    for name in _SAID_BY:
        try:
            seconds = float(headers.get(name, ""))
        except ValueError:
            continue
        if math.isfinite(seconds) and seconds > 0:
            return seconds
    return _PATIENCE


def silence(headers: Mapping[str, str]) -> float:
    """Seconds to say nothing at all: a third of its patience, 15 at most."""
    return min(_LONGEST_SILENCE, patience(headers) / 3)


def interval(headers: Mapping[str, str]) -> float:
    """Seconds between two fillers: a client's patience counts from each byte anew."""
    return min(_LONGEST_INTERVAL, patience(headers) / 3)


def filler(stream: bool) -> bytes:
    """What a client reads over, in a stream of events or before a JSON body."""
    return b": tooltrace\n\n" if stream else b" "


def early_headers(stream: bool) -> list[tuple[bytes, bytes]]:
    """The headers of an answer that begins before the upstream's is known."""
    kind = b"text/event-stream; charset=utf-8" if stream else b"application/json"
    return [(b"content-type", kind), (b"cache-control", b"no-cache")]


def failure_told(protocol: WireProtocol, stream: bool, status: int, why: str) -> bytes | None:
    """A failure as it can still be told after the 200; None where only breaking off tells it."""
    if not stream:
        return None
    kind = "overloaded_error" if status in (429, 503, 529) else "api_error"
    match protocol:
        case "messages":
            return _event({"type": "error", "error": {"type": kind, "message": why}})
        case "responses":
            said = {"code": kind, "message": why, "param": None, "sequence_number": 0}
            return _event({"type": "error", **said})
        case "chat":
            error = {"message": why, "type": kind, "param": None, "code": status}
            return b"data: %b\n\n" % dumps({"error": error}).encode("ascii")


def _event(data: JsonValue) -> bytes:
    return b"event: error\ndata: %b\n\n" % dumps(data).encode("ascii")
