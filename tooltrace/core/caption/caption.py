"""Say in two sentences what a record did, and why the next thing follows from it.

Pure, and total for whatever a file holds. Made of the record and the snapshots around it alone, so
that the same record reads the same wherever it is told: under the panes, in a terminal without a
screen, in an export.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from tooltrace.core.caption import client, edits, run, turn
from tooltrace.core.caption.follows import follows
from tooltrace.core.caption.words import Words, bounded, plain_words, sentence
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import client_events as c
from tooltrace.core.model import events as e
from tooltrace.core.model.snapshot import Snapshot

__all__ = ["Caption", "caption", "caption_at"]


class Caption(Struct, frozen=True):
    """What happened, and what follows: each a sentence of at most ``words.MOST`` characters."""

    happened: Words
    then: Words

    def __str__(self) -> str:
        return f"{plain_words(self.happened)} {plain_words(self.then)}"


def caption(record: e.Record, before: Snapshot | None, after: Snapshot) -> Caption:
    """What a record did; ``before`` is the snapshot it was added to, None for the first record."""
    told = _HAPPENED.get(type(record.event), run.unknown)(record, record.event, before, after)
    if record.source == "recorded":
        told = sentence("Replayed: ", told)
    return Caption(bounded(told), bounded(follows(after)))


def caption_at(tree: Tree, record_id: int) -> Caption:
    """The caption of a record of a tree. KeyError when there is no such record."""
    record = tree[record_id]
    before = None if record.parent is None else tree.snapshot_at(record.parent)
    return caption(record, before, tree.snapshot_at(record_id))


_HAPPENED: dict[type[e.Event], Callable[[e.Record, Any, Snapshot | None, Snapshot], Words]] = {
    e.RunStarted: run.began,
    e.UserSaid: run.spoke,
    e.ModelCalled: turn.asked,
    e.ModelReplied: turn.replied,
    e.ModelFailed: turn.no_reply,
    e.ToolStarted: turn.started,
    e.ToolReturned: turn.returned,
    e.Transitioned: run.moved,
    e.ContextEdited: edits.context_edited,
    e.WentOn: run.went_on,
    e.WorkflowChanged: edits.workflow_changed,
    e.SettingsChanged: edits.settings_changed,
    e.Forked: run.forked,
    e.WorldRestored: run.restored,
    e.RunFinished: run.finished,
    e.Diverged: edits.diverged,
    e.DivergenceAccepted: edits.accepted,
    e.SystemEdited: edits.system_edited,
    e.ToolEdited: edits.tool_edited,
    e.MessageEdited: edits.message_edited,
    e.MessageAdded: edits.message_added,
    c.ClientAttached: client.attached,
    c.RequestCame: client.asked,
    c.RequestSent: client.sent,
    c.ReplyDelivered: client.delivered,
    c.ClientLeft: client.left,
    c.ClientEnded: client.ended,
}
