"""What SQLite deletes when it opens a database that was left in the middle of a transaction.

Beside the database is a journal to roll back with. At its end it may name another file, that of a
transaction over several databases, and SQLite deletes that one once it has rolled back: whatever it
is. A journal that came from elsewhere may name anything.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from tooltrace.tools.world.folder import Folder

__all__ = ["refuse_deletion"]

_JOURNAL = "-journal"
_OWN = re.compile(rb".+-mj[0-9A-F]{9}", re.DOTALL)
"""What SQLite calls such a file."""
_MAGIC = bytes.fromhex("d9d505f920a163d7")
_END = 16
"""Bytes of the length of the name, its sum, and the magic number."""
_LONGEST = 1 << 16


def refuse_deletion(root: Folder, folder: Folder, name: str, status: os.stat_result) -> None:
    """Raise ValueError for a journal that names a file which is there and no part of such a
    transaction below the root.

    Any other file passes. Raises OSError when it cannot be read.
    """
    if not name.casefold().endswith(_JOURNAL) or not stat.S_ISREG(status.st_mode):
        return
    named = _named_in(folder, name)
    if named is None or not os.path.lexists(named) or _is_own(root, named):
        return
    raise ValueError(
        f"{folder.path / name} makes SQLite delete {Path(os.fsdecode(named)).absolute()}: "
        "remove that journal, or the database with it, if you do not know that file"
    )


def _named_in(folder: Folder, name: str) -> bytes | None:
    with folder.opened(name) as fd:
        size = os.fstat(fd).st_size
        if size <= _END:
            return None
        end = os.pread(fd, _END, size - _END)
        length = int.from_bytes(end[:4])
        if not end.endswith(_MAGIC) or not 0 < length <= min(size - _END, _LONGEST):
            return None
        named = os.pread(fd, length, size - _END - length)
    return named.partition(b"\0")[0] or None


def _is_own(root: Folder, named: bytes) -> bool:
    above, base = os.path.split(named)
    there = Path(os.path.realpath(os.fsdecode(above or b".")))
    is_inside = there.is_relative_to(os.path.realpath(root.path))
    return is_inside and _OWN.fullmatch(base) is not None
