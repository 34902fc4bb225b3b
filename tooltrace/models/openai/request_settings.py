"""Settings of a request as OpenAI's protocols name them, and those that they do not take.

The words are those of ``openai/types`` in the official Python SDK, 3.57.0. What is newer than we
are goes by ``extra``, as it is.
"""

from __future__ import annotations

import re
from typing import Any

from tooltrace.core.model.request_settings import RequestSettings
from tooltrace.models.openai.host import Host

__all__ = ["chat_refused", "chat_settings", "responses_refused", "responses_settings"]

_SEALED = "reasoning.encrypted_content"
_UNTHINKING = re.compile(r"(^|/)(gpt-3|gpt-4|chatgpt|gpt-5-chat)")
"""Models of OpenAI that do not reason, and refuse to be asked for what they thought."""
_OPENAI = re.compile(r"(^|/)(gpt-|o\d|codex|chatgpt|ft:)")


def chat_settings(
    made: dict[str, Any], model: str, options: RequestSettings, host: Host
) -> dict[str, Any]:
    """A body of Chat Completions with what else is set.

    Another host than OpenAI's is told the limit of a reply by its old name, which all of them know:
    some leave the new one unread (ollama/ollama#7125).
    """
    if not host.official:
        made = {("max_tokens" if k == "max_completion_tokens" else k): v for k, v in made.items()}
    more: dict[str, Any] = {"top_k": options.top_k} if options.top_k is not None else {}
    if options.effort is not None:
        more["reasoning_effort"] = options.effort
    return _with(made, {**more, **_shared(options)}, options)


def responses_settings(
    made: dict[str, Any], model: str, options: RequestSettings, host: Host
) -> dict[str, Any]:
    """A body of the Responses API with what else is set.

    Nothing is stored there: all of a conversation goes with each request, and what a model of
    OpenAI's thought comes sealed, so that it can go back.
    """
    more: dict[str, Any] = {"store": False}
    if _OPENAI.search(model) and not _UNTHINKING.search(model):
        more["include"] = [_SEALED]
    if options.effort is not None:
        more["reasoning"] = {"effort": options.effort}
    return _with(made, {**more, **_shared(options)}, options)


def _shared(options: RequestSettings) -> dict[str, Any]:
    given = {"metadata": options.metadata, "service_tier": options.service_tier}
    return {name: value for name, value in given.items() if value is not None}


def _with(made: dict[str, Any], more: dict[str, Any], options: RequestSettings) -> dict[str, Any]:
    body = {**made, **more}
    if options.server_tools:
        body["tools"] = [*body.get("tools", ()), *options.server_tools]
    for key, value in options.extra.items():
        ours = body.get(key)
        both = isinstance(ours, dict) and isinstance(value, dict)
        body[key] = {**ours, **value} if both else value  # type: ignore[dict-item]
    return body


def chat_refused(options: RequestSettings, host: Host) -> list[str]:
    """The settings that a server of Chat Completions does not take, and why, one line each."""
    refused = _refused(options, "reasoning_effort")
    if options.top_k is not None and host.official:
        refused.append("top_k: OpenAI does not take it")
    return refused


def responses_refused(options: RequestSettings, host: Host) -> list[str]:
    """The settings that the Responses API does not take, and why, one line each."""
    refused = _refused(options, "reasoning")
    if options.top_k is not None:
        refused.append("top_k: the Responses API does not take it")
    if options.stop_sequences:
        refused.append("stop_sequences: the Responses API does not take them")
    return refused


def _refused(options: RequestSettings, reasoning: str) -> list[str]:
    refused = []
    if options.thinking is not None:
        refused.append(f"thinking: it is Anthropic's; use effort, or extra.{reasoning}")
    if options.cache:
        refused.append("cache: it is Anthropic's; here prompts are cached by themselves")
    if options.betas:
        refused.append("betas: they are Anthropic's")
    return refused
