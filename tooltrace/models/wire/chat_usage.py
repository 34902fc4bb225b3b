"""What a completion says it used, as the Messages API counts it.

Source: platform.openai.com/docs/api-reference/chat/object. There tokens read from a cache are among
those of the prompt, here they are counted beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tooltrace.models.wire.chat_content import NAME
from tooltrace.models.wire.rest import Piece

__all__ = ["USAGE"]

_CACHED = ("cache_read_input_tokens", "cache_creation_input_tokens")


def _read(usage: Mapping[str, Any]) -> dict[str, Any]:
    prompt, out = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    cached = _detail(usage, "prompt_tokens_details", "cached_tokens")
    thought = _detail(usage, "completion_tokens_details", "reasoning_tokens")
    made: dict[str, Any] = {}
    if prompt is not None:
        made["input_tokens"] = max(0, prompt - (cached or 0))
    if cached is not None:
        made["cache_read_input_tokens"] = cached
    if out is not None:
        made["output_tokens"] = out
    if thought is not None:
        made["output_tokens_details"] = {"thinking_tokens": thought}
    return made


def _write(usage: Mapping[str, Any]) -> dict[str, Any]:
    cached = [_count(usage.get(name)) for name in _CACHED]
    fresh, out = _count(usage.get("input_tokens")), _count(usage.get("output_tokens"))
    thought = _detail(usage, "output_tokens_details", "thinking_tokens")
    made: dict[str, Any] = {}
    prompt = (fresh or 0) + sum(one or 0 for one in cached)
    if fresh is not None:
        made["prompt_tokens"] = prompt
    if out is not None:
        made["completion_tokens"] = out
    if fresh is not None and out is not None:
        made["total_tokens"] = prompt + out
    if cached[0] is not None:
        made["prompt_tokens_details"] = {"cached_tokens": cached[0]}
    if thought is not None:
        made["completion_tokens_details"] = {"reasoning_tokens": thought}
    return made


def _detail(usage: Mapping[str, Any], group: str, name: str) -> int | None:
    details = usage.get(group)
    return _count(details.get(name)) if isinstance(details, dict) else None


def _count(value: object) -> int | None:
    return value if type(value) is int else None


USAGE = Piece(
    NAME,
    _read,
    _write,
    frozenset(
        {"prompt_tokens", "completion_tokens", "total_tokens"}
        | {"prompt_tokens_details", "completion_tokens_details"}
    ),
)
"""The ``usage`` of a completion; details that are not counted here stay beside it."""
