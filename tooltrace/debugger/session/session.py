"""A session in memory: the tree, the journal behind it, and where the person stands.

The only place that assigns record ids, moves the head and knows what is saved. Appending after a
record that has followers begins a branch; nothing else is needed to fork. After a failure to save,
what is not known to be on disk is written again before anything new is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, TypeVar

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.errors import BadCommand, NotSaved, ReadOnly, ToolTraceError
from tooltrace.core.model.events import Event, Record, RunStarted, Source
from tooltrace.core.model.notes import NOTES, HeadSet
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.text.redact import Hide, nothing_hidden
from tooltrace.debugger.session.clock import Clock
from tooltrace.debugger.session.last_position import LastPosition, LastPositions
from tooltrace.debugger.session.repeated_calls import ExecutedCalls
from tooltrace.debugger.session.unwritten_answers import UnwrittenAnswers

if TYPE_CHECKING:
    from tooltrace.engine.record_sink import UnwrittenAnswer
    from tooltrace.store.journal import Journal

__all__ = ["Session"]

T = TypeVar("T")

MOST_KEPT = 200
"""Places that undo and redo go to, kept when a session is left."""


class Session:
    """A tree of facts with a head. Without a journal it lives in memory only.

    ``path`` is the path from the root to the tip of the current branch, by id; the head is one of
    it. ``undo_places`` and ``redo_places`` are the heads and tips that undo and redo go to, the
    next one last; they are kept with where one stood. ``moves`` grows whenever a person stands
    elsewhere, or has changed something: what was asked before may be asked again then. The lock
    lets another thread read while the debugger's writes. ``places`` is where it is kept where one
    stood in a session that one only looked at.
    """

    def __init__(
        self, clock: Clock, journal: Journal | None = None, places: LastPositions | None = None
    ) -> None:
        self.tree = Tree()
        self.executions = ExecutedCalls(self.tree)
        self.journal = journal
        self.lock = RLock()
        self.path: list[int] = []
        self.undo_places: list[tuple[int, int]] = []
        self.redo_places: list[tuple[int, int]] = []
        self.head = 0
        self.changes = self.moves = 0
        self._at = 0
        self._clock = clock
        self._snapshot: Snapshot | None = None
        self._wrote = False
        self._owing = UnwrittenAnswers(self)
        self._in_doubt = False
        self._places = places
        self._undo: Callable[[], None] | None = None
        self._undone = False
        self._file = journal.path if journal else Path()
        # Ids that only damaged lines hold are taken, too.
        self._lowest = journal.next_id if journal else 1
        for record in journal.records if journal else ():
            self.tree.add(record)
        self.executions.extend(journal.records if journal else ())
        if self.tree.roots:
            self._begin()
        self._began = (self.head, self.path[-1] if self.path else 0)

    def _begin(self) -> None:
        """Stand where the person left; else at the end of what was written last."""
        tree, place = self.tree, self.tree.place
        stood = self._places.load(self._file, self.id, tree.last_id) if self._places else None
        if stood is not None and tree.is_ancestor(stood.head, stood.tip):
            self.select(stood.head, stood.tip)
            self._take_back_up(stood, worked=False)
            return
        if place is not None and tree.is_ancestor(place.head, place.tip):
            noted = max(note.id for note in tree.notes if isinstance(note.event, HeadSet))
            newest = self._newest()
            # What was written after the note was never closed: there it went on.
            self.select(*((newest, newest) if newest > noted else (place.head, place.tip)))
            self._take_back_up(place, worked=newest > noted)
            return
        # The branch that was written to last is the one that the person was on.
        tip = self._newest()
        self.select(tip, tip)

    def _take_back_up(self, left: LastPosition | HeadSet, *, worked: bool) -> None:
        """Undo and redo go on as they were left, to what is still there."""
        tree = self.tree
        for kept, places in ((left.undo, self.undo_places), (left.redo, self.redo_places)):
            places += [
                (head, tip)
                for head, tip in kept
                if head in tree and tip in tree and tree.is_ancestor(head, tip)
            ]
        if worked:
            self.redo_places.clear()

    def _newest(self) -> int:
        """The last record that was written where a person may have stood: not out of view."""
        branches = ((n, self.tree.branch_of(n)) for n in reversed(self.tree.records))
        seen = (n for n, branch in branches if branch is not None and not branch.pruned)
        return next(seen, next(reversed(self.tree.records)))

    def begun(self, undo: Callable[[], None]) -> None:
        """What was written until now only begins a run.

        ``undo`` takes it back, if the person leaves and nothing followed.
        """
        self._undo = undo
        self._wrote = False

    @property
    def file(self) -> Path | None:
        """The session's file; None without one, or when it went because nothing happened in it."""
        return self.journal.path if self.journal and not self._undone else None

    @property
    def named(self) -> Path | None:
        """The same file, as people call it."""
        return self.journal.named if self.journal and not self._undone else None

    @property
    def read_only(self) -> str | None:
        """Why nothing can be written here; None when it can."""
        return self.journal.read_only if self.journal else None

    @property
    def hide(self) -> Hide:
        """Takes secrets out of a text, as it is done with what is written."""
        return self.journal.hide if self.journal else nothing_hidden

    @property
    def tip(self) -> int:
        """The last record of the current branch."""
        return self.path[-1]

    @property
    def at_tip(self) -> bool:
        """Whether the head is the end of its branch."""
        return self._at == len(self.path) - 1

    @property
    def saved(self) -> int:
        """The highest record id known to be on disk."""
        return self.journal.saved if self.journal else self.tree.last_id

    @property
    def unsaved(self) -> tuple[bytes, ...]:
        """The lines of what happened and is not known to be in the file, without secrets."""
        if self.journal is None or self.read_only:
            return ()
        return (*self.journal.unsaved, *self._owing.lines())

    @property
    def trouble(self) -> str:
        """What went wrong the last time that something could not be saved; empty if nothing did."""
        return self.journal.trouble if self.journal else ""

    @property
    def now(self) -> Clock:
        """What tells the time of a record."""
        return self._clock

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
        self.tree.add(record)
        self.executions.extend((record,))

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
        record = self._write(record)
        with self.lock:
            self._stand_on(record)
        return record

    def _stand_on(self, record: Record) -> None:
        parent = record.parent
        self._take(record)
        if parent != self.head or not self.at_tip:
            self._lead(parent)
        self.path.append(record.id)
        self.head, self._at = record.id, len(self.path) - 1
        self._snapshot = None
        self.redo_places.clear()  # Redo would take away what was done since the undo.
        self.changes += 1

    def append_saved(self, events: Sequence[Event], source: Source) -> list[Record]:
        """Add facts after the head once all of them are on disk, and stand on the last.

        Raises ReadOnly or NotSaved, and then none of them is there, nor in the file.
        """
        records = []
        parent = self.head
        for number, event in enumerate(events, self.next_id):
            records.append(Record(number, parent, self._clock(), source, event))
            parent = number
        records = self._write_together(records)
        with self.lock:
            for record in records:
                self._stand_on(record)
        return records

    def _write_together(self, records: list[Record]) -> list[Record]:
        """Write and save all of these records, or none."""
        before = self.journal.written if self.journal else 0
        try:
            records = [self._write(record) for record in records]
            self.sync()
        except NotSaved:
            if self.journal is not None:
                self.journal.take_back(before)
            raise
        return records

    def append_aside(
        self, parent: int, event: Event, source: Source, of: int | None = None
    ) -> Record:
        """Add a fact after any record without standing on it: the head and its way stay.

        Raises ReadOnly or NotSaved, and then nothing has changed.
        """
        record = self._write(Record(self.next_id, parent, self._clock(), source, event, of))
        with self.lock:
            self._take(record)
            self.changes += 1
        return record

    def append_late(
        self, parent: int, event: Event, source: Source, of: int | None = None
    ) -> Record:
        """Add a fact where it belongs, while one stands elsewhere; the path goes on to it.

        Raises ReadOnly or NotSaved, and then nothing has changed.
        """
        with self.lock:
            record = self.append_aside(parent, event, source, of)
            if parent == self.tip:
                self.path.append(record.id)
        return record

    def owe(
        self, after: int, event: Event, source: Source, of: int | None = None
    ) -> UnwrittenAnswer:
        """Know of an answer to record ``after`` that is still to be written down."""
        return self._owing.owe(after, event, source, of)

    def pay(self, owed: UnwrittenAnswer, event: Event | None = None) -> Record:
        """Write down an answer that is owed, or a fuller ``event`` instead.

        Raises NotSaved; then it stays owed, until ``settle``.
        """
        return self._owing.pay(owed, event)

    def settle(self) -> None:
        """Write down whatever came back and could not be saved then. Raises NotSaved."""
        self._owing.settle()

    def _lead(self, parent: int | None) -> None:
        """Make ``path`` end at ``parent``."""
        if parent is None:
            self.path = []
        elif self._on_way(parent):
            self.path = self.path[: self.tree.depth(parent) + 1]
        else:
            self.path = [record.id for record in self.tree.path(parent)]

    def _on_way(self, record_id: int) -> bool:
        depth = self.tree.depth(record_id)
        return depth < len(self.path) and self.path[depth] == record_id

    def note(self, event: Event) -> None:
        """Write a fact about the tree; it stands on no path and moves nothing."""
        record = self._write(Record(self.next_id, self.head, self._clock(), "live", event))
        with self.lock:
            self._take(record)
            self.changes += 1

    def stand(self) -> None:
        """Note which branch one stands on now, so that being killed does not lose it.

        Only in a file that this sitting has written to: looking around changes none. Where it
        cannot be noted, one stands there all the same.
        """
        if self._wrote and not self.read_only:
            with suppress(NotSaved):
                self._note_place()

    def _note_place(self, *, history: bool = False) -> None:
        """Write down and save where one stands, or nothing. Raises NotSaved."""
        undo, redo = self._history() if history else ((), ())
        place = HeadSet(self.head, self.tip, undo, redo)
        note = Record(self.next_id, self.head, self._clock(), "live", place)
        (note,) = self._write_together([note])
        with self.lock:
            self._take(note)
            self.changes += 1

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

    def _write(self, record: Record) -> Record:
        """The record as the file has it: what is hidden there is hidden from all that follows."""
        if self.journal is None:
            return record
        if self.read_only:
            raise ReadOnly(self.read_only)
        written = self._saving(partial(self.journal.append, record))
        self._wrote = True
        return written

    def sync(self) -> None:
        """Return once everything appended is on disk. Raises NotSaved."""
        if self.journal is not None and not self.read_only:
            self._saving(self.journal.sync)

    @property
    def gone(self) -> str | None:
        """What became of the session's file, if it is no longer the one that was opened."""
        return self.journal.look_whether_gone() if self.journal else None

    def save_as(self, path: Path) -> None:
        """Write all of the session into a new file, and go on there. Raises NotSaved."""
        if self.journal is None:
            return
        with self.lock:
            records = [*self.tree.records.values(), *self.tree.notes]
        old = self.journal
        self.journal = old.anew(path, sorted(records, key=lambda record: record.id))
        self._file = path.absolute()
        self._in_doubt, self._wrote = False, True
        old.close()
        self.changes += 1

    def _saving(self, save: Callable[[], T]) -> T:
        try:
            if self._in_doubt and self.journal is not None:
                self.journal.reopen()
                self._in_doubt = False
            return save()
        except NotSaved:
            self._in_doubt = True
            raise

    def select(self, head: int, tip: int | None = None) -> None:
        """Stand on ``head``, on the branch that ends at ``tip``, or else the current or newest.

        What follows ``tip`` is not on the path: after an undo one goes on from there anew.
        """
        if head not in self.tree:
            raise BadCommand(f"there is no record #{head} in this session")
        with self.lock:
            if tip is None:
                tip = self.tip if self.path and self._on_way(head) else self.tree.tip_from(head)
            if not self.tree.is_ancestor(head, tip):
                raise BadCommand(f"record #{head} is not on the branch that ends at #{tip}")
            if not self.path or self.path[-1] != tip:
                self.path = [record.id for record in self.tree.path(tip)]
            self.head, self._at = head, self.tree.depth(head)
            self._snapshot = None
            self.changes += 1
            self.moves += 1

    def is_ahead(self, record_id: int) -> bool:
        """Whether a record comes after the head on the current branch."""
        on_way = record_id in self.tree and self._on_way(record_id)
        return on_way and self.tree.depth(record_id) > self._at

    def ahead(self) -> int | None:
        """The next record on the current branch where one can stand; None at its tip."""
        last = self.path[-1]
        for index in range(self._at + 1, len(self.path)):
            record_id = self.path[index]
            if record_id == last or self.tree.snapshot_at(record_id).settled:
                return record_id
        return None

    def behind(self) -> int | None:
        """The previous record where one can stand; None at the root."""
        for index in range(self._at - 1, -1, -1):
            record_id = self.path[index]
            if self.tree.snapshot_at(record_id).settled:
                return record_id
        return None

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
            with self.lock:
                follow = self.at_tip and record.parent == self.head
                self._take(record)
                if record.event.name not in NOTES and record.parent == self.path[-1]:
                    self.path.append(record.id)
                    if follow:
                        self.head, self._at = record.id, len(self.path) - 1
                        self._snapshot = None
                self.changes += 1
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

    def _take_back(self, undo: Callable[[], None]) -> None:
        try:
            undo()
        except ToolTraceError:
            if self.file is None or not self.file.exists():
                raise  # It is gone in part: what is left says so.
            return  # It stays, then.
        self._undone = True

    def _remember(self) -> None:
        if self._undo is not None and not self._wrote:
            self._take_back(self._undo)
        elif self._wrote and not self.read_only:
            self._note_place(history=True)
        elif self._places and self.path and (self.head, self.tip) != self._began:
            undo, redo = self._history()
            last = self.tree.last_id
            place = LastPosition(self.id, last, self.head, self.tip, undo=undo, redo=redo)
            self._places.save(self._file, place)

    def _history(self) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
        return tuple(self.undo_places[-MOST_KEPT:]), tuple(self.redo_places[-MOST_KEPT:])
