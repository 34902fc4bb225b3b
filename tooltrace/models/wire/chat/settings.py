"""The settings of Chat Completions that the Messages API has as well, under other names.

Source: ``types/chat/completion_create_params.py`` of the official SDK (openai 3.57). ``max_tokens``
is the old name of ``max_completion_tokens``; ``parallel_tool_calls`` is true where nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["KNOWN", "read_settings", "write_settings"]

_SAME = ("temperature", "top_p", "stream")
_LIMITS = ("max_completion_tokens", "max_tokens")
KNOWN = frozenset({*_SAME, *_LIMITS, "stop", "tool_choice", "parallel_tool_calls"})

_CHOICES = {"auto": "auto", "none": "none", "required": "any"}
_WORDS = {ours: theirs for theirs, ours in _CHOICES.items()}


def read_settings(body: Mapping[str, Any]) -> dict[str, Any]:
    """What of a body is one of the shared settings, named as these are."""
    settings = {name: body[name] for name in _SAME if name in body}
    limits = [body[name] for name in _LIMITS if body.get(name) is not None]
    if limits:
        settings["max_tokens"] = limits[0]
    match body.get("stop"):
        case str() as stop:
            settings["stop_sequences"] = [stop]
        case list() as stop:
            settings["stop_sequences"] = stop
    choice, one_at_a_time = body.get("tool_choice"), body.get("parallel_tool_calls") is False
    if choice is None and one_at_a_time:
        choice = "auto"
    if read := _choice(choice):
        alone = {"disable_parallel_tool_use": True} if one_at_a_time else {}
        settings["tool_choice"] = read if read["type"] == "none" else {**read, **alone}
    return settings


def _choice(choice: object) -> dict[str, Any] | None:
    match choice:
        case "auto" | "none" | "required":
            return {"type": _CHOICES[choice]}
        case {"type": "function", "function": {"name": str(name)}}:
            return {"type": "tool", "name": name}
        case _:
            return None


def write_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as a body of this API has them."""
    made = {name: settings[name] for name in _SAME if name in settings}
    if "max_tokens" in settings:
        made["max_completion_tokens"] = settings["max_tokens"]
    if "stop_sequences" in settings:
        made["stop"] = settings["stop_sequences"]
    choice = settings.get("tool_choice")
    match choice:
        case {"type": "auto" | "any" | "none" as kind}:
            made["tool_choice"] = _WORDS[kind]
        case {"type": "tool", "name": name}:
            made["tool_choice"] = {"type": "function", "function": {"name": name}}
    if isinstance(choice, dict) and choice.get("disable_parallel_tool_use"):
        made["parallel_tool_calls"] = False
    return made
