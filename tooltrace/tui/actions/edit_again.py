"""What ``e`` acts on at the record of an edit: the same again; and which of two ways is meant.

Nothing here shows anything.
"""

from __future__ import annotations

from tooltrace.core.model import events as e
from tooltrace.core.model.errors import BadCommand
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.edit.message_place import newest_result, read_since
from tooltrace.debugger.view import View
from tooltrace.models.edited_parts import changed_settings
from tooltrace.tui.actions.edit_targets import Target, target_of
from tooltrace.tui.actions.message_targets import standing_target
from tooltrace.tui.actions.request_targets import (
    description_target,
    schema_target,
    setting_target,
    system_target,
)
from tooltrace.tui.rows.selected import Selected

__all__ = ["chooses_model", "edits_again", "stands_or_forks"]

_EDITS = (
    e.SystemEdited,
    e.ToolEdited,
    e.MessageEdited,
    e.MessageAdded,
    e.SettingsChanged,
    e.ContextEdited,
)


def stands_or_forks(view: View, selected: Selected) -> bool:
    """Whether two edits can be meant: a later turn has read what is selected.

    Of the newest result a branch is meant.
    """
    record = None if selected.record is None else view.tree.records.get(selected.record)
    if record is None or not view.tree.is_ancestor(record.id, view.head):
        return False
    s, said = view.snapshot, isinstance(record.event, e.ToolReturned | e.ModelReplied | e.UserSaid)
    return said and read_since(s, record.id) and not newest_result(s, record.id)


def chooses_model(view: View, selected: Selected) -> bool:
    """Whether the selected record is another model from there on."""
    record = None if selected.record is None else view.tree.records.get(selected.record)
    if record is None or not isinstance(record.event, e.SettingsChanged):
        return False
    return bool({"model", "base_url"} & set(changed_settings(view.tree, record)))


def edits_again(view: View, debugger: Debugger, selected: Selected) -> Target | None:
    """The value that the selected edit gave, to be given another; None where it is no edit.

    Raises BadCommand.
    """
    record = None if selected.record is None else view.tree.records.get(selected.record)
    if record is None or not isinstance(record.event, _EDITS):
        return None
    if not view.tree.is_ancestor(record.id, view.head):
        raise BadCommand(f"#{record.id} comes after where you stand: go there first (g)")
    match record.event:
        case e.SystemEdited():
            return system_target(view, debugger)
        case e.ToolEdited(tool=tool, description=told, schema=schema):
            made = schema_target if told is None and schema is not None else description_target
            return made(view, debugger, tool)
        case e.MessageEdited(record=edited):
            return standing_target(view, debugger, edited)
        case e.MessageAdded():
            return standing_target(view, debugger, record.id)
        case e.ContextEdited(key=key):
            return target_of(view, debugger, Selected(context=key))
        case _:
            for name in changed_settings(view.tree, record):
                if name not in ("model", "base_url"):
                    return setting_target(view, debugger, name)
            raise BadCommand(f"#{record.id} changed limits, which are given on the command line")
