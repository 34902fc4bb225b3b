"""What comes back from a Messages API when it does not stream: a message, or an error.

Source: docs.anthropic.com, "Messages" and "Errors": ``{"type": "error", "error": {"type": …,
"message": …}}``.
"""

from __future__ import annotations

from typing import Any

from tooltrace.core.text.exact_json import JsonValue
from tooltrace.models.wire.errors import error_in, text_error, words
from tooltrace.models.wire.form import WireError

__all__ = ["as_message", "passing", "read_error"]

_PASSING_ERRORS = frozenset({"api_error", "overloaded_error", "rate_limit_error", "timeout_error"})


def passing(kind: object) -> bool:
    """Whether an error of this type is about the moment and not about the request."""
    return isinstance(kind, str) and kind in _PASSING_ERRORS


def read_error(status: int, body: JsonValue) -> WireError | None:
    """The error that a body is, whatever its status; None where it tells of none."""
    if isinstance(body, str):
        return text_error(status, body)
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict) or (error and not isinstance(body.get("content"), list)):
        return error_in(error, passing)
    return None


def as_message(value: JsonValue) -> dict[str, Any]:
    """The value, if it has the shape of a reply.

    Raises ValueError saying what is missing, or what error it is. Unknown blocks, stop reasons and
    fields are fine.
    """
    if not isinstance(value, dict):
        raise ValueError("its JSON is not an object")
    if error := read_error(200, value):
        raise ValueError(f"it is an error: {words(error)}")
    content = value.get("content")
    if not isinstance(content, list):
        raise ValueError("its JSON is not a message: it has no list of content blocks")
    for index, block in enumerate(content):
        if not isinstance(block, dict) or not isinstance(block.get("type"), str):
            raise ValueError(f"content block {index} has no type")
    if not isinstance(value.get("stop_reason"), str | None):
        raise ValueError("its stop_reason is not text")
    if not isinstance(value.get("usage"), dict | None):
        raise ValueError("its usage is not an object")
    return value
