"""Write a session's records to its file, if it has one, and know what of them is saved.

After a failure to save, what is not known to be on disk is written again before anything new is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tooltrace.core.model.errors import NotSaved, ReadOnly, ToolTraceError
from tooltrace.core.model.events import Record
from tooltrace.core.text.redact import Hide, nothing_hidden

if TYPE_CHECKING:
    from tooltrace.store.journal import Journal

__all__ = ["SessionWriter"]

T = TypeVar("T")


class SessionWriter:
    """The journal of one session; without one, whatever is written is kept in memory only.

    ``written_to`` is where the file is, whatever became of it; ``wrote`` says whether anything was
    written in this sitting, beyond what only began a run.
    """

    def __init__(self, journal: Journal | None) -> None:
        self.journal = journal
        self.written_to = journal.path if journal else Path()
        self.wrote = False
        self._in_doubt = False
        self._undo: Callable[[], None] | None = None
        self._undone = False

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
    def trouble(self) -> str:
        """What went wrong the last time that something could not be saved; empty if nothing did."""
        return self.journal.trouble if self.journal else ""

    @property
    def gone(self) -> str | None:
        """What became of the session's file, if it is no longer the one that was opened."""
        return self.journal.look_whether_gone() if self.journal else None

    def write(self, record: Record) -> Record:
        """The record as the file has it: what is hidden there is hidden from all that follows.

        Raises ReadOnly or NotSaved, and then it is not there.
        """
        if self.journal is None:
            return record
        if self.read_only:
            raise ReadOnly(self.read_only)
        written = self._saving(partial(self.journal.append, record))
        self.wrote = True
        return written

    def write_together(self, records: Iterable[Record]) -> list[Record]:
        """Write and save all of these records, or none. Raises ReadOnly or NotSaved."""
        before = self.journal.written if self.journal else 0
        try:
            written = [self.write(record) for record in records]
            self.sync()
        except NotSaved:
            if self.journal is not None:
                self.journal.take_back(before)
            raise
        return written

    def sync(self) -> None:
        """Return once everything written is on disk. Raises NotSaved."""
        if self.journal is not None and not self.read_only:
            self._saving(self.journal.sync)

    def _saving(self, save: Callable[[], T]) -> T:
        try:
            if self._in_doubt and self.journal is not None:
                self.journal.reopen()
                self._in_doubt = False
            return save()
        except NotSaved:
            self._in_doubt = True
            raise

    def write_all(self, path: Path, records: Iterable[Record]) -> None:
        """Write these records, all of the session, into a new file, and go on there.

        Raises NotSaved.
        """
        if self.journal is None:
            return
        old = self.journal
        self.journal = old.anew(path, sorted(records, key=lambda record: record.id))
        self.written_to = path.absolute()
        self._in_doubt, self.wrote = False, True
        old.close()

    def begun(self, undo: Callable[[], None]) -> None:
        """What was written until now only begins a run; ``undo`` takes it back."""
        self._undo = undo
        self.wrote = False

    def take_back(self) -> bool:
        """Take back what only began a run, if nothing was written since; whether that is so.

        Raises what taking it back raises, when the file is gone in part: what is left says so.
        """
        if self._undo is None or self.wrote:
            return False
        try:
            self._undo()
        except ToolTraceError:
            if self.file is None or not self.file.exists():
                raise
            return True  # It stays, then.
        self._undone = True
        return True
