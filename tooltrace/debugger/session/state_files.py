"""Small files of what tooltrace remembers, outside every project, in a folder of the person's own.

None of them is a fact: one that cannot be written is done without.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

__all__ = ["StateFiles"]


class StateFiles:
    """The files in a folder, one for each name; of more than ``most`` the oldest are removed."""

    def __init__(self, folder: Path, most: int) -> None:
        self._folder = folder
        self._most = most

    def path(self, name: bytes) -> Path:
        """The file for a name, there or not."""
        return self._folder / f"{sha256(name).hexdigest()[:32]}.json"

    def write(self, name: bytes, data: bytes) -> None:
        """Write the file for a name whole, readable for nobody else; or do without."""
        path = self.path(name)
        fresh = path.with_suffix(f".{os.getpid()}")
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
            with os.fdopen(os.open(fresh, flags, 0o600), "wb") as out:
                out.write(data)
            fresh.replace(path)
            self._forget_the_oldest()

    def _forget_the_oldest(self) -> None:
        with os.scandir(self._folder) as entries:
            kept = [(entry.stat(follow_symlinks=False).st_mtime, entry.path) for entry in entries]
        for _, path in sorted(kept)[: max(0, len(kept) - self._most)]:
            Path(path).unlink(missing_ok=True)
