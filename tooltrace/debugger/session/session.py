"""Hold a session in memory: the tree, the journal behind it, where the person stands.

The only place that assigns record ids and moves the head. Appending after a record that has
followers begins a branch; nothing else is needed to fork.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.errors import NotSaved
from tooltrace.core.model.events import Event, Record, RunStarted, Source
from tooltrace.core.model.notes import NOTES, HeadSet
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.debugger.session.clock import Clock
from tooltrace.debugger.session.last_position import LastPosition, LastPositions
from tooltrace.debugger.session.path_cursor import PathCursor
from tooltrace.debugger.session.repeat_warning import ExecutedCalls
from tooltrace.debugger.session.resume import MOST_KEPT, position_left
from tooltrace.debugger.session.unwritten_answers import UnwrittenAnswers, awaited, place_of
from tooltrace.debugger.session.writer import SessionWriter

if TYPE_CHECKING:
    from tooltrace.engine.record_sink import UnwrittenAnswer
    from tooltrace.store.journal import Journal

__all__ = ["Session"]


class Session(SessionWriter):
    """A tree of facts with a head. Without a journal it lives in memory only.

    ``undo_places`` and ``redo_places`` are the heads and tips that undo and redo go to, the
    next one last; they are kept with where one stood. ``moves`` grows whenever a person stands
    elsewhere, or has changed something: what was asked before may be asked again then. The lock
    lets another thread read while the debugger's writes. ``places`` is where it is kept where one
    stood in a session that one only looked at.
    """

    def __init__(
        self, clock: Clock, journal: Journal | None = None, places: LastPositions | None = None
    ) -> None:
        super().__init__(journal)
        self.tree = Tree()
        self.executions = ExecutedCalls(self.tree)
        self.lock = RLock()
        self.undo_places: list[tuple[int, int]] = []
        self.redo_places: list[tuple[int, int]] = []
        self.changes = self.moves = 0
        self._cursor = cursor = PathCursor(self.tree)
        self.is_ahead, self.ahead, self.behind = cursor.is_ahead, cursor.ahead, cursor.behind
        self._clock = clock
        self._snapshot: Snapshot | None = None
        self._owing = UnwrittenAnswers(self._write_answer, self.sync)
        self.owe, self.pay, self.settle = self._owing.owe, self._owing.pay, self._owing.settle
        self._places = places
        # Ids that only damaged lines hold are taken, too.
        self._lowest = journal.next_id if journal else 1
        for record in journal.records if journal else ():
            self.tree.add(record)
        self.executions.extend(journal.records if journal else ())
        if self.tree.roots:
            kept = places.load(self.written_to, self.id, self.tree.last_id) if places else None
            left = position_left(self.tree, kept)
            self.select(left.head, left.tip)
            self.undo_places += left.undo
            self.redo_places += left.redo
        self._began = (self.head, self.path[-1] if self.path else 0)

    @property
    def path(self) -> list[int]:
        """The path from the root to the tip of the current branch, by id."""
        return self._cursor.path

    @property
    def head(self) -> int:
        """The record of the path that one stands on; 0 before there is any."""
        return self._cursor.head

    @property
    def tip(self) -> int:
        """The last record of the current branch."""
        return self.path[-1]

    @property
    def at_tip(self) -> bool:
        """Whether the head is the end of its branch."""
        return self._cursor.at_tip

    @property
    def saved(self) -> int:
        """The highest record id known to be on disk."""
        return self.journal.saved if self.journal else self.tree.last_id

    @property
    def unsaved(self) -> tuple[bytes, ...]:
        """The lines of what happened and is not known to be in the file, without secrets."""
        if self.journal is None or self.read_only:
            return ()
        owed = self._owing.lines(self.tree, self.next_id, self._clock, self.journal.line)
        return (*self.journal.unsaved, *owed)

    @property
    def snapshot(self) -> Snapshot:
        """The fold of the path to the head."""
        if self._snapshot is None:
            with self.lock:
                self._snapshot = self.tree.snapshot_at(self.head)
        return self._snapshot

    @property
    def id(self) -> str:
        """What distinguishes this session from any other, for idempotency keys."""
        root = self.tree[self.tree.roots[0]]
        event = root.event
        return (event.session if isinstance(event, RunStarted) else "") or root.at

    def _take(self, record: Record) -> None:
        with self.lock:
            self.tree.add(record)
            self.executions.extend((record,))
            self.changes += 1

    def append(self, event: Event, source: Source, of: int | None = None) -> Record:
        """Add a fact after the head and stand on it.

        Raises ReadOnly or NotSaved, and then nothing has changed.
        """
        return self.append_after(self.head if self.path else None, event, source, of)

    def append_after(
        self, parent: int | None, event: Event, source: Source, of: int | None = None
    ) -> Record:
        """Add a fact after any record, or a new root after None, and stand on it."""
        record = Record(self.next_id, parent, self._clock(), source, event, of)
        record = self.write(record)
        with self.lock:
            self._stand_on(record)
        return record

    def _stand_on(self, record: Record) -> None:
        self._take(record)
        self._cursor.stand_on(record)
        self._snapshot = None
        self.redo_places.clear()  # Redo would take away what was done since the undo.

    def append_saved(self, events: Sequence[Event], source: Source) -> list[Record]:
        """Add facts after the head once all of them are on disk, and stand on the last.

        Raises ReadOnly or NotSaved, and then none of them is there, nor in the file.
        """
        records = []
        parent = self.head
        for number, event in enumerate(events, self.next_id):
            records.append(Record(number, parent, self._clock(), source, event))
            parent = number
        records = self.write_together(records)
        with self.lock:
            for record in records:
                self._stand_on(record)
        return records

    def append_aside(
        self, parent: int, event: Event, source: Source, of: int | None = None
    ) -> Record:
        """Add a fact after any record without standing on it: the head and its path stay.

        Raises ReadOnly or NotSaved, and then nothing has changed.
        """
        record = self.write(Record(self.next_id, parent, self._clock(), source, event, of))
        self._take(record)
        return record

    def _write_answer(self, owed: UnwrittenAnswer) -> Record:
        """Add an answer where it belongs; while one stands elsewhere, the path goes on to it."""
        if awaited(self.snapshot, owed):
            return self.append(owed.event, owed.source, owed.of)
        place = place_of(self.tree, owed)
        with self.lock:
            record = self.append_aside(place, owed.event, owed.source, owed.of)
            if place == self.tip:
                self.path.append(record.id)
        return record

    def note(self, event: Event) -> None:
        """Write a fact about the tree; it stands on no path and moves nothing."""
        self.append_aside(self.head, event, "live")

    def stand(self) -> None:
        """Note which branch one stands on now, so that being killed does not lose it.

        Only in a file that this sitting has written to: looking around changes none. Where it
        cannot be noted, one stands there all the same.
        """
        if self.wrote and not self.read_only:
            with suppress(NotSaved):
                self._note_place(HeadSet(self.head, self.tip))

    def _note_place(self, place: HeadSet) -> None:
        """Write down and save where one stands, or nothing. Raises NotSaved."""
        note = Record(self.next_id, self.head, self._clock(), "live", place)
        self._take(*self.write_together([note]))

    @property
    def branch(self) -> int | None:
        """What begins the branch that the next record will stand on; None where that begins one.

        Going on where others went on before begins a branch, with the very next record.
        """
        return None if self.tree.goes_on(self.head) else self.tree.begin_of(self.head)

    @property
    def next_id(self) -> int:
        """The id of the next record."""
        return max(self.tree.last_id + 1, self._lowest)

    def save_as(self, path: Path) -> None:
        """Write all of the session into a new file, and go on there. Raises NotSaved."""
        with self.lock:
            records = [*self.tree.records.values(), *self.tree.notes]
        self.write_all(path, records)
        self.changes += 1

    def select(self, head: int, tip: int | None = None) -> None:
        """Stand on ``head``, on the branch that ends at ``tip``, or else the current or newest.

        What follows ``tip`` is not on the path: after an undo one goes on from there anew.
        """
        with self.lock:
            self._cursor.select(head, tip)
            self._snapshot = None
            self.changes += 1
            self.moves += 1

    def refresh(self) -> int:
        """Take in what another process wrote since; for a read-only view. How many records."""
        with self.lock:
            if self.journal is None or not self.read_only:
                return 0
            return self._take_in(self.journal.refresh())

    def take_over(self) -> bool:
        """Write from now on, if whoever did has left. Whether that is so now.

        May be asked from any thread. Raises BadSession.
        """
        with self.lock:
            if self.journal is None or not self.journal.waits:
                return False
            before = self.read_only
            self._take_in(self.journal.take_over())
            self._lowest = max(self._lowest, self.journal.next_id)
            if self.read_only != before:
                self.changes += 1
            return self.read_only is None

    def _take_in(self, fresh: Sequence[Record]) -> int:
        for record in fresh:
            self._take(record)
            if record.event.name not in NOTES and self._cursor.follow(record):
                self._snapshot = None
        return len(fresh)

    def close(self, remember: bool = False) -> None:
        """Let go of the file. ``remember`` keeps where the person stands.

        In the file, if they wrote anything to it, else outside it; a run in which nothing happened
        yet goes with its file. Raises NotSaved; the file is let go of all the same.
        """
        if self.journal is None:
            return
        try:
            if self.gone is not None and self.journal.gone is not None:
                raise NotSaved(f"{self.gone}: what is in it is not saved")
            self.settle()
            self.sync()
            if remember:
                self._remember()
        finally:
            self.journal.close()

    def _remember(self) -> None:
        if self.take_back():
            return
        undo, redo = tuple(self.undo_places[-MOST_KEPT:]), tuple(self.redo_places[-MOST_KEPT:])
        if self.wrote and not self.read_only:
            self._note_place(HeadSet(self.head, self.tip, undo, redo))
        elif self._places and self.path and (self.head, self.tip) != self._began:
            last = self.tree.last_id
            place = LastPosition(self.id, last, self.head, self.tip, undo=undo, redo=redo)
            self._places.save(self.written_to, place)
