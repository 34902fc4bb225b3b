"""A file of another program as the records of a session, in memory: read, and nothing written.

This is the one place that opens such a file; commands, the app and searches all ask it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.errors import BadImport, ToolTraceError
from tooltrace.core.model.events import Record
from tooltrace.core.text.redact import Hide, nothing_hidden
from tooltrace.core.text.sanitize import one_line
from tooltrace.formats.import_registry import Importer, importer, sniffed
from tooltrace.formats.imported.recorder import ImportCounts, Recorder
from tooltrace.formats.imported.times import utc
from tooltrace.formats.source.source_file import SourceFile
from tooltrace.plugins.entry_points import why

__all__ = ["Imported", "imported_session", "looks_imported"]


class Imported:
    """A file that is being imported: its records come from ``records``, as far as there are any.

    ``hide`` takes secrets out of them. With ``follow``, what is added to the file comes when it is
    asked again, where the format can be followed. Raises BadImport when nothing here knows it.
    """

    def __init__(
        self, path: Path, name: str = "", hide: Hide = nothing_hidden, follow: bool = False
    ) -> None:
        self.source = SourceFile(path)
        chosen = importer(name) if name else sniffed(self.source)
        if chosen is None:
            raise BadImport(f"{one_line(str(path))} is in no format that is known here")
        self.importer: Importer = chosen
        self.follows = follow and chosen.follows and self.source.can_follow
        out = Recorder(utc(self.source.modified) or "1970-01-01T00:00:00.000Z", hide)
        resolved = str(path.absolute()).encode("utf-8", "surrogateescape")
        out.session = hashlib.blake2b(resolved, digest_size=8).hexdigest()
        self.counts: ImportCounts = out.counts
        self._out = out
        self._found = chosen.read(self.source, out, self.follows)

    def next_id(self) -> int:
        """The number of the next record, which is taken by asking."""
        self._out.last_id += 1
        return self._out.last_id

    @property
    def about(self) -> str:
        """Which format it is in, in a few words."""
        return self.importer.about

    def records(self) -> Iterator[Record]:
        """The records that are there and were not given yet.

        Raises BadImport when it cannot be read, also where an importer of other people's fails.
        """
        try:
            for record in self._found:
                if record is None:
                    return
                yield record
        except ToolTraceError:
            raise
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            shown = one_line(str(self.source.path))
            raise BadImport(
                f"{shown} cannot be read as {self.importer.name}: {why(error)}"
            ) from error


def imported_session(path: Path, name: str = "", hide: Hide = nothing_hidden) -> Tree:
    """The whole file as a tree of records. Raises BadImport."""
    tree = Tree()
    for record in Imported(path, name, hide).records():
        tree.add(record)
    return tree


def looks_imported(path: Path) -> bool:
    """Whether a file is one of another program's, by its beginning; False where it is a session."""
    try:
        source = SourceFile(path)
    except BadImport:
        return False
    if _is_session(source.head):
        return False
    try:
        return sniffed(source) is not None
    except BadImport:
        return False


def _is_session(head: bytes) -> bool:
    lines = head.split(b"\n")
    return any(line.startswith(b'{"id":') and b'"parent":' in line[:60] for line in lines[:50])
