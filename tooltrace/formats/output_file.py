"""A file that an export writes: whole or not at all, and over nothing that is there unless asked.

It is written under a name of its own in the same folder, and given its name when it is complete:
whoever looks meanwhile, or after a kill, sees the old file or none.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from tooltrace.core.model.errors import BadExport
from tooltrace.core.text.sanitize import one_line

__all__ = ["write_file"]


def write_file(path: Path, pieces: Iterable[bytes], over: bool = False) -> int:
    """Write a file for its owner only; how many bytes. ``over`` allows one to be there already.

    Raises BadExport, and then nothing has changed.
    """
    shown = one_line(str(path))
    part = path.parent / f".tooltrace-{os.urandom(8).hex()}.part"
    try:
        _check_free(path, shown, over)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        try:
            written = 0
            with os.fdopen(os.open(part, flags, 0o600), "wb") as file:
                for piece in pieces:
                    written += file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            _give_name(part, path, over)
        finally:
            with suppress(OSError):
                part.unlink()
    except FileExistsError as error:
        raise BadExport(_there(shown)) from error
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise BadExport(f"{shown} cannot be written: {why}") from error
    return written


def _there(shown: str) -> str:
    return f"{shown} is there already: choose another name, or give --force"


def _check_free(path: Path, shown: str, over: bool) -> None:
    """Say early what could not be done after all the work."""
    if not os.path.lexists(path):
        return
    if not over:
        raise BadExport(_there(shown))
    if not stat.S_ISREG(path.lstat().st_mode):
        raise BadExport(f"{shown} is no plain file: choose another name")


def _give_name(part: Path, path: Path, over: bool) -> None:
    if over:
        part.replace(path)
        return
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links: the name is taken first, so that nobody else's is replaced.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        part.replace(path)
