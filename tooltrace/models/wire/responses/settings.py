"""The settings of a request that the Responses API shares with the Messages API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["SHARED", "read_settings", "written_settings"]

SHARED = {
    "max_output_tokens": "max_tokens",
    "temperature": "temperature",
    "top_p": "top_p",
    "stream": "stream",
}
"""Its fields, and what they are called in the form."""

_MODES = {"auto": "auto", "required": "any", "none": "none"}
_CHOICES = {mode: choice for choice, mode in _MODES.items()}


def read_settings(body: Mapping[str, Any]) -> dict[str, Any]:
    """The settings in a body; a field of another shape, or null, is none of them."""
    settings: dict[str, Any] = {}
    for field, name in SHARED.items():
        value = body.get(field)
        if isinstance(value, bool) if field == "stream" else _number(value):
            settings[name] = value
    choice = _read_choice(body.get("tool_choice"))
    if body.get("parallel_tool_calls") is False and choice != {"type": "none"}:
        choice = {**(choice or {"type": "auto"}), "disable_parallel_tool_use": True}
    return {**settings, **({"tool_choice": choice} if choice else {})}


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _read_choice(choice: object) -> dict[str, Any] | None:
    match choice:
        case "auto" | "required" | "none":
            return {"type": _MODES[choice]}
        case {"type": "function" | "custom", "name": str() as name}:
            return {"type": "tool", "name": name}
        case _:
            return None


def written_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a body for settings; those that it has no field for are left out."""
    fields = {f: settings[name] for f, name in SHARED.items() if name in settings}
    choice = settings.get("tool_choice")
    match choice:
        case {"type": "auto" | "any" | "none" as mode}:
            fields["tool_choice"] = _CHOICES[mode]
        case {"type": "tool", "name": str() as name}:
            fields["tool_choice"] = {"type": "function", "name": name}
    if isinstance(choice, dict) and choice.get("disable_parallel_tool_use"):
        fields["parallel_tool_calls"] = False
    return fields
