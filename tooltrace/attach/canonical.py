"""Two requests of two runs, compared by what they say: without what clients make up anew each time.

Measured over many clients: the same agent run twice sends the same bodies, but for these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tooltrace.core.compare.json_diff import Difference, differences
from tooltrace.core.text.exact_json import JsonValue, canonical

__all__ = ["compared", "request_differences", "request_form"]

_OF_CLIENT = frozenset({"metadata", "client_metadata", "prompt_cache_key"})
_DATA = frozenset({"input", "input_schema", "parameters", "schema", "arguments"})
"""What stands under these is a tool's or a person's, and says what it says."""


def request_form(body: JsonValue) -> str:
    """What a request says, as text: equal for two requests that say the same.

    Raises ValueError when the body is not finite JSON.
    """
    return canonical(compared(body))


def request_differences(one: JsonValue, other: JsonValue) -> list[Difference]:
    """The places where two requests say something else."""
    return [*differences(compared(one), compared(other))]


def compared(body: JsonValue) -> JsonValue:
    """A body without ids of items and of the client, cache marks, nulls and ``is_error: false``.

    A content that is text is the same as one block of it. The order of keys does not count; that of
    messages, blocks and tools does.
    """
    if not isinstance(body, dict):
        return body
    made = {key: _value(key, one) for key, one in body.items() if key not in _OF_CLIENT}
    items = body.get("input")
    if isinstance(items, str):
        items = [{"role": "user", "content": items}]
    if isinstance(items, list):
        made["input"] = [_item(item) for item in items]
    return {key: one for key, one in made.items() if one is not None}


def _item(item: JsonValue) -> JsonValue:
    """An item of the Responses API: its ``id`` names it in a store, ``call_id`` a call."""
    if not isinstance(item, dict):
        return item
    made = _fields({key: one for key, one in item.items() if key != "id"})
    # A message may leave its type out.
    return {"type": "message", **made} if "role" in made else made


def _value(key: str, value: JsonValue) -> JsonValue:
    if key in ("content", "system") and isinstance(value, str):
        return [{"type": "text", "text": value}]
    if key in _DATA:
        return value
    if isinstance(value, Mapping):
        return _fields(value)
    if isinstance(value, list):
        return [_value("", one) for one in value]
    return value


def _fields(value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _value(key, one)
        for key, one in value.items()
        if one is not None and key != "cache_control" and not (key == "is_error" and one is False)
    }
