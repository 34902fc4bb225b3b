"""Settings that the Messages API is known to refuse, found before a request is sent.

What is known is from the API's own pages (https://docs.claude.com/en/api/versioning,
https://docs.claude.com/en/docs/build-with-claude/extended-thinking): version 2026-10-21, which the
SDK speaks from 2.0 on, takes no ``temperature``, ``top_p`` or ``top_k``; some models always think,
and take no forced tool while they do. Whatever is not known here is sent as it is.

Behind another address may be a proxy in front of the API, or a server of its own. The model tells
them apart: one with a name of Anthropic's is refused the same there, before the proxy's API does.
"""

from __future__ import annotations

import re

from tooltrace.core.model.request_settings import RequestSettings

__all__ = ["refused_settings"]

_OWN = re.compile(r"(?:anthropic[/.])?claude-")
"""How the names of Anthropic's models begin, here and at proxies."""
_GONE = ("temperature", "top_p", "top_k")
_ALWAYS_THINK = re.compile(r"claude-(?:opus|sonnet)-5-5(?:-\d{8})?")
_FORCED = ("any", "tool")


def refused_settings(options: RequestSettings | None, model: str, official: bool) -> str | None:
    """Why the API would refuse what is set for a request to a model; None when it would not.

    The rules are those of the ``official`` API, and of Anthropic's models wherever they are asked:
    another server may take for its own models what they do not.
    """
    if options is None or not (official or _OWN.match(model)):
        return None
    for name in _GONE:
        if getattr(options, name) is not None:
            there = "" if official else f" (extra.{name} sends it to a server that takes it)"
            return f"{name} is set, which the API has not taken since its version 2026-10-21{there}"
    model = model.rpartition("/")[2]
    if not _ALWAYS_THINK.fullmatch(model):
        return None
    thinking = (options.thinking or {}).get("type")
    if thinking == "disabled":
        return f"thinking is set to disabled, and {model} always thinks"
    choice = (options.tool_choice or {}).get("type")
    if choice in _FORCED:
        return f"tool_choice is set to {choice}, which {model} refuses, as it always thinks"
    return None
