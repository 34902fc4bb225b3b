"""Edits of what a model is asked, as steps of a transcript: by their place in the conversation.

The record that an edit names has another number wherever the same was done again, hence places.
"""

from __future__ import annotations

from typing import Any

from msgspec import to_builtins

from tooltrace.core.fold.fold_edits import message_records
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.block_data import abridged
from tooltrace.core.model.messages import Results
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.text.exact_json import JsonValue

__all__ = ["Content", "edit_step"]

Content = tuple[str, str, dict[str, JsonValue]]
"""Kind, name and content of a step."""


def edit_step(tree: Tree, record: e.Record) -> Content | None:
    """What a step says of an edit; None for what is no edit of a request."""
    match record.event:
        case e.SystemEdited(defined=True) | e.ToolEdited(defined=True) as event:
            name = event.tool if isinstance(event, e.ToolEdited) else ""
            return event.name, name, {"as_defined": True}
        case e.SystemEdited(system=system, blocks=blocks):
            return "system_edited", "", {"system": [*blocks] or system}
        case e.ToolEdited(tool=tool, description=description, schema=schema):
            told = {"description": description, "schema": schema}
            return "tool_edited", tool, {k: v for k, v in told.items() if v is not None}
        case e.MessageEdited(record=named, content=content, is_error=failed):
            said = {"content": abridged(content), **({"is_error": True} if failed else {})}
            return "message_edited", _place(_before(tree, record), named), said
        case e.MessageAdded(after=after, role=role, content=content):
            where = "the front" if not after else _place(_before(tree, record), after)
            return "message_added", where, {"role": role, "content": abridged(content)}
        case e.SettingsChanged(settings=settings):
            return "settings", "", _changed(_before(tree, record), settings)
        case _:
            return None


def _before(tree: Tree, record: e.Record) -> Snapshot:
    return tree.snapshot_at(record.id if record.parent is None else record.parent)


def _place(s: Snapshot, named: int) -> str:
    for at in range(len(s.messages) - 1, -1, -1):
        message = s.messages[at]
        records = message_records(message)
        if named in records:
            which = f", result {records.index(named)}" if isinstance(message, Results) else ""
            return f"message {at}{which}"
    return "no message"


def _changed(s: Snapshot, settings: e.Settings) -> dict[str, JsonValue]:
    was, now = _flat(s.settings), _flat(settings)
    return {name: now.get(name) for name in {**was, **now} if was.get(name) != now.get(name)}


def _flat(settings: e.Settings) -> dict[str, Any]:
    """All settings by name, those of requests among them."""
    told: dict[str, Any] = to_builtins(settings)
    return told | (told.pop("request", None) or {})
