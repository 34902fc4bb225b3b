"""Keep where a person stood when they left a session that they only looked at.

Looking changes no session's file, so this is kept outside it: a small file for each, in a folder of
the person's own. It is no fact: one that cannot be read or written, or that speaks of what the
session no longer is, counts as none.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.session.state_files import StateFiles

__all__ = ["LastPosition", "LastPositions"]

MOST = 1_000
"""Sessions that a place is kept for; above that, those looked at longest ago are forgotten."""


class LastPosition(Struct, frozen=True, forbid_unknown_fields=True):
    """The head and the tip that one stood at, in a session whose last record was ``last``.

    ``undo`` and ``redo`` are the heads and tips that these go to, the next one last.
    """

    session: str
    last: int
    head: int
    tip: int
    file: str = ""
    undo: tuple[tuple[int, int], ...] = ()
    redo: tuple[tuple[int, int], ...] = ()


class LastPositions:
    """The places kept in a folder, one for each session's file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = StateFiles(folder, MOST)

    def load(self, file: Path, session: str, last: int) -> LastPosition | None:
        """Where one stood, if nothing was written to that session since."""
        try:
            place = msgspec.json.decode(self._path(file).read_bytes(), type=LastPosition)
        except (OSError, ValueError, RecursionError):
            return None
        return place if (place.session, place.last) == (session, last) else None

    def save(self, file: Path, place: LastPosition) -> None:
        """Keep a place, or do without."""
        place = msgspec.structs.replace(place, file=one_line(str(_real(file))))
        self._files.write(_name(file), msgspec.json.encode(place) + b"\n")

    def forget(self, file: Path) -> None:
        """Keep no place for a session's file any more."""
        with suppress(OSError):
            self._path(file).unlink(missing_ok=True)

    def hand_over(self, old: Path, new: Path) -> None:
        """What was kept for a file is kept for the one that it is now."""
        with suppress(OSError):
            self._path(old).replace(self._path(new))

    def _path(self, file: Path) -> Path:
        return self._files.path(_name(file))


def _real(file: Path) -> Path:
    """The file's folder by its real name; the file itself need not be there."""
    return Path(os.path.realpath(file.parent), file.name)


def _name(file: Path) -> bytes:
    return os.fsencode(_real(file))
