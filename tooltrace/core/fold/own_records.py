"""Walk the records that are a branch's alone, between what was known before and after each."""

from __future__ import annotations

from collections.abc import Iterator

from tooltrace.core.fold.fold import fold
from tooltrace.core.fold.tree import Branch, Tree
from tooltrace.core.model.events import Record
from tooltrace.core.model.snapshot import Snapshot

__all__ = ["own_records"]


def own_records(tree: Tree, branch: Branch) -> Iterator[tuple[Snapshot | None, Record, Snapshot]]:
    """The records of a branch's own, oldest first, each between the snapshots around it.

    Before the root of a run there is none.
    """
    before = None if branch.parent is None else tree.snapshot_at(branch.parent)
    own = []
    for record in tree.up(branch.tip):
        own.append(record)
        if record.id == branch.begin:
            break
    for record in reversed(own):
        after = fold(before, record)
        yield before, record, after
        before = after
