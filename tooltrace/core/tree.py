"""The tree of records: paths, tips, branches. Nothing in it is ever moved or removed.

``parent < id`` holds for every record, so a path upward always ends. A branch is a way from a root
to a tip; it is named after the record at which it left its elder sibling. Which branch a record
stands on is known when it is added, and never changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from msgspec import Struct

from tooltrace.core.events import Forked, Record
from tooltrace.core.fold import fold
from tooltrace.core.notes import NOTES, BranchNamed, HeadSet
from tooltrace.core.snapshot import Snapshot

__all__ = ["Branch", "Tree"]

EVERY = 64


class Branch(Struct, frozen=True):
    """A way through the tree: from ``begin``, where it left ``parent``, to ``tip``."""

    name: str
    begin: int
    parent: int | None
    tip: int
    run: int


class Tree:
    """Records by id, their children, and the snapshots folded from them.

    Every 64th snapshot of a path is kept, and the ones last asked for: a step anywhere folds at
    most 64 records.
    """

    def __init__(self) -> None:
        self.records: dict[int, Record] = {}
        self.notes: list[Record] = []
        self.last_id = 0
        self._children: dict[int | None, list[int]] = {}
        self._depth: dict[int, int] = {}
        self._begin: dict[int, int] = {}
        self._tips: dict[int, int] = {}
        self._forks: dict[int, set[int]] = {}
        self._branches: dict[int, Branch] | None = None
        self._kept: dict[int, Snapshot] = {}
        self._latest: dict[int, Snapshot] = {}
        self._names: dict[int, str] = {}
        self._place: HeadSet | None = None

    def add(self, record: Record) -> None:
        """Take in one more record; its parent must be there already."""
        self.last_id = max(self.last_id, record.id)
        if record.event.name in NOTES:
            self._note(record)
            return
        if record.id in self.records:
            raise ValueError(f"record #{record.id} is there already")
        parent = record.parent
        if parent is not None and parent not in self.records:
            raise ValueError(f"record #{record.id} names a parent that is not there")
        if parent is not None and parent >= record.id:
            raise ValueError(f"record #{record.id} names a parent that is younger than itself")
        self.records[record.id] = record
        self._place_on_branch(record.id, parent)
        self._children.setdefault(parent, []).append(record.id)

    def _place_on_branch(self, record_id: int, parent: int | None) -> None:
        goes_on = parent is not None and parent not in self._children
        begin = self._begin[parent] if parent is not None and goes_on else record_id
        if parent is not None and not goes_on:
            self._forks.setdefault(self._begin[parent], set()).add(parent)
        self._begin[record_id] = begin
        self._tips[begin] = record_id
        self._depth[record_id] = 0 if parent is None else self._depth[parent] + 1
        self._branches = None

    def _note(self, record: Record) -> None:
        self.notes.append(record)
        match record.event:
            case BranchNamed(record=begin, branch=branch):
                self._names[begin] = branch
                self._branches = None
            case HeadSet():
                self._place = record.event
            case _:
                pass

    def __getitem__(self, record_id: int) -> Record:
        return self.records[record_id]

    def __contains__(self, record_id: object) -> bool:
        return record_id in self.records

    def __len__(self) -> int:
        return len(self.records)

    @property
    def roots(self) -> list[int]:
        """The first record of each run, in file order."""
        return self._children.get(None, [])

    @property
    def place(self) -> HeadSet | None:
        """Where the person last stood, when that is still a place in this tree."""
        place = self._place
        if place is None or place.head not in self.records or place.tip not in self.records:
            return None
        return place

    def children(self, record_id: int | None) -> list[int]:
        """The records that follow this one, oldest first."""
        return self._children.get(record_id, [])

    def depth(self, record_id: int) -> int:
        """How many records come before it on its path."""
        return self._depth[record_id]

    def up(self, record_id: int) -> Iterator[Record]:
        """The path from a record back to its root."""
        at: int | None = record_id
        while at is not None:
            record = self.records[at]
            yield record
            at = record.parent

    def path(self, record_id: int) -> list[Record]:
        """The path from the root to a record, both included."""
        found = list(self.up(record_id))
        found.reverse()
        return found

    def is_ancestor(self, elder: int, younger: int) -> bool:
        """Whether ``elder`` stands on the path to ``younger`` (a record is its own ancestor)."""
        if elder not in self._depth or younger not in self._depth:
            return False
        # Down to elder's branch, a branch at a time; along one, depth alone decides.
        begin = self._begin[younger]
        while begin > elder:
            parent = self.records[begin].parent
            if parent is None:
                return False
            younger, begin = parent, self._begin[parent]
        return begin == self._begin[elder] and self._depth[elder] <= self._depth[younger]

    def tip_from(self, record_id: int) -> int:
        """The end of the way that always takes the newest child."""
        at = record_id
        while True:
            begin = self._begin[at]
            forks = [fork for fork in self._forks.get(begin, ()) if fork >= at]
            if not forks:
                return self._tips[begin]
            at = self._children[min(forks)][-1]

    def branches(self) -> list[Branch]:
        """Every branch, in the order in which they began."""
        return list(self._by_begin().values())

    def _by_begin(self) -> dict[int, Branch]:
        if self._branches is None:
            used: set[str] = set()
            begins = sorted(self._tips)
            self._branches = {begin: self._branch(begin, used) for begin in begins}
        return self._branches

    def _branch(self, begin: int, used: set[str]) -> Branch:
        record = self.records[begin]
        name = self._names.get(begin) or self._default_name(record)
        number = next(n for n in count(1) if _numbered(name, n) not in used)
        used.add(_numbered(name, number))
        run = self._run_of(begin)
        return Branch(_numbered(name, number), begin, record.parent, self._tips[begin], run)

    def _run_of(self, begin: int) -> int:
        while (parent := self.records[begin].parent) is not None:
            begin = self._begin[parent]
        return begin

    def _default_name(self, record: Record) -> str:
        if isinstance(record.event, Forked):
            return record.event.branch
        if record.parent is None:
            return "main" if record.id == self.roots[0] else "replay"
        names = {"edited": "edit", "forced": "force", "recorded": "replay", "injected": "fault"}
        return names.get(record.source, "fork")

    def branch_of(self, record_id: int) -> Branch | None:
        """The branch that a record belongs to; None when there is no such record."""
        begin = self._begin.get(record_id)
        return None if begin is None else self._by_begin()[begin]

    def snapshot_at(self, record_id: int) -> Snapshot:
        """The fold of the path to a record. KeyError when there is no such record."""
        latest, kept = self._latest, self._kept
        ready = latest.get(record_id) or kept.get(record_id)
        if ready is not None:
            return ready
        todo = []
        snapshot: Snapshot | None = None
        at: int | None = record_id
        while snapshot is None and at is not None:
            record = self.records[at]
            todo.append(record)
            at = record.parent
            if at is not None:
                snapshot = latest.get(at) or kept.get(at)
        for record in reversed(todo):
            snapshot = fold(snapshot, record)
            if self._depth[record.id] % EVERY == 0:
                kept[record.id] = snapshot
        assert snapshot is not None
        if len(latest) >= EVERY:
            latest.pop(next(iter(latest)))
        latest[record_id] = snapshot
        return snapshot


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}-{number}"
