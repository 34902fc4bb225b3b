"""Find where a session is taken up again: where the person left it, else where it went on."""

from __future__ import annotations

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.notes import HeadSet
from tooltrace.debugger.session.last_position import LastPosition

__all__ = ["MOST_KEPT", "position_left"]

MOST_KEPT = 200
"""Places that undo and redo go to, kept when a session is left."""


def position_left(tree: Tree, kept: LastPosition | None) -> HeadSet:
    """Head, tip, undo and redo as they were left, as far as they are still there.

    ``kept`` is what is known outside the file of a person who only looked at it.
    """
    if kept is not None and tree.is_ancestor(kept.head, kept.tip):
        return _still_there(tree, kept)
    place = tree.place
    # The branch that was written to last is the one that the person was on.
    newest = _newest(tree)
    if place is None or not tree.is_ancestor(place.head, place.tip):
        return HeadSet(newest, newest)
    if newest > max(note.id for note in tree.notes if isinstance(note.event, HeadSet)):
        # What was written after the note was never closed: there it went on.
        return HeadSet(newest, newest, _still_there(tree, place).undo)
    return _still_there(tree, place)


def _still_there(tree: Tree, left: LastPosition | HeadSet) -> HeadSet:
    undo, redo = (
        tuple(
            (head, tip)
            for head, tip in places
            if head in tree and tip in tree and tree.is_ancestor(head, tip)
        )
        for places in (left.undo, left.redo)
    )
    return HeadSet(left.head, left.tip, undo, redo)


def _newest(tree: Tree) -> int:
    """The last record that was written where a person may have stood: not out of view."""
    branches = ((n, tree.branch_of(n)) for n in reversed(tree.records))
    seen = (n for n, branch in branches if branch is not None and not branch.pruned)
    return next(seen, next(reversed(tree.records)))
