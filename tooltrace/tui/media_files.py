"""Pictures and documents as files, for programs outside: private, and gone when the app is left.

A file's name says nothing that came from outside: its ending is that of what its bytes are, and no
bytes of any other kind are written.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import weakref
from pathlib import Path
from threading import Lock

from tooltrace.core.model.block_data import block_bytes
from tooltrace.core.model.content_blocks import Block, media_type

__all__ = ["MediaFiles"]

_ENDINGS = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
}


class MediaFiles:
    """Writes the bytes of blocks into a folder of its own, 0700, each file 0600 and once."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._lock = Lock()
        self._remove: weakref.finalize[..., MediaFiles] | None = None

    def write(self, block: Block) -> Path:
        """The file with a block's bytes. Raises ValueError where it has none, or OSError."""
        data = block_bytes(block)
        if data is None:
            raise ValueError(_why_none(block))
        text = isinstance(block.get("source"), dict) and block["source"].get("type") == "text"
        ending = ".txt" if text else _ENDINGS.get(media_type(data) or "")
        if ending is None:
            raise ValueError("its bytes are no picture and no PDF: no file is made of them")
        with self._lock:
            path = self._place() / f"{hashlib.sha256(data).hexdigest()[:16]}{ending}"
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                return path
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(data)
            except OSError:
                path.unlink(missing_ok=True)
                raise
        return path

    def _place(self) -> Path:
        if self._folder is None or not self._folder.is_dir():
            self._folder = Path(tempfile.mkdtemp(prefix="tooltrace-media-"))
            self._remove = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder

    def remove(self) -> None:
        """Remove the folder and all that is in it."""
        with self._lock:
            self._folder = None
            if self._remove is not None:
                self._remove()


def _why_none(block: Block) -> str:
    source = block.get("source")
    named = source.get("url") or source.get("file_id") if isinstance(source, dict) else source
    where = f", only where they are: {named}" if isinstance(named, str) else ""
    return f"its bytes are not in the session{where}"
