"""A file of another program as the lines that a session of it would have, one after the other.

They are looked through as those of a session are; what was made is kept in a file without a name,
for whoever goes back to an earlier line.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tooltrace.debugger.session.secrets import hider
from tooltrace.formats.imported.session import Imported
from tooltrace.store.lines import encode

__all__ = ["ImportedLines"]


class ImportedLines:
    """Opened as a file is, to be read by lines. Raises BadImport, also while it is read."""

    def __init__(self, path: Path) -> None:
        self._imported = Imported(path, hide=hider())
        self._records = self._imported.records()
        self._made = tempfile.TemporaryFile()  # noqa: SIM115 - closed when this is

    @property
    def problems(self) -> list[str]:
        """What is wrong with the file, as far as it was read."""
        return self._imported.source.problems

    def readline(self, size: int = -1, /) -> bytes:
        """The next line, whole whatever its size; nothing at the end."""
        record = next(self._records, None)
        if record is None:
            return b""
        line = encode(record)
        self._made.seek(0, 2)
        self._made.write(line)
        return line

    def tell(self) -> int:
        """Where one stands in what was made so far."""
        return self._made.tell()

    def seek(self, place: int, /) -> int:
        """Go to a line that was read."""
        return self._made.seek(place)

    def read(self, size: int, /) -> bytes:
        """What stands there."""
        return self._made.read(size)

    def __enter__(self) -> ImportedLines:
        return self

    def __exit__(self, *_: object) -> None:
        self._made.close()
