"""What both of OpenAI's protocols refuse, and how the API words it.

The texts are those that people quote in the issue trackers of openai-python, continue, langchain,
llama_index and pydantic-ai, and in the recordings of the last. An error is
``{"error": {"message", "type", "param", "code"}}`` (``openai/types/shared/error_object.py``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.loopback.base import Received
from tests.loopback.steps import Step

__all__ = ["KEY", "Refused", "empty", "missing", "openai_fault", "refused_by_all", "wrong_type"]
__all__ += ["name_pattern", "supported"]

KEY = "sk-loopback-0123456789abcdef"
"""The one key these servers accept, unless they are told another."""

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_KINDS = {str: "a string", dict: "an object", list: "an array", type(None): "null"}
_KINDS |= {bool: "a boolean", int: "an integer", float: "a decimal"}


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a request is refused: the text, the parameter it is about, and the code."""

    said: str
    param: str | None = None
    code: str | None = None


def missing(param: str) -> Refused:
    """A field that has to be there."""
    return Refused(f"Missing required parameter: '{param}'.", param, "missing_required_parameter")


def empty(param: str) -> Refused:
    """A list that may not be empty."""
    said = f"Invalid '{param}': empty array. Expected an array with minimum length 1, but got an"
    return Refused(f"{said} empty array instead.", param, "empty_array")


def wrong_type(param: str, wanted: str, value: object) -> Refused:
    """A value of another type."""
    got = _KINDS[type(value)]
    said = f"Invalid type for '{param}': expected {wanted}, but got {got} instead."
    return Refused(said, param, "invalid_type")


def supported(param: str, value: object, words: Iterable[str]) -> Refused:
    """A word that is not among those that are known."""
    *first, last = (f"'{word}'" for word in words)
    listed = f"{', '.join(first)} and {last}" if first else last
    said = f"Invalid value: '{value}'. Supported values are: {listed}."
    return Refused(said, param, "invalid_value")


def name_pattern(param: str, name: object) -> Refused | None:
    """A name that tools may not have."""
    if isinstance(name, str) and _NAME.fullmatch(name):
        return None
    said = f"Invalid '{param}': string does not match pattern. Expected a string that matches the"
    return Refused(f"{said} pattern '^[a-zA-Z0-9_-]+$'.", param, "invalid_value")


def openai_fault(
    status: int,
    said: str,
    *,
    kind: str = "invalid_request_error",
    param: str | None = None,
    code: str | None = None,
    **more: Any,
) -> Step:
    """An error as the API words it; ``more`` are further fields of a Step."""
    error = {"message": said, "type": kind, "param": param, "code": code}
    return Step((json.dumps({"error": error}).encode(),), status=status, **more)


def refused_by_all(received: Received, path: str, key: str | None) -> Step | None:
    """The answer to a request that is refused before its body is read for what it asks."""
    if received.path.split("?")[0] != path:
        return openai_fault(404, f"Invalid URL (POST {received.path})")
    scheme, _, bearer = received.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not bearer:
        return openai_fault(401, "You didn't provide an API key.")
    if key is not None and bearer != key:
        return openai_fault(401, "Incorrect API key provided.", code="invalid_api_key")
    if received.headers.get("content-type") != "application/json" or received.body is None:
        return openai_fault(400, "We could not parse the JSON body of your request.")
    if not isinstance(received.body, dict):
        return openai_fault(400, "Invalid type for the body: expected an object.")
    return None
