"""What each setting of a request takes, in words for a person who adds one."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["SETTING_WORDS"]

SETTING_WORDS: Mapping[str, str] = {
    "temperature": "a number from 0 to 1, where the model still takes one",
    "top_p": "a number from 0 to 1, where the model still takes one",
    "top_k": "a whole number",
    "stop_sequences": 'a text that ends a reply, or a list: ["STOP"]',
    "thinking": '{"type": "adaptive"}, or {"type": "enabled", "budget_tokens": 2048}',
    "effort": "low, medium, high, xhigh or max",
    "tool_choice": '{"type": "auto"}, any, none, or {"type": "tool", "name": "…"}',
    "cache": 'where a breakpoint stands: ["tools", "system", "messages"]',
    "betas": 'names of beta features: ["context-1m-2025-08-07"]',
    "metadata": '{"user_id": "…"}',
    "service_tier": "auto or standard_only",
    "server_tools": 'tools that the provider runs: [{"type": "web_search_20250305", "name": "…"}]',
    "extra": "what is newer: NAME=VALUE is put into the body as it is",
}
"""By the names of ``RequestSettings``, in their order."""
