"""Settings that the Messages API is known to refuse, found before a request is sent.

What is known is from the API's own pages (https://docs.claude.com/en/api/versioning,
https://docs.claude.com/en/docs/build-with-claude/extended-thinking): version 2026-10-21, which the
SDK speaks from 2.0 on, takes no ``temperature``, ``top_p`` or ``top_k``; some models always think,
and take no forced tool while they do. Whatever is not known here is sent as it is.
"""

from __future__ import annotations

import re

from tooltrace.core.model.request_settings import RequestSettings

__all__ = ["refused_settings"]

_GONE = ("temperature", "top_p", "top_k")
_ALWAYS_THINK = re.compile(r"claude-(?:opus|sonnet)-5-5(?:-\d{8})?")
_FORCED = ("any", "tool")


def refused_settings(options: RequestSettings | None, model: str, official: bool) -> str | None:
    """Why the API would refuse what is set for a request to a model; None when it would not.

    Only the ``official`` API's rules are known: another server may take what it does not.
    """
    if options is None or not official:
        return None
    for name in _GONE:
        if getattr(options, name) is not None:
            return f"{name} is set, which the API has not taken since its version 2026-10-21"
    if not _ALWAYS_THINK.fullmatch(model):
        return None
    thinking = (options.thinking or {}).get("type")
    if thinking == "disabled":
        return f"thinking is set to disabled, and {model} always thinks"
    choice = (options.tool_choice or {}).get("type")
    if choice in _FORCED:
        return f"tool_choice is set to {choice}, which {model} refuses, as it always thinks"
    return None
