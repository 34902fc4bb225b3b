"""The tree of records: paths, tips, branches. Nothing in it is ever moved or removed.

``parent < id`` holds for every record, so a path upward always ends. A branch is a path from a root
to a tip; it is named after the record at which it left its elder sibling. A fork always begins a
branch, also at a tip: what else follows that tip goes on with the elder branch. Which branch a
record stands on is known when it is added, and never changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from tooltrace.core.fold.branches import Branch, Branches
from tooltrace.core.fold.fold import fold
from tooltrace.core.model.events import (
    Event,
    Forked,
    ModelFailed,
    ModelReplied,
    Record,
    world_named,
)
from tooltrace.core.model.notes import (
    NOTES,
    Bookmarked,
    BranchDescribed,
    BranchNamed,
    BranchPruned,
    HeadSet,
)
from tooltrace.core.model.snapshot import Snapshot, Usage

__all__ = ["Branch", "Tree"]

EVERY = 64

_ASKED = ("live", "scripted")
"""The sources of answers that a model was asked for."""


class Tree:
    """Records by id, their children, and the snapshots folded from them.

    ``worlds`` are the digests of all snapshots of the world that records name. ``spent`` is what
    all answers of a model used, on whatever branch: not again where one was replayed.

    Every 64th snapshot of a path is kept, and the ones last asked for: a step anywhere folds at
    most 64 records.
    """

    def __init__(self) -> None:
        self.records: dict[int, Record] = {}
        self.notes: list[Record] = []
        self.worlds: set[str] = set()
        self.spent = Usage()
        self.last_id = 0
        self._next: dict[int, int] = {}
        """What goes on with the branch of a record."""
        self._firsts: dict[int | None, list[int]] = {}
        """What begins a branch of its own after a record, or a run after None."""
        self._depth: dict[int, int] = {}
        self._begin: dict[int, int] = {}
        self._forks: dict[int, set[int]] = {}
        self._branches = Branches()
        self._kept: dict[int, Snapshot] = {}
        self._latest: dict[int, Snapshot] = {}
        self._bookmarks: dict[int, str] = {}
        self._bookmarks_now: Mapping[int, str] | None = None
        self._place: HeadSet | None = None

    def add(self, record: Record) -> None:
        """Take in one more record; its parent must be there already."""
        number, parent, event = record.id, record.parent, record.event
        if number > self.last_id:
            self.last_id = number
        if event.name in NOTES:
            self._note(record)
            return
        if number in self.records:
            raise ValueError(f"record #{number} is there already")
        elder = None
        if parent is not None:
            elder = self._begin.get(parent)
            if elder is None:
                raise ValueError(f"record #{number} names a parent that is not there")
            if parent >= number:
                raise ValueError(f"record #{number} names a parent that is younger than itself")
        self.records[number] = record
        if (world := world_named(event)) is not None:
            self.worlds.add(world)
        if isinstance(event, ModelReplied | ModelFailed) and record.source in _ASKED:
            self.spent = self.spent.answered(event)
        if elder is None or parent is None:
            self._depth[number] = 0
            self._begins(record, None)
        else:
            self._depth[number] = self._depth[parent] + 1
            if parent in self._next or type(event) is Forked:
                self._forks.setdefault(elder, set()).add(parent)
                self._begins(record, elder)
            else:
                self._begin[number] = elder
                self._next[parent] = number
                self._branches.grow(elder, number)

    def _begins(self, record: Record, elder: int | None) -> None:
        self._begin[record.id] = record.id
        self._firsts.setdefault(record.parent, []).append(record.id)
        self._branches.begin(record, elder)

    def _note(self, record: Record) -> None:
        self.notes.append(record)
        match record.event:
            case HeadSet():
                self._place = record.event
            case Bookmarked(record=marked, text=text, marked=on):
                self._bookmarks.pop(marked, None)
                if on:
                    self._bookmarks[marked] = text
                self._bookmarks_now = None
            case event:
                self._branches.note(event)

    def __getitem__(self, record_id: int) -> Record:
        return self.records[record_id]

    def __contains__(self, record_id: object) -> bool:
        return record_id in self.records

    def __len__(self) -> int:
        return len(self.records)

    @property
    def roots(self) -> list[int]:
        """The first record of each run, in file order."""
        return self._firsts.get(None, [])

    @property
    def place(self) -> HeadSet | None:
        """Where the person last stood, when that is still a place in this tree."""
        place = self._place
        if place is None or place.head not in self.records or place.tip not in self.records:
            return None
        return place

    @property
    def bookmarks(self) -> Mapping[int, str]:
        """The records that people marked, each with what they wrote to it; the same until one is.

        In the order of the records. A mark on a record that is not there is none.
        """
        if self._bookmarks_now is None:
            there = sorted(self._bookmarks.keys() & self.records.keys())
            now = {record_id: self._bookmarks[record_id] for record_id in there}
            self._bookmarks_now = MappingProxyType(now)
        return self._bookmarks_now

    def stray_notes(self) -> list[str]:
        """Which notes mean nothing here, in words: they speak of what is not in this tree."""
        found = []
        last = next((n.id for n in reversed(self.notes) if isinstance(n.event, HeadSet)), 0)
        for note in self.notes:
            about = self._stray(note.event, last == note.id)
            if about is not None:
                found.append(f"note #{note.id} ({note.event.name}): {about}")
        return found

    def _stray(self, event: Event, last: bool) -> str | None:
        match event:
            case Bookmarked(record=about) if about not in self.records:
                return f"there is no record #{about}"
            case BranchNamed() | BranchDescribed() | BranchPruned() if (
                event.record not in self._branches
            ):
                return f"no branch begins at #{event.record}"
            case HeadSet(head=head, tip=tip) if last and not self.is_ancestor(head, tip):
                return f"there is no way from #{head} to #{tip}"
            case _:
                return None

    def children(self, record_id: int | None) -> list[int]:
        """The records that follow this one, oldest first."""
        found = list(self._firsts.get(record_id, ()))
        if record_id in self._next:
            found.append(self._next[record_id])
        return sorted(found)

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
        """The end of the path that always takes the newest child."""
        at = record_id
        while True:
            begin = self._begin[at]
            forks = [fork for fork in self._forks.get(begin, ()) if fork >= at]
            if not forks:
                return self._branches.tip(begin)
            at = self.children(min(forks))[-1]

    def branches(self) -> tuple[Branch, ...]:
        """Every branch, in the order in which they began; the same tuple until one changes."""
        return self._branches.all()

    def goes_on(self, record_id: int) -> bool:
        """Whether something follows a record on its own branch; a fork never does."""
        return record_id in self._next

    def begin_of(self, record_id: int) -> int:
        """The record that begins the branch a record stands on. KeyError when there is none."""
        return self._begin[record_id]

    def branch_of(self, record_id: int) -> Branch | None:
        """The branch that a record belongs to; None when there is no such record."""
        begin = self._begin.get(record_id)
        return None if begin is None else self._branches[begin]

    def warm(self, path: Sequence[int], begin: int, most: int) -> int:
        """Fold that many records of a path from a place on, so that going there is quick later.

        Returns the place to go on from. ``begin`` must be 0 or what was returned before.
        """
        end = min(len(path), begin + most)
        if begin < end:
            snapshot = self._kept.get(path[begin]) if begin else None
            for place in range(begin, end):
                record = self.records[path[place]]
                if place > begin or snapshot is None:
                    snapshot = fold(snapshot, record)
                if place % EVERY == 0:
                    self._kept.setdefault(record.id, snapshot)
        return (end - 1) // EVERY * EVERY if end < len(path) else end

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
