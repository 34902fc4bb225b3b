"""Payloads too large for a line, each in a file of its own beside the session, named by its
SHA-256.

A blob is durable before the line that names it is written, and is checked against its name
whenever it is read. No link is followed to one: a session's folder may come from anywhere.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import suppress
from errno import ELOOP, EMLINK, ENOTDIR
from hashlib import sha256
from pathlib import Path

from tooltrace.store.disk import insist, make_folders, place, read_all, reason, regular
from tooltrace.store.files import Files

__all__ = ["MAX_INLINE", "Blobs", "blobs_of", "named_in"]

MAX_INLINE = 16 << 20
"""An event of more bytes than this goes into a blob."""

_NAME = re.compile(r"[0-9a-f]{64}")


_NAMED = re.compile(rb'"\$blob"\s{0,8}:\s{0,8}"([0-9a-f]{64})"')
_PIECE, _OVERLAP = 1 << 24, 100


def blobs_of(session: Path) -> Path:
    """The folder for the blobs of a session: beside the file itself, also of a link to it."""
    real = Path(os.path.realpath(session))
    return real.with_name(f"{real.name}.blobs")


def named_in(read: Callable[[int, int], bytes]) -> set[str]:
    """The blobs that a file names; ``read`` gives so many bytes of it from a place on."""
    found: set[str] = set()
    at = 0
    # A name may be cut in two by the end of a piece, so each begins a little before that.
    while len(piece := read(at, _PIECE)) > _OVERLAP:
        found.update(name.decode() for name in _NAMED.findall(piece))
        at += len(piece) - _OVERLAP
    return found


class Blobs:
    """The blobs of one session: ``<session>.blobs/<sha256>``."""

    def __init__(self, session: Path, files: Files) -> None:
        self.folder = blobs_of(session)
        # Where the file is opened through a link, they once were beside the link.
        self._before = session.with_name(f"{session.name}.blobs") if session.is_symlink() else None
        self._files = files

    def put(self, payload: bytes) -> str:
        """Keep a payload and give its name. Raises OSError when it is not safely there."""
        name = sha256(payload).hexdigest()
        make_folders(self._files, self.folder)
        self._refuse_link(self.folder)
        try:
            self._get(self.folder, name)
        except ValueError:
            place(self._files, self.folder / name, payload)
        return name

    def get(self, name: str) -> bytes:
        """The payload of that name. Raises ValueError, saying why it is not to be had."""
        if not _NAME.fullmatch(name):
            raise ValueError("its payload is in a file of its own, but the name is not a SHA-256")
        try:
            return self._get(self.folder, name)
        except ValueError:
            if self._before is not None:
                with suppress(ValueError):
                    return self._get(self._before, name)
            raise

    def _get(self, folder: Path, name: str) -> bytes:
        shown = f"{folder.name}/{name[:12]}…"
        try:
            self._refuse_link(folder)
            fd = insist(self._files.open, folder / name, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                regular(self._files, fd)
                payload = read_all(self._files, fd)
            finally:
                self._files.close(fd)
        except OSError as error:
            raise ValueError(f"its payload {shown} cannot be read: {_why(error)}") from error
        if sha256(payload).hexdigest() != name:
            raise ValueError(f"its payload {shown} is damaged: it does not match its name")
        return payload

    def _refuse_link(self, folder: Path) -> None:
        """Raise OSError when a folder is a link, or no folder."""
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
        try:
            fd = insist(self._files.open, folder, flags)
        except NotADirectoryError as error:
            raise OSError(ENOTDIR, f"{folder.name} is a link, or no folder") from error
        self._files.close(fd)


def _why(error: OSError) -> str:
    return "it is a link" if error.errno in (ELOOP, EMLINK) else reason(error)
