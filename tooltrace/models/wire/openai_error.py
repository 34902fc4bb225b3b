"""What a server that speaks one of OpenAI's protocols says instead of a reply.

The API says ``{"error": {"message", "type", "param", "code"}}``, and in a response that failed
``{"error": {"code", "message"}}`` (``openai/types/shared/error_object.py`` and
``openai/types/responses/response_error.py`` of the official Python SDK, 3.57.0; for the codes see
platform.openai.com/docs/guides/error-codes). Servers that speak the same say also ``{"error":
text}``, ``{"detail": …}``, or the fields of an error by themselves with ``"object": "error"``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tooltrace.core.text.exact_json import JsonValue
from tooltrace.models.wire.errors import error_in, passes, text_error, words
from tooltrace.models.wire.form import BrokenStream, WireError

__all__ = ["read_error", "stream_error"]

_PASSING = frozenset(
    {"server_error", "rate_limit_exceeded", "rate_limit_error", "overloaded", "overloaded_error"}
    | {"engine_overloaded", "service_unavailable", "slow_down", "timeout", "api_error"}
    | {"vector_store_timeout", "failed_to_download_image"}
)
_FOR_GOOD = frozenset({"insufficient_quota", "invalid_api_key", "billing_hard_limit_reached"})
"""Codes that waiting does not help, whatever the status."""


def read_error(status: int, body: JsonValue) -> WireError | None:
    """The error that a body is, whatever its status; None where it tells of none.

    ``kind`` is the type of the error, or its code where it has none.
    """
    if isinstance(body, str):
        return text_error(status, body)
    if not isinstance(body, dict):
        return None
    error = body.get("error")
    if not error and body.get("object") == "error":
        error = {key: value for key, value in body.items() if key != "object"}
    if not error and status >= 400:
        error = body.get("detail") or body
    return _told(status, error) if error else None


def _told(status: int, error: JsonValue) -> WireError:
    fields = error if isinstance(error, dict) else {}
    kinds = [fields.get(name) for name in ("type", "code")]
    number = next((kind for kind in kinds if type(kind) is int), status)
    passing = not _FOR_GOOD.intersection(map(str, kinds)) and (
        bool(_PASSING.intersection(map(str, kinds))) or passes(number)
    )
    kind = next((kind for kind in kinds if isinstance(kind, str) and kind.strip()), None)
    named = {**fields, "type": kind} if kind else error
    return error_in(named, lambda _: passing)


def stream_error(told: Mapping[str, Any]) -> BrokenStream:
    """Why a server broke a stream off: by an ``error`` event, or a response that failed.

    What says nothing of itself may pass.
    """
    fields = {k: v for k, v in told.items() if k not in ("type", "sequence_number") and v}
    inside = fields.get("error")
    error = read_error(200, {"error": fields if inside is None else inside})
    if error is None:
        return BrokenStream("the server broke it off, and said no more")
    advice = "ask again" if error.retryable else "see what the server says"
    return BrokenStream(f"the server broke it off with {words(error)}", error.retryable, advice)
