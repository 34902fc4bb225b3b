"""What each setting of a request takes, in words for a person who adds one."""

from __future__ import annotations

from collections.abc import Mapping

from tooltrace.core.model.request_settings import CACHE_PLACES, EFFORTS, RANGES
from tooltrace.core.text.exact_json import plain

__all__ = ["SETTING_WORDS"]


def _range(name: str) -> str:
    least, most = RANGES[name]
    return f"a number from {least} to {most}, where the model still takes one"


SETTING_WORDS: Mapping[str, str] = {
    "temperature": _range("temperature"),
    "top_p": _range("top_p"),
    "top_k": "a whole number",
    "stop_sequences": 'a text that ends a reply, or a list: ["STOP"]',
    "thinking": '{"type": "adaptive"}, or {"type": "enabled", "budget_tokens": 2048}',
    "effort": f"{', '.join(EFFORTS[:-1])} or {EFFORTS[-1]}",
    "tool_choice": '{"type": "auto"}, any, none, or {"type": "tool", "name": "…"}',
    "cache": f"where a breakpoint stands, at Anthropic: {plain(list(CACHE_PLACES))}",
    "betas": 'names of beta features, at Anthropic: ["context-1m-2025-08-07"]',
    "metadata": '{"user_id": "…"}; at OpenAI any names',
    "service_tier": "auto or standard_only; at OpenAI auto, default, flex or priority",
    "server_tools": 'tools that the provider runs: [{"type": "web_search_20250305", "name": "…"}]',
    "extra": "what is newer: NAME=VALUE is put into the body as it is",
}
"""By the names of ``RequestSettings``, in their order."""
