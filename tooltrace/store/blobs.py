"""Payloads too large for a line, each in a file of its own beside the session, named by its
SHA-256.

A blob is durable before the line that names it is written, and is checked against its name
whenever it is read.
"""

from __future__ import annotations

import os
import re
from hashlib import sha256
from pathlib import Path

from tooltrace.store.disk import insist, make_folders, place, read_all, reason, regular
from tooltrace.store.files import Files

__all__ = ["MAX_INLINE", "Blobs"]

MAX_INLINE = 16 << 20
"""An event of more bytes than this goes into a blob."""

_NAME = re.compile(r"[0-9a-f]{64}")


class Blobs:
    """The blobs of one session: ``<session>.blobs/<sha256>``."""

    def __init__(self, session: Path, files: Files) -> None:
        self.folder = session.with_name(f"{session.name}.blobs")
        self._files = files

    def put(self, payload: bytes) -> str:
        """Keep a payload and give its name. Raises OSError when it is not safely there."""
        name = sha256(payload).hexdigest()
        make_folders(self._files, self.folder)
        try:
            self.get(name)
        except ValueError:
            place(self._files, self.folder / name, payload)
        return name

    def get(self, name: str) -> bytes:
        """The payload of that name. Raises ValueError, saying why it is not to be had."""
        if not _NAME.fullmatch(name):
            raise ValueError("its payload is in a file of its own, but the name is not a SHA-256")
        shown = f"{self.folder.name}/{name[:12]}…"
        try:
            fd = insist(self._files.open, self.folder / name, os.O_RDONLY)
            try:
                regular(self._files, fd)
                payload = read_all(self._files, fd)
            finally:
                self._files.close(fd)
        except OSError as error:
            raise ValueError(f"its payload {shown} cannot be read: {reason(error)}") from error
        if sha256(payload).hexdigest() != name:
            raise ValueError(f"its payload {shown} is damaged: it does not match its name")
        return payload
