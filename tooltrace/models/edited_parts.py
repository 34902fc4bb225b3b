"""Which parts of a request a person edited, and by which record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tooltrace.core.compare.request_parts import RequestPart
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.request_settings import RequestSettings
from tooltrace.models.anthropic.body_settings import settings_body

__all__ = ["Path", "changed_settings", "edited_parts"]

Path = tuple[str | int, ...]
"""Where a part stands in a body."""


def edited_parts(tree: Tree, at: int, parts: Sequence[RequestPart]) -> dict[Path, int]:
    """By the path of a part the record of the last edit that made it what it is.

    ``at`` is the record that the request is made at. KeyError when there is no such record.
    """
    edits = _edits(tree, at)
    found: dict[Path, int] = {}
    for part in parts:
        key = (part.section, "" if part.section == "system" else part.name)
        record = edits.get(key) if part.section != "messages" else _edit_of(tree, part.record)
        if record is not None:
            found[part.path] = record
    return found


def _edit_of(tree: Tree, record: int | None) -> int | None:
    made = tree.records.get(record) if record is not None else None
    if made is None:
        return None
    by_hand = made.source == "edited" and isinstance(
        made.event,
        e.MessageEdited | e.MessageAdded | e.ToolReturned | e.ModelReplied | e.UserSaid,
    )
    return made.id if by_hand else None


def _edits(tree: Tree, at: int) -> dict[tuple[str, str], int | None]:
    """The last edit of the system prompt, of each tool and setting; None where it is taken back."""
    found: dict[tuple[str, str], int | None] = {}
    for record in tree.up(at):
        match record.event:
            case e.SystemEdited(defined=defined):
                found.setdefault(("system", ""), None if defined else record.id)
            case e.ToolEdited(tool=tool, defined=defined):
                found.setdefault(("tools", tool), None if defined else record.id)
            case e.SettingsChanged():
                for name in changed_settings(tree, record):
                    found.setdefault(("settings", name), record.id)
            case _:
                pass
    return found


def changed_settings(tree: Tree, record: e.Record) -> list[str]:
    """The keys of a request's body that a ``settings_changed`` gave another value."""
    event = record.event
    if not isinstance(event, e.SettingsChanged) or record.parent is None:
        return []
    before = tree.snapshot_at(record.parent).settings
    was, now = _body(before), _body(event.settings)
    return [name for name in {**was, **now} if was.get(name) != now.get(name)]


def _body(settings: e.Settings) -> dict[str, Any]:
    options = settings.request or RequestSettings()
    told = settings_body(options, drop_bound_thinking=settings.drop_bound_thinking)
    told |= {"model": settings.model, "max_tokens": settings.max_tokens}
    if settings.base_url is not None:
        told["base_url"] = settings.base_url
    if options.cache is not None:
        told["cache_control"] = list(options.cache)
    for name in ("betas", "server_tools"):
        if value := getattr(options, name):
            told[name] = list(value)
    return told
