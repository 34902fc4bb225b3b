"""The part of the registry of keys that is about a long text, to read."""

from __future__ import annotations

from tooltrace.tui.keys.action import Action, Section

__all__ = ["PAGER_ACTIONS"]

_PAGER = Section("In a long text", "pager")

PAGER_ACTIONS: tuple[Action, ...] = (
    Action("find_text", ("/", "f3"), "find", "find in the text", _PAGER, True),
    Action("next_found", ("]", "n"), "next", "the next match", _PAGER, True),
    Action("previous_found", ("[", "N"), "previous", "the match before", _PAGER, True),
    Action("next_way", ("v",), "other view", "as JSON, or without escapes", _PAGER, True),
    Action("copy_text", ("y",), "copy", "copy all of it, as shown", _PAGER, True),
    Action("leave_pager", ("escape", "q"), "back", "back", _PAGER, True),
)
