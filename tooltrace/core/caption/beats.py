"""The beats of a branch: what is worth stopping at for someone who watches.

A beat is what a person would tell in one breath: a call with its result, a transition, the end with
what the model said last. It ends at a record where one can stand and begins after the beat before
it, so that the request and the reply that led to a call belong to the call.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from tooltrace.core.caption.caption import Caption, caption_at
from tooltrace.core.caption.turn import call_name
from tooltrace.core.caption.words import Words, bounded, listed, sentence
from tooltrace.core.decide.next_action import AwaitUser, Finish, next_action
from tooltrace.core.fold.fold import fold
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.snapshot import Snapshot

__all__ = ["Beat", "BeatKind", "beat_at", "beat_caption", "beat_kind", "beats"]

BeatKind = Literal["said", "call", "move", "reply", "edit", "trouble", "end"]
"""What a beat is about: a person's words, calls with their results, a transition, words of the
model, a change by a person, what cannot go on by itself, the end of the run."""

_CHANGES = (
    e.ContextEdited,
    e.MessageAdded,
    e.MessageEdited,
    e.SettingsChanged,
    e.SystemEdited,
    e.ToolEdited,
    e.WorkflowChanged,
)


class Beat(Struct, frozen=True):
    """The records ``first`` to ``record`` of a branch, ``record`` being where one stops.

    ``returned`` are the records of them that are results of calls. ``title`` is what a person wrote
    to a bookmark there; a bookmarked record always ends a beat.
    """

    first: int
    record: int
    kind: BeatKind
    returned: tuple[int, ...] = ()
    title: str = ""


def beats(tree: Tree, tip: int) -> Iterator[Beat]:
    """The beats from the root to a record, in order; the last one ends there, whatever it is.

    One fold of the path, as far as it is asked for. KeyError when there is no such record.
    """
    first, returned = 0, list[int]()
    snapshot: Snapshot | None = None
    for record in tree.path(tip):
        snapshot = fold(snapshot, record)
        first = first or record.id
        if isinstance(record.event, e.ToolReturned):
            returned.append(record.id)
        title = tree.bookmarks.get(record.id)
        kind = beat_kind(record, snapshot)
        if kind is None and (title is not None or record.id == tip):
            kind = _otherwise(record)
        if kind is not None:
            yield Beat(first, record.id, kind, tuple(returned), title or "")
            first, returned = 0, []


def beat_at(tree: Tree, record_id: int) -> Beat:
    """The beat that ends at a record where one stands, or would if the branch ended there.

    Looks back to the beat before, not to the root. KeyError when there is no such record.
    """
    last = tree[record_id]
    first, returned = record_id, list[int]()
    for record in tree.up(record_id):
        if record is not last and _stops(tree, record):
            break
        first = record.id
        if isinstance(record.event, e.ToolReturned):
            returned.insert(0, record.id)
    kind = beat_kind(last, tree.snapshot_at(record_id)) or _otherwise(last)
    title = tree.bookmarks.get(record_id, "")
    return Beat(first, record_id, kind, tuple(returned), title)


def _stops(tree: Tree, record: e.Record) -> bool:
    return record.id in tree.bookmarks or beat_kind(record, tree.snapshot_at(record.id)) is not None


def beat_kind(record: e.Record, after: Snapshot) -> BeatKind | None:
    """What kind of beat ends with a record; None where it goes on past it.

    It needs nothing of what follows, so that a run that is stepped live stops where a recording of
    it would.
    """
    if after.awaiting_model or any(call.status == "started" for call in after.calls):
        return None
    if record.source in ("edited", "forced", "injected"):
        return "edit"
    match record.event:
        case e.ToolReturned():
            return "call"
        case e.Transitioned(cause=None) if not after.turn:
            return _waits(after)  # Where the workflow begins by itself nothing has happened yet.
        case e.Transitioned():
            return "move"
        case e.RunFinished():
            return "end"
        case e.UserSaid():
            return "said"
        case e.ModelReplied() if not after.calls:
            return _waits(after) or ("reply" if not _ends(after) else None)
        case e.ModelFailed() | e.Diverged():
            return "trouble"
        case event if isinstance(event, _CHANGES):
            return "edit"
        case _:
            return None


def _waits(after: Snapshot) -> BeatKind | None:
    action = next_action(after)
    if not isinstance(action, AwaitUser):
        return None
    return "reply" if action.why == "input" else "trouble"


def _ends(after: Snapshot) -> bool:
    return isinstance(next_action(after), Finish)


def _otherwise(record: e.Record) -> BeatKind:
    """The kind of a record at which only a bookmark or the end of the branch stops."""
    match record.event:
        case e.RunStarted():
            return "said"
        case e.Transitioned():
            return "move"
        case e.ToolStarted() | e.ToolReturned():
            return "call"
        case _:
            return "reply"


def beat_caption(tree: Tree, beat: Beat) -> Caption:
    """What a beat came to, and why the next thing follows: as of its last record.

    Of calls that were made side by side it names all. KeyError when a record of it is not there.
    """
    told = caption_at(tree, beat.record)
    if beat.kind != "call" or len(beat.returned) < 2:
        return told
    return Caption(bounded(_answered(tree, beat)), told.then)


def _answered(tree: Tree, beat: Beat) -> Words:
    after = tree.snapshot_at(beat.record)
    calls = [call for call in after.calls if call.returned in beat.returned]
    named = listed([call_name(call, after.calls) for call in calls], 6)
    failed = [call for call in calls if call.is_error]
    if not failed:
        return sentence(f"{len(calls)} calls side by side answered: ", named, ".")
    broke = listed([call_name(call, after.calls) for call in failed], 3)
    return sentence(f"{len(calls)} calls came back: ", named, "; ", broke, " failed.")
