"""Keys of the editor of a value: rows of the registry of keys."""

from __future__ import annotations

from tooltrace.tui.keys.action import Action, Section

__all__ = ["EDITOR_ACTIONS"]

_EDITOR = Section("In the editor", "editor")

EDITOR_ACTIONS: tuple[Action, ...] = (
    Action("accept", ("ctrl+s", "f2"), "accept", "take the value", _EDITOR, True),
    Action("as_text", ("ctrl+t",), "text", "JSON or plain text", _EDITOR, True),
    Action("external", ("f4",), "$EDITOR", "go on in $EDITOR", _EDITOR, True),
    Action("undo_typing", ("ctrl+z",), "undo", "take back what was typed", _EDITOR, True),
    Action("redo_typing", ("ctrl+y",), "redo", "type it again", _EDITOR, True),
    Action("select_everything", ("f7",), "all", "mark all of the text", _EDITOR, True),
    Action("cancel", ("escape",), "cancel", "leave; twice if changed", _EDITOR, True),
)
