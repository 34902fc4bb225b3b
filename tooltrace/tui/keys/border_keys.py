"""The part of the registry of keys that moves the borders between the panes."""

from __future__ import annotations

from tooltrace.tui.keys.action import Action, Section

__all__ = ["BORDER_ACTIONS"]

_LOOK = Section("Look")

BORDER_ACTIONS: tuple[Action, ...] = (
    Action("border_left", ("shift+left",), "border left", "move the border beside it left", _LOOK),
    Action(
        "border_right", ("shift+right",), "border right", "move the border beside it right", _LOOK
    ),
    Action("border_up", ("shift+up",), "border up", "move the border below or above it up", _LOOK),
    Action(
        "border_down",
        ("shift+down",),
        "border down",
        "move the border below or above it down",
        _LOOK,
    ),
    Action("even_out", ("=",), "even out", "give all panes their own sizes again", _LOOK),
)
