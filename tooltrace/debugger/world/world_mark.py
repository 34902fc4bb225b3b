"""Write and read the mark in a world's folder: the session and the file it belongs to.

A copied session file carries its id along, so the id alone says too little; a file is told by
device, inode and name as well.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec
from msgspec import Struct

from tooltrace.core.model.errors import BadWorld
from tooltrace.core.text.exact_json import dumps, loads
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.world.retention import SNAPSHOTS
from tooltrace.tools.world.folder import Folder, reason

__all__ = [
    "SNAPSHOTS",
    "FileIdentity",
    "WorldMark",
    "is_marked",
    "mark",
    "mark_in",
    "real",
    "short",
]

_MARK = ".owner"
"""Among the snapshots: the folder above is the author's, who may look whether it is empty."""
_LARGEST = 64 << 10
_LONGEST = 200


class FileIdentity(Struct, frozen=True):
    """What a file or a folder is on this machine, whatever it is called."""

    device: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> FileIdentity:
        """The identity that the system tells."""
        return cls(status.st_dev, status.st_ino)


class WorldMark(Struct, frozen=True):
    """Whose the folder is: the session, its file, and the folder itself when that was written."""

    session: str
    name: str
    file: FileIdentity
    folder: FileIdentity


def mark(folder: Path, session: Path, ident: str) -> None:
    """Write into a folder that it belongs to that file of that session. Raises BadWorld."""
    try:
        file = real(session)
        with Folder.open(folder) as opened, opened.made(SNAPSHOTS) as snapshots:
            whose = WorldMark(
                short(ident),
                file.name,
                FileIdentity.of(file.stat()),
                FileIdentity.of(opened.status()),
            )
            # A name may hold bytes that are no text, and an id anything that a file may say.
            snapshots.write(_MARK, f"{dumps(msgspec.to_builtins(whose))}\n".encode("ascii"))
    except OSError as error:
        raise BadWorld(f"no world can be kept: {one_line(reason(error))}") from error


def is_marked(folder: Path, file: Path, ident: str | None = None) -> bool:
    """Whether a folder's mark names this very file, whatever that is called now.

    ``ident`` is the session that it must name as well. A copy of the folder is none.
    """
    try:
        with Folder.open(folder) as opened:
            mark = mark_in(opened)
            same = mark is not None and mark.folder == FileIdentity.of(opened.status())
        return (
            mark is not None
            and same
            and mark.file == FileIdentity.of(file.lstat())
            and (ident is None or mark.session == short(ident))
        )
    except OSError:
        return False


def mark_in(folder: Folder) -> WorldMark | None:
    """The mark in a folder. Raises OSError when there is one that cannot be read."""
    if folder.find(SNAPSHOTS) is None:
        return None
    with folder.below(SNAPSHOTS) as snapshots:
        if snapshots.find(_MARK) is None:
            return None
        data = snapshots.read(_MARK, _LARGEST)
        try:
            return msgspec.convert(loads(data), WorldMark)
        except (ValueError, RecursionError, msgspec.ValidationError) as error:
            where = str(snapshots.path / _MARK)
            raise OSError(
                0, "does not say whose the folder is: see what it holds", where
            ) from error


def short(ident: str) -> str:
    """What stands for a session's id: a file may say anything, however long."""
    if len(ident) <= _LONGEST:
        return ident
    return hashlib.blake2b(ident.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def real(path: Path) -> Path:
    """The file itself, where a session is opened through a link."""
    return Path(os.path.realpath(path))
