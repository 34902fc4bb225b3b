"""What a person changed, and what a replay met, as sentences."""

from __future__ import annotations

from msgspec.structs import asdict

from tooltrace.core.caption.words import (
    Word,
    Words,
    listed,
    name,
    quoted_text,
    sentence,
    value,
)
from tooltrace.core.model import events as e
from tooltrace.core.model.content_blocks import content_text
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.text.exact_json import JsonValue

__all__ = [
    "accepted",
    "context_edited",
    "diverged",
    "message_added",
    "message_edited",
    "settings_changed",
    "system_edited",
    "tool_edited",
    "workflow_changed",
]

Before = Snapshot | None

_SETTINGS = {
    "model": "the model",
    "base_url": "the server",
    "max_tokens": "the tokens of a reply",
    "placement": "where the state prompt stands",
    "max_turns": "the most turns",
    "token_budget": "the tokens in all",
    "cost_budget": "the dollars in all",
    "attempts": "the attempts at a request",
    "result_limit": "the bytes of a result",
}


def context_edited(
    record: e.Record, event: e.ContextEdited, before: Before, after: Snapshot
) -> Words:
    """One value of the context."""
    was = None if before is None else before.context.get(event.key)
    changed = sentence(name(event.key), " from ", value(was), " to ", value(event.value))
    return sentence("A person changed the context: ", changed, ".")


def settings_changed(
    record: e.Record, event: e.SettingsChanged, before: Before, after: Snapshot
) -> Words:
    """How the run goes on."""
    old = asdict(e.Settings() if before is None else before.settings)
    new = asdict(event.settings)
    parts = [_setting(key, old[key], new[key]) for key in new if old[key] != new[key]]
    if not parts:
        return sentence("A person left the settings of the run as they were.")
    return sentence("A person changed ", listed(parts, 3), ".")


def _setting(key: str, was: object, now: object) -> Words:
    told = _SETTINGS.get(key)
    if told is None or not isinstance(was, _PLAIN) or not isinstance(now, _PLAIN):
        return sentence("the settings of requests" if key == "request" else name(key))
    return sentence(f"{told} from ", _limit(was), " to ", _limit(now))


_PLAIN = str | int | float | None


def _limit(setting: str | float | None) -> Word:
    return ("unset", "value") if setting is None else value(setting)


def workflow_changed(
    record: e.Record, event: e.WorkflowChanged, before: Before, after: Snapshot
) -> Words:
    """Another definition."""
    where = sentence(" from ", name(event.ref)) if event.ref else ()
    state = after.state if before is not None and before.state != after.state else None
    moved = sentence(", now in state ", name(state)) if state is not None else ()
    what = name(event.workflow.name)
    return sentence("The run went on under another definition of ", what, where, moved, ".")


def system_edited(
    record: e.Record, event: e.SystemEdited, before: Before, after: Snapshot
) -> Words:
    """The system prompt."""
    if event.defined:
        return sentence("A person put the system prompt back to what the workflow says.")
    text = event.system or content_text(event.blocks)
    told = sentence(": ", quoted_text(text)) if text.strip() else " to nothing"
    return sentence("A person changed the system prompt", told, ".")


def tool_edited(record: e.Record, event: e.ToolEdited, before: Before, after: Snapshot) -> Words:
    """What the model is told of a tool."""
    tool = name(event.tool)
    if _odd(record, before, after):
        return sentence("A record edits the tool ", tool, ", which is not there: ignored.")
    if event.defined:
        return sentence("The model is told of ", tool, " what the workflow says again.")
    what = [told for told, new in _told(event) if new is not None]
    return sentence("A person changed ", " and ".join(what) or "nothing", " of ", tool, ".")


def _told(event: e.ToolEdited) -> tuple[tuple[str, object], ...]:
    return ("the description", event.description), ("the arguments' schema", event.schema)


def message_edited(
    record: e.Record, event: e.MessageEdited, before: Before, after: Snapshot
) -> Words:
    """A message of the conversation so far."""
    which = f"message #{event.record}"
    if _odd(record, before, after):
        return sentence(f"A record edits {which}, which is not in the conversation: ignored.")
    if event.content is None:
        return sentence(f"A person took {which} out of the conversation.")
    return sentence(f"A person changed {which} to ", _content(event.content), ".")


def message_added(
    record: e.Record, event: e.MessageAdded, before: Before, after: Snapshot
) -> Words:
    """A message that nobody said."""
    where = f"behind #{event.after}" if event.after else "before all others"
    if _odd(record, before, after):
        return sentence(f"A record adds a message {where}, which is not there: ignored.")
    whose = "user's" if event.role == "user" else "model's"
    told = sentence(": ", _content(event.content))
    return sentence(f"A person added a {whose} message {where}", told, ".")


def _content(blocks: JsonValue) -> Word:
    text = content_text(blocks)
    return quoted_text(text) if text.strip() else value(blocks)


def _odd(record: e.Record, before: Before, after: Snapshot) -> bool:
    """Whether the fold could do nothing with a record and said so."""
    if before is not None and after.problems is before.problems:
        return False
    return bool(after.problems) and after.problems[-1].startswith(f"#{record.id} ")


def diverged(record: e.Record, event: e.Diverged, before: Before, after: Snapshot) -> Words:
    """A replay met something else."""
    sides = {"recorded": "was not recorded", "now": "is missing now"}
    where = sentence(name(event.what), ": ", name(event.field))
    if event.missing:
        return sentence("The replay met another ", where, f" {sides[event.missing]}.")
    then, now = value(event.recorded), value(event.now)
    if then == now:
        return sentence("The replay met another ", where, " differs.")
    return sentence("The replay met another ", where, " was ", then, " and is ", now, ".")


def accepted(
    record: e.Record, event: e.DivergenceAccepted, before: Before, after: Snapshot
) -> Words:
    """Somebody went on past a divergence."""
    found = None if before is None else before.diverged
    what = sentence(" in ", name(found.field)) if found is not None else ()
    return sentence("A person accepted the difference", what, " and let the replay go on.")
