"""What happened to a run, as sentences: it began, changed state, was forked, met a limit, ended."""

from __future__ import annotations

from tooltrace.core.caption.words import (
    Word,
    Words,
    listed,
    name,
    pair,
    quoted_text,
    said,
    sentence,
)
from tooltrace.core.compare.json_diff import same
from tooltrace.core.decide.budgets import dollars, grant_words
from tooltrace.core.model import events as e
from tooltrace.core.model.snapshot import Snapshot

__all__ = ["began", "finished", "forked", "moved", "restored", "spoke", "unknown", "went_on"]

Before = Snapshot | None

_MOST_SAVED = 3
_ENDS = {
    "completed": "completed",
    "failed": "failed",
    "stuck": "ended as it was stuck",
    "limit": "ended at a limit",
    "paused": "was paused",
    "error": "ended with an error",
}


def began(record: e.Record, event: e.RunStarted, before: Before, after: Snapshot) -> Words:
    """A run began."""
    again = "Another run" if before is not None else "A run"
    state = sentence(" in state ", name(after.state)) if after.state else ()
    model = sentence("; its model is ", name(event.settings.model))
    return sentence(f"{again} of ", name(event.workflow.name), " began", state, model, ".")


def spoke(record: e.Record, event: e.UserSaid, before: Before, after: Snapshot) -> Words:
    """A person's message."""
    if not event.text.strip():
        return sentence("The person gave the model an empty message.")
    return sentence("The person said ", quoted_text(event.text), ".")


def moved(record: e.Record, event: e.Transitioned, before: Before, after: Snapshot) -> Words:
    """The workflow changed its state, or what it keeps."""
    source = before.state if before is not None else None
    way = sentence("from ", name(source), " to ", name(event.to)) if source else _to(event)
    if record.source == "forced":
        reason = sentence(": ", said(event.reason)) if event.reason else ()
        return sentence("A person forced the workflow ", way, reason, ".")
    if event.row is None and event.reason:
        return sentence("The workflow went ", way, " because ", said(event.reason), ".")
    found = _saved(before, after)
    saved = sentence(" and saved ", found) if found else ()
    if source == event.to:
        return sentence("The workflow stayed in ", name(event.to), saved, ".")
    return sentence("The workflow went ", way, saved, ".")


def _to(event: e.Transitioned) -> Words:
    return sentence("to ", name(event.to))


def _saved(before: Before, after: Snapshot) -> Words:
    old = {} if before is None else before.context
    changed: list[Word] = [
        pair(key, content)
        for key, content in after.context.items()
        if key not in old or not same(old[key], content)
    ]
    return listed(changed, _MOST_SAVED)


def went_on(record: e.Record, event: e.WentOn, before: Before, after: Snapshot) -> Words:
    """A person let the run go on past a limit or a verdict."""
    if event.past == "stuck":
        return sentence("A person let the run go on although it was stuck.")
    more = [] if before is None else grant_words(before, event)
    granted = f" with {', '.join(more)}" if more else ""
    return sentence(f"A person let the run go on past its limit{granted}.")


def forked(record: e.Record, event: e.Forked, before: Before, after: Snapshot) -> Words:
    """A branch was begun on purpose."""
    return sentence("The branch ", name(event.branch), " began here.")


def restored(record: e.Record, event: e.WorldRestored, before: Before, after: Snapshot) -> Words:
    """The world was put back."""
    world = name(event.world[:12])
    return sentence("What the tools act on was put back as it was in snapshot ", world, ".")


def finished(record: e.Record, event: e.RunFinished, before: Before, after: Snapshot) -> Words:
    """The run ended, and what it took."""
    state = sentence(" in state ", name(after.state)) if after.state else ()
    why = sentence(": ", said(event.why, 60)) if event.why else ()
    took = [_count(after.turn, "model turn"), _count(after.tool_calls, "tool call")]
    took += [dollars(after.usage.cost)] if after.usage.priced and not after.usage.least else []
    ended = _ENDS.get(event.outcome, "ended")
    return sentence(f"The run {ended}", state, f" after {_and(took)}", why, ".")


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _and(parts: list[str]) -> str:
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def unknown(record: e.Record, event: e.Event, before: Before, after: Snapshot) -> Words:
    """A record that means nothing to this version."""
    if not isinstance(event, e.Unknown):
        return sentence("The record ", name(event.name), " was written; it changed nothing.")
    why = event.problem or "this version does not know it"
    return sentence("The record ", name(event.type), " was skipped: ", said(why), ".")
