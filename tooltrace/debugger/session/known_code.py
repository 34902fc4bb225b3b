"""Remember which workflows a person has run, and from which folder.

A session says which code it was made with, and whoever sends one may have written that. So code is
offered for loading only where this person named it before, in this folder. It is kept outside the
project, in a folder that nobody else can write to; what cannot be read or written counts as none.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import msgspec
from msgspec import Struct

from tooltrace.debugger.session.state_files import StateFiles

__all__ = ["KnownCode", "KnownCodes"]

MOST = 500
"""Workflows that are remembered; those run longest ago are forgotten."""


class KnownCode(Struct, frozen=True, forbid_unknown_fields=True):
    """A workflow that was named as ``ref`` in ``folder``: its ``file``, and what was in it."""

    folder: str
    ref: str
    file: str
    content: str = ""

    @property
    def changed(self) -> bool:
        """Whether the file is another than the one that was run last."""
        return _content(self.file) != self.content


class KnownCodes:
    """The workflows that were run, one small file for each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = StateFiles(folder, MOST)

    def remember(self, here: Path, ref: str, file: str) -> None:
        """A person named this here, and it was loaded from that file; or do without."""
        known = KnownCode(_real(here), ref, os.path.realpath(file), _content(file))
        with suppress(ValueError):
            data = msgspec.json.encode(known) + b"\n"
            self._files.write(_name(known.folder, ref), data)

    def find(self, here: Path, ref: str) -> KnownCode | None:
        """What was named so in this folder before, if it still means the same file."""
        folder = _real(here)
        try:
            known = msgspec.json.decode(
                self._read(self._files.path(_name(folder, ref))), type=KnownCode
            )
        except (OSError, ValueError, RecursionError):
            return None
        if (known.folder, known.ref) != (folder, ref) or not Path(known.file).is_file():
            return None
        where = ref if ref.endswith(".py") else ref.rpartition(":")[0]
        if where.endswith(".py") and _real(here / Path(where).expanduser()) != known.file:
            return None  # It is a link now, say, and leads to code that nobody ran.
        return known

    def _read(self, path: Path) -> bytes:
        """What this person wrote there. Raises OSError for what others may have written."""
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as held:
            for status in (os.fstat(held.fileno()), self.folder.lstat()):
                if status.st_uid != os.getuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                    raise PermissionError(f"{path} may be somebody else's")
            return held.read()


def _name(folder: str, ref: str) -> bytes:
    return os.fsencode(folder) + b"\0" + ref.encode("utf-8", "surrogatepass")


def _real(path: Path) -> str:
    return os.path.realpath(path)


def _content(file: str) -> str:
    try:
        return blake2b(Path(file).read_bytes(), digest_size=16).hexdigest()
    except OSError:
        return ""
