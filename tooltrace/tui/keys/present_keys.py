"""The part of the registry of keys that is for an audience: beats, and the stage."""

from __future__ import annotations

from tooltrace.tui.keys.action import Action, Section
from tooltrace.tui.keys.conditions import can_go_back, can_step

__all__ = ["PRESENT_ACTIONS"]

_GO, _BACK, _LOOK = Section("Go on"), Section("Go back"), Section("Look")

PRESENT_ACTIONS: tuple[Action, ...] = (
    Action(
        "next_beat",
        ("space",),
        "next",
        "to the next beat: a call with its result, a transition, the end",
        _GO,
        when=can_step,
    ),
    Action(
        "beat_back", ("backspace",), "back", "one beat back; nothing runs", _BACK, when=can_go_back
    ),
    Action(
        "autoplay",
        ("a",),
        "play",
        "go from beat to beat by itself; + and - set the pace, any other key stops it",
        _GO,
    ),
    Action("present", ("P",), "present", "the stage for an audience, and the panes again", _LOOK),
    Action("show_keys", ("K",), "show keys", "show on the stage which keys are pressed", _LOOK),
)
