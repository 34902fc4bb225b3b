"""The part of the registry of keys that says which tool calls are shown, and how."""

from __future__ import annotations

from tooltrace.tui.keys.action import Action, Section

__all__ = ["CALL_ACTIONS"]

_LOOK = Section("Look")
_CALLS = ("calls",)

CALL_ACTIONS: tuple[Action, ...] = (
    Action(
        "filter_calls",
        ("f",),
        "filter",
        "show some tool calls: errors, writes, slow ones, of a tool; or in another order",
        _LOOK,
        panes=_CALLS,
    ),
    Action(
        "time_view",
        ("W",),
        "over time",
        "tool calls, replies and waits as bars over time, and back",
        _LOOK,
        panes=_CALLS,
    ),
    Action(
        "closer", ("+",), "closer", "fewer turns on one axis of the time view", _LOOK, panes=_CALLS
    ),
    Action(
        "farther", ("-",), "farther", "more turns on one axis of the time view", _LOOK, panes=_CALLS
    ),
)
