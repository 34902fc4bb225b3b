"""Settings of a request by the keys of the Messages API, and where its cache breakpoints stand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tooltrace.core.model.content_blocks import text_block
from tooltrace.core.model.messages import Request
from tooltrace.core.model.request_settings import RequestSettings

__all__ = ["BINDING_BETA", "betas", "mark_cache", "settings_body"]

BINDING_BETA = "thinking-binding-controls-2026-08-01"
"""The beta under which ``thinking.block_binding`` may be sent."""


def settings_body(options: RequestSettings, *, drop_bound_thinking: bool = False) -> dict[str, Any]:
    """What is set for a request, by the keys of its body; ``extra`` comes last, as it is."""
    made: dict[str, Any] = {}
    for name in _PLAIN:
        value = getattr(options, name)
        if value not in (None, ()):
            made[name] = list(value) if isinstance(value, tuple) else value
    if drop_bound_thinking:
        dropping = {"prefix_mismatch_behavior": "drop_block"}
        made["thinking"] = {
            "type": "adaptive",
            **(options.thinking or {}),
            "block_binding": dropping,
        }
    for key, value in options.extra.items():
        ours = made.get(key)
        made[key] = (
            {**ours, **value} if isinstance(ours, dict) and isinstance(value, dict) else value
        )
    if options.effort is not None:
        made["output_config"] = {"effort": options.effort, **made.get("output_config", {})}
    return made


_PLAIN = (
    "temperature",
    "top_p",
    "top_k",
    "stop_sequences",
    "thinking",
    "tool_choice",
    "metadata",
    "service_tier",
)
"""Settings that stand in a body under their own name."""


def betas(request: Request) -> list[str]:
    """The beta features a request names in its header, each once."""
    asked = list(request.options.betas) if request.options else []
    return list(dict.fromkeys([*asked, *([BINDING_BETA] if request.drop_bound_thinking else [])]))


def mark_cache(made: dict[str, Any], places: Iterable[str]) -> None:
    """Put a cache breakpoint on the last block of each place; text alone becomes a block."""
    for place in places:
        if place == "messages":
            holder = made["messages"][-1] if made["messages"] else {}
            key = "content"
        else:
            holder, key = made, place
        blocks = holder.get(key)
        if not blocks:
            continue
        blocks = [text_block(blocks)] if isinstance(blocks, str) else blocks
        holder[key] = [*blocks[:-1], {**blocks[-1], "cache_control": {"type": "ephemeral"}}]
