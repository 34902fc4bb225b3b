"""The session's file: records in, records out, and nothing said to be saved that is not.

Opening never changes the file. A record is one line of it, with secrets taken out; a large payload
is kept beside it (see ``blobs``).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from tooltrace.core.model.errors import BadSession, NotSaved, ReadOnly
from tooltrace.core.model.events import ModelCalled, Record, ToolStarted
from tooltrace.core.text.redact import Hide, Redactor, nothing_hidden
from tooltrace.core.text.sanitize import one_line
from tooltrace.store.appended_file import AppendedFile
from tooltrace.store.blobs import MAX_INLINE, Blobs, named_in
from tooltrace.store.disk import insist, read_all, reason
from tooltrace.store.event_codec import reference
from tooltrace.store.files import Files
from tooltrace.store.lines import FileProblem, assemble, printable
from tooltrace.store.open import OpenedFile, acquire, begin, contents, no_session, try_lock
from tooltrace.store.reader import RecordReader
from tooltrace.store.redacted import without_secrets

__all__ = ["Journal"]

_FILES = Files()


class Journal(AppendedFile):
    """A session's file, open.

    ``records`` is what it held when it was opened, ``was_there`` whether the file was there before.
    """

    def __init__(
        self,
        path: Path,
        held: OpenedFile,
        files: Files,
        data: bytes = b"",
        hide: Hide = nothing_hidden,
    ) -> None:
        super().__init__(path, held, files)
        self.was_there = True
        self.hide = hide
        self._blobs = Blobs(self.path, files)
        self._intake = RecordReader(self._name, self._fetched)
        self._go_on_numbering(data)
        self.records = self._intake.take(data)
        self.written = self.saved = self._intake.highest
        self._read = data.rfind(b"\n") + 1 if self._intake.tail else len(data)
        self._end = self._synced = len(data)
        self._torn = bool(data) and not data.endswith(b"\n")

    @classmethod
    def create(cls, path: Path, files: Files = _FILES, hide: Hide = nothing_hidden) -> Journal:
        """A new, empty session file, locked for writing; folders that are missing are made.

        One that is there and empty is begun anew: ``was_there``. ``hide`` takes secrets out of
        whatever is written.

        Raises NotSaved when there is anything else of that name, or it cannot be made.
        """
        held, there = begin(path, files)
        journal = cls(path, held, files, hide=hide)
        journal.was_there = there
        return journal

    @classmethod
    def open(
        cls,
        path: Path,
        writable: bool = False,
        files: Files = _FILES,
        hide: Hide = nothing_hidden,
        even_empty: bool = False,
    ) -> Journal:
        """Read a session; ``writable`` asks for the lock too, and may be refused it.

        A file of no bytes is none, except with ``even_empty``.

        Raises BadSession when it cannot be read, is no session, or is of a newer format.
        """
        held = acquire(path, writable, files)
        try:
            data = contents(path, held.fd, files)
            journal = cls(path, held, files, data, hide)
            if not journal.records and (data or not even_empty):
                raise BadSession(no_session(one_line(path.name), data, journal.problems))
        except BaseException:
            with suppress(OSError):
                files.close(held.fd)
            raise
        return journal

    @property
    def told(self) -> str:
        """What was read, for a person who opens it, where that is no session; else empty."""
        return ""

    @property
    def problems(self) -> list[FileProblem]:
        """What is wrong with the file, by line, as far as it was read."""
        tail = self._intake.tail or self._intake.unended
        found = [*self._intake.problems, tail] if tail else self._intake.problems
        return sorted(found, key=lambda problem: problem.line)

    @property
    def next_id(self) -> int:
        """The id for the next record: one more than any seen, in damaged lines too."""
        return max(self._intake.next_id, self.written + 1)

    def append(self, record: Record) -> Record:
        """Write one record as one whole line; it is saved at the next ``sync``.

        Returns the record as it was written: with secrets taken out, if there were any in it.
        Raises ReadOnly, NotSaved, or ValueError for what no session can hold; then nothing was
        written.
        """
        if self.read_only is not None:
            raise ReadOnly(f"{self._name} is read-only here: {self.read_only}")
        if self._broken is not None:
            raise NotSaved(self._broken)
        if record.id <= self.written or (record.parent or 0) >= record.id:
            raise ValueError(f"#{record.id} after #{self.written} is out of order")
        begins = isinstance(record.event, (ModelCalled, ToolStarted))
        if begins:
            self._make_room(record.id)
        record, payload = without_secrets(record, self.hide)
        if len(payload) > MAX_INLINE:
            try:
                payload = reference(self._blobs.put(payload.encode("ascii")))
            except OSError as error:
                raise NotSaved(self._failed(f"#{record.id} was not saved", error)) from error
        self._write(assemble(record, payload), record.id, spends=not begins)
        self.written = record.id
        return record

    def line(self, record: Record) -> bytes:
        """The line that a record would be: without secrets, whole, and nothing but ASCII.

        Raises ValueError for what no session can hold.
        """
        return printable(assemble(*without_secrets(record, self.hide)))

    def anew(self, path: Path, records: Iterable[Record]) -> Journal:
        """Another session's file with these records in it, all of them on the disk.

        Raises NotSaved, and then there is no such file.
        """
        other = Journal.create(path, self._files, self.hide)
        if other.path.parent == self.path.parent:
            other.named = self.named.with_name(path.name)
        try:
            for record in records:
                if (record.parent or 0) >= record.id:  # A note may say anything.
                    record = replace(record, parent=None)
                other.append(record)
            other.sync()
        except BaseException:
            with suppress(OSError):
                self._files.remove(path)
            other.close()
            raise
        return other

    def refresh(self) -> list[Record]:
        """The records of whole lines that the writer has added since; none when this is the writer.

        Raises BadSession when the file cannot be read any more.
        """
        if self.read_only is None or self._fd is None:
            return []
        try:
            data = read_all(self._files, self._fd, self._read)
        except OSError as error:
            raise BadSession(f"{self._name} cannot be read: {reason(error)}") from error
        whole = data.rfind(b"\n") + 1
        if not whole:
            return []
        self._read += whole
        fresh = self._intake.take(data[:whole])
        self.written = self.saved = self._intake.highest
        return fresh

    def take_over(self) -> list[Record]:
        """Be the writer, if the one there was has left; the records that it has added since.

        ``read_only`` says whether it worked. Raises BadSession when the file cannot be read any
        more.
        """
        fd = self._fd
        if not self.waits or fd is None or os.getpid() != self._process:
            return []
        try:
            return self._take_over(fd)
        except OSError as error:
            raise BadSession(f"{self._name} cannot be read: {reason(error)}") from error

    def _take_over(self, fd: int) -> list[Record]:
        self.locked, why = try_lock(fd, self._files)
        if why is not None:
            self.read_only = why
            return []
        if not self.is_at(self.path) or insist(self._files.status, fd).st_size < self._read:
            self.waits = False
            self.read_only = "its file was replaced or cut: open it again"
            return []
        data = read_all(self._files, fd, self._read)
        fresh = self._intake.take(data) if data else []
        self._end = self._synced = self._read + len(data)
        self._torn = insist(self._files.read, fd, self._end - 1, 1) != b"\n"
        self._go_on_numbering(data)
        self._read += data.rfind(b"\n") + 1 if self._intake.tail else len(data)
        self.written = self.saved = self._intake.highest
        self.waits, self.read_only = False, None
        return fresh

    def payloads(self) -> set[str]:
        """The names of the payloads that it keeps in files of their own. Raises BadSession."""
        try:
            return named_in(self.read)
        except OSError as error:
            raise BadSession(f"{self._name} cannot be read: {reason(error)}") from error

    def _fetched(self, name: str) -> bytes:
        payload = self._blobs.get(name)
        self._go_on_numbering(payload)
        return payload

    def _go_on_numbering(self, written: bytes) -> None:
        if isinstance(self.hide, Redactor) and self.hide.numbers is not None:
            self.hide.numbers.go_on_after(written)
