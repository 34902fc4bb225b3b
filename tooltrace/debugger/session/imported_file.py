"""A file of another program, opened as a session to look at: in memory, and nothing is written.

``save_as`` makes a session of it, and is the only thing that writes.
"""

from __future__ import annotations

import time
from pathlib import Path

from tooltrace.core.model.errors import BadImport, BadSession
from tooltrace.core.model.events import Record
from tooltrace.core.model.notes import NOTES, HeadSet
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.session.secrets import hider
from tooltrace.formats.imported.session import Imported
from tooltrace.store.files import Files
from tooltrace.store.journal import Journal
from tooltrace.store.lines import FileProblem
from tooltrace.store.open import acquire

__all__ = ["ImportedFile"]

_SHARE = 10
"""How much longer than it takes to read what was added one waits before looking again."""


class _ImportProblem(FileProblem, frozen=True):
    def __str__(self) -> str:
        return self.why


class ImportedFile(Journal):
    """The records of a file in another format; read-only, and with ``follow`` still growing.

    ``counts`` says what was read. Raises BadSession when it cannot be opened, and BadImport when
    nothing here knows its format, which ``name`` may say.
    """

    def __init__(self, path: Path, name: str = "", follow: bool = False) -> None:
        files = Files()
        held = acquire(path, False, files)
        super().__init__(path, held, files, hide=hider())
        try:
            self._imported = Imported(path, name, self.hide, follow)
            self.records = [*self._imported.records()]
            if not self.records:
                raise BadImport(f"{one_line(str(path))}: there is no run in it")
        except BaseException:
            self.close()
            raise
        self.counts = self._imported.counts
        self._follows = self._imported.follows
        self._not_before = 0.0
        self.read_only = "imported: tooltrace import FILE -o FOLDER makes a session of it"
        self._stand()

    def _stand(self) -> None:
        """Where a person begins: at the end of what came first, not of a subagent's run."""
        first = self.records[0]
        ends = {first.id}
        for record in self.records[1:]:
            if record.parent in ends and record.event.name not in NOTES:
                ends.add(record.id)
        tip = max(ends)
        place = HeadSet(tip, tip)
        number, at = self._imported.next_id(), self.records[-1].at
        self.records.append(Record(number, tip, at, "imported", place))
        self.written = self.saved = number

    @property
    def told(self) -> str:
        """What was read, for a person who opens it."""
        return f"imported ({self._imported.about}): {self.counts.words()}"

    @property
    def problems(self) -> list[FileProblem]:
        """What is wrong with the file; none of it has a line that could be named."""
        return [_ImportProblem(0, why) for why in self._imported.source.problems]

    def refresh(self) -> list[Record]:
        """The records of what was added since, where it is followed. Raises BadSession."""
        begin = time.monotonic()
        if not self._follows or begin < self._not_before or self._fd is None:
            return []
        try:
            fresh = [*self._imported.records()]
        except BadImport as error:
            self._follows = False
            raise BadSession(str(error)) from error
        self._not_before = time.monotonic() + _SHARE * (time.monotonic() - begin)
        self.written = self.saved = fresh[-1].id if fresh else self.written
        return fresh
