"""What a completion says it used, as the Messages API counts it.

Source: ``types/completion_usage.py`` of the official SDK (openai 3.57). There tokens read from a
cache, and those written to it, are among those of the prompt; here they are counted beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tooltrace.models.wire.chat.content import NAME
from tooltrace.models.wire.rest import Piece

__all__ = ["USAGE"]

_CACHED = {
    "cache_read_input_tokens": "cached_tokens",
    "cache_creation_input_tokens": "cache_write_tokens",
}


def _read(usage: Mapping[str, Any]) -> dict[str, Any]:
    prompt, out = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    cached = [_detail(usage, "prompt_tokens_details", name) for name in _CACHED.values()]
    thought = _detail(usage, "completion_tokens_details", "reasoning_tokens")
    made: dict[str, Any] = {}
    if prompt is not None:
        made["input_tokens"] = max(0, prompt - sum(one or 0 for one in cached))
    made |= {name: one for name, one in zip(_CACHED, cached, strict=True) if one is not None}
    if out is not None:
        made["output_tokens"] = out
    if thought is not None:
        made["output_tokens_details"] = {"thinking_tokens": thought}
    return made


def _write(usage: Mapping[str, Any]) -> dict[str, Any]:
    cached = {theirs: _count(usage.get(ours)) for ours, theirs in _CACHED.items()}
    fresh, out = _count(usage.get("input_tokens")), _count(usage.get("output_tokens"))
    thought = _detail(usage, "output_tokens_details", "thinking_tokens")
    made: dict[str, Any] = {}
    prompt = (fresh or 0) + sum(one or 0 for one in cached.values())
    if fresh is not None:
        made["prompt_tokens"] = prompt
    if out is not None:
        made["completion_tokens"] = out
    if fresh is not None and out is not None:
        made["total_tokens"] = prompt + out
    if details := {name: one for name, one in cached.items() if one is not None}:
        made["prompt_tokens_details"] = details
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
