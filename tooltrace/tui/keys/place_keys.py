"""The part of the registry of keys that goes to the next place of a kind."""

from __future__ import annotations

from tooltrace.tui.keys.action import Action, Section
from tooltrace.tui.keys.conditions import can_change, has_bookmarks, idle

__all__ = ["PLACE_ACTIONS"]

_LOOK = Section("Look")

PLACE_ACTIONS: tuple[Action, ...] = (
    Action(
        "bookmark",
        ("m",),
        "bookmark",
        "bookmark the selected record, or take it off",
        _LOOK,
        when=can_change,
    ),
    Action(
        "bookmarks",
        ("'",),
        "bookmarks",
        "list the bookmarks, jump to one",
        _LOOK,
        when=has_bookmarks,
    ),
    Action(
        "next_bookmark", ("}",), "next bookmark", "to the next bookmark", _LOOK, when=has_bookmarks
    ),
    Action(
        "previous_bookmark",
        ("{",),
        "previous bookmark",
        "to the bookmark before",
        _LOOK,
        when=has_bookmarks,
    ),
    Action(
        "next_error",
        ("!",),
        "next error",
        "to the next failed call or request of the branch",
        _LOOK,
        when=idle,
    ),
    Action(
        "next_write",
        ("*",),
        "next write",
        "to the next result of a tool that writes",
        _LOOK,
        when=idle,
    ),
    Action("next_state", (">",), "next state", "to the next transition", _LOOK, when=idle),
)
