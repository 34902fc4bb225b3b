"""What a person changed by a record, in a few words."""

from __future__ import annotations

from tooltrace.core.compare.edit_steps import edit_step
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e

__all__ = ["edit_words"]


def edit_words(tree: Tree, record: e.Record) -> str:
    """Such as ``✎ system prompt``; empty where nobody changed anything by it."""
    match record.event:
        case e.SystemEdited(defined=back):
            return "system prompt as defined" if back else "✎ system prompt"
        case e.ToolEdited(tool=tool, defined=back):
            return f"tool {tool} as defined" if back else f"✎ tool {tool}"
        case e.MessageEdited(record=named, content=content):
            return f"{'−' if content is None else '✎'} message #{named}"
        case e.MessageAdded(role=role):
            return f"+ message of the {role}"
        case e.SettingsChanged(settings=settings):
            return _settings(tree, record, settings)
        case e.ContextEdited(key=key):
            return f"✎ context {key}"
        case e.ToolReturned() if record.source == "edited":
            return "✎ result"
        case e.ModelReplied() if record.source == "edited":
            return "✎ reply"
        case e.UserSaid() if record.source == "edited":
            return "✎ what was said"
        case _:
            return ""


def _settings(tree: Tree, record: e.Record, settings: e.Settings) -> str:
    step = edit_step(tree, record)
    names = [] if step is None else [*step[2]]
    if "model" in names:
        return f"✎ model {settings.model}"
    return f"✎ {', '.join(names)}" if names else ""
