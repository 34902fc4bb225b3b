"""The keys of the line in which one finds; rows of the registry."""

from __future__ import annotations

from tooltrace.tui.keys.action import Action, Section

__all__ = ["FIND_ACTIONS"]

_FIND = Section("In the line that finds", "find")

FIND_ACTIONS: tuple[Action, ...] = (
    Action("find_take", ("enter",), "stay", "stay at what was found", _FIND, True),
    Action("find_on", ("down",), "next", "to the next match", _FIND, True),
    Action("find_back", ("up",), "previous", "to the match before", _FIND, True),
    Action("find_regex", ("ctrl+r",), "regex", "a regular expression, or plain text", _FIND, True),
    Action("find_case", ("ctrl+t",), "case", "mind capitals, or not", _FIND, True),
    Action("find_everywhere", ("tab",), "panes", "in all panes, or in this one", _FIND, True),
    Action("find_leave", ("escape",), "back", "leave it, back to where one was", _FIND, True),
)
