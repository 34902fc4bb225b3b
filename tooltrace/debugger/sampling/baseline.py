"""Find the edits that the model has not seen yet, and where the run stood without them.

Only reads the tree: "without" is where what was recorded stands, and the transitions that are due
there. Guards decide those; nothing else is made up.
"""

from __future__ import annotations

from msgspec import Struct

from tooltrace.core.decide.next_action import (
    ChangeState,
    asks_model,
    model_called,
    moved_by,
    next_action,
)
from tooltrace.core.fold.fold import fold
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.snapshot import Snapshot

__all__ = ["Baseline", "pending"]

_CHANGED = ("edited", "forced", "injected")
_BESIDE = (
    e.Transitioned,
    e.ContextEdited,
    e.SettingsChanged,
    e.SystemEdited,
    e.ToolEdited,
    e.MessageEdited,
    e.MessageAdded,
)
"""Changes that replace no record: without one, one stands before it."""
_READ = (e.ToolReturned, e.UserSaid, *_BESIDE)
"""What a person can change that the model reads, or that decides what it is told."""
_Place = tuple[int, tuple[e.Transitioned, ...], Snapshot]
"""A record, the transitions that are due there, and where they lead."""

_MOST = 10_000
_MOST_DUE = 1_000


class Baseline(Struct, frozen=True):
    """The edits left out, oldest first, and the record to ask the model at without them.

    ``edit`` is the latest change, None where nothing was changed since the model's last reply.
    ``why`` says why nothing could be left out, or, beside a ``without``, why an older change
    stays in it. ``due`` are the transitions that come first there, where the run never went on.
    """

    edit: int | None = None
    without: int | None = None
    why: str = ""
    due: tuple[e.Transitioned, ...] = ()
    edits: tuple[int, ...] = ()


def pending(tree: Tree, head: int) -> Baseline:
    """What was changed before ``head`` since the model's last reply, and its counterpart.

    All of it is left out, as far as it can be: the latest change first.
    """
    found: _Place | None = None
    out: list[int] = []
    why = ""
    while (edit := _last_change(tree, head if found is None else found[0])) is not None:
        if edit.id in out:
            break
        place = _without(tree, edit, head if found is None else found[0])
        if isinstance(place, str):
            if not out:
                return Baseline(edit.id, why=place)
            why = f"#{edit.id} stays in both: {place}"
            break
        found = place
        out.append(edit.id)
    if found is None:
        return Baseline(why="nothing was changed since the model's last reply")
    at, due, there = found
    edits = tuple(reversed(out))
    if model_called(there).digest == model_called(tree.snapshot_at(head)).digest:
        them = "them" if len(out) > 1 else "it"
        told = ", ".join(f"#{number}" for number in edits)
        return Baseline(out[0], why=f"the model reads the same with {told} as without {them}")
    return Baseline(out[0], at, why, due, edits)


def _without(tree: Tree, edit: e.Record, head: int) -> _Place | str:
    """Where the model is asked without a change that is on the path to ``head``; or why nowhere."""
    begins, changed = _originals(tree, edit)
    # A change makes copies of what it leaves as it was: those follow the original, too.
    copied = frozenset(r.of for r in tree.up(head) if r.of is not None and r.id > edit.id)
    found = _place(tree, begins, changed, copied, False) or _place(
        tree, begins, changed, copied, True
    )
    return found or _why_none(edit, [tree[begin].event for begin in begins])


def _last_change(tree: Tree, head: int) -> e.Record | None:
    for record in tree.up(head):
        event = record.event
        if isinstance(event, e.ModelReplied):
            return record if record.source == "edited" and record.of is None else None
        if isinstance(event, _READ) and record.source in _CHANGED and record.of is None:
            return record
    return None


def _originals(tree: Tree, edit: e.Record) -> tuple[list[int], int]:
    """Where the path without the edit may begin, the likeliest first; and where the edit's does."""
    begin = edit
    # A fork made for the change, or just before it, left what it stands for as its sibling.
    while begin.parent is not None and isinstance(tree[begin.parent].event, e.Forked):
        begin = tree[begin.parent]
    if begin.parent is None:
        return [], begin.id
    others = [tree[child] for child in tree.children(begin.parent) if child != begin.id]
    if begin is not edit:
        others += [tree[child] for child in tree.children(edit.parent) if child != edit.id]
    same = [record for record in others if _about_the_same(record.event, edit.event)]
    same.sort(key=lambda record: (record.source in _CHANGED, record.id > edit.id, record.id))
    begins = [record.id for record in same]
    if isinstance(edit.event, _BESIDE):
        begins = [begin.parent, *begins]
    return begins, begin.id


def _about_the_same(event: e.Event, edit: e.Event) -> bool:
    if isinstance(edit, e.ToolReturned):
        return isinstance(event, e.ToolReturned | e.ToolStarted) and event.call == edit.call
    return type(event) is type(edit)


def _place(
    tree: Tree, begins: list[int], changed: int, copied: frozenset[int], derived: bool
) -> _Place | None:
    """The first record from there on, along what was recorded, at which the model is asked.

    With ``derived`` also one where transitions are due before that.
    """
    todo = begins[::-1]
    for _ in range(_MOST):
        if not todo:
            return None
        record = tree[todo.pop()]
        due, there = _gone_on(tree.snapshot_at(record.id)) if derived else ((), None)
        there = there or tree.snapshot_at(record.id)
        if asks_model(next_action(there)):
            return record.id, due, there
        later = [tree[child] for child in tree.children(record.id) if child != changed]
        later.sort(key=lambda r: (r.id not in copied, r.source in _CHANGED, r.id), reverse=True)
        todo += [r.id for r in later if not isinstance(r.event, e.ModelReplied)]
    return None


def _gone_on(s: Snapshot) -> tuple[tuple[e.Transitioned, ...], Snapshot]:
    """The transitions that are due, and where they lead; their ids stand for none of the file's."""
    due: list[e.Transitioned] = []
    while isinstance(action := next_action(s), ChangeState) and len(due) < _MOST_DUE:
        due.append(moved_by(action))
        s = fold(s, e.Record(s.at + 1, s.at, "", "live", due[-1]))
    return tuple(due), s


def _why_none(edit: e.Record, originals: list[e.Event]) -> str:
    if any(isinstance(event, e.ToolReturned) for event in originals):
        return f"other calls of the turn were made after #{edit.id} only, never without it"
    if isinstance(edit.event, e.ToolReturned):
        return f"the call whose result #{edit.id} is was never gone through without it"
    return f"nothing recorded stands where the model is asked without #{edit.id}"
