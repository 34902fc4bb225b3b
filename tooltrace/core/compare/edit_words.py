"""What a person changed by a record, in a few words."""

from __future__ import annotations

from collections.abc import Sequence

from tooltrace.core.compare.edit_steps import edit_step
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e

__all__ = ["edit_words", "edits_named"]

_MOST_NAMED = 4


def edit_words(tree: Tree, record: e.Record) -> str:
    """Such as ``± system prompt``; empty where nobody changed anything by it."""
    match record.event:
        case e.SystemEdited(defined=back):
            return "system prompt as defined" if back else "± system prompt"
        case e.ToolEdited(tool=tool, defined=back):
            return f"tool {tool} as defined" if back else f"± tool {tool}"
        case e.MessageEdited(record=named, content=content):
            return f"{'−' if content is None else '±'} message #{named}"
        case e.MessageAdded(role=role):
            return f"+ message of the {role}"
        case e.SettingsChanged(settings=settings):
            return _settings(tree, record, settings)
        case e.ContextEdited(key=key):
            return f"± context {key}"
        case e.ToolReturned() if record.source == "edited":
            return "± result"
        case e.ModelReplied() if record.source == "edited":
            return "± reply"
        case e.UserSaid() if record.source == "edited":
            return "± what was said"
        case _:
            return ""


def edits_named(tree: Tree, edits: Sequence[int]) -> str:
    """Changes by their records, such as ``the edit #7 (± result)``."""
    named = []
    for number in edits[-_MOST_NAMED:]:
        words = edit_words(tree, tree[number])
        named.append(f"#{number} ({words})" if words else f"#{number}")
    if len(edits) == 1:
        return f"the edit {named[0]}"
    more = f"{len(edits) - len(named)} more, " if len(edits) > len(named) else ""
    return f"the {len(edits)} edits {more}{', '.join(named[:-1])} and {named[-1]}"


def _settings(tree: Tree, record: e.Record, settings: e.Settings) -> str:
    step = edit_step(tree, record)
    names = [] if step is None else [*step[2]]
    if "model" in names:
        return f"± model {settings.model}"
    return f"± {', '.join(names)}" if names else ""
