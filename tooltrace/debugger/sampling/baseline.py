"""Find the edit that the model has not seen yet, and where the run stood without it.

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
_MOST = 10_000
_MOST_DUE = 1_000


class Baseline(Struct, frozen=True):
    """The record of an edit, and the record to ask the model at without it; or why there is none.

    ``due`` are the transitions that come first there, where the run never went on. ``edit`` is None
    where nothing was changed since the model's last reply.
    """

    edit: int | None = None
    without: int | None = None
    why: str = ""
    due: tuple[e.Transitioned, ...] = ()


def pending(tree: Tree, head: int) -> Baseline:
    """What was changed before ``head`` since the model's last reply, and its counterpart."""
    edit = _last_change(tree, head)
    if edit is None:
        return Baseline(why="nothing was changed since the model's last reply")
    begins, changed = _originals(tree, edit)
    # A change makes copies of what it leaves as it was: those follow the original, too.
    copied = frozenset(r.of for r in tree.up(head) if r.of is not None and r.id > edit.id)
    found = _place(tree, begins, changed, copied, False) or _place(
        tree, begins, changed, copied, True
    )
    if found is None:
        return Baseline(edit.id, why=_why_none(edit, [tree[begin].event for begin in begins]))
    place, due, there = found
    if model_called(there).digest == model_called(tree.snapshot_at(head)).digest:
        return Baseline(edit.id, why=f"the model reads the same with #{edit.id} as without it")
    return Baseline(edit.id, place, due=due)


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


_Place = tuple[int, tuple[e.Transitioned, ...], Snapshot]


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
