"""The lines that a search goes through, whether they are a file's or made as they are read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Protocol, Self

__all__ = ["LONGEST", "Lines", "lines_in", "lines_of"]

LONGEST = 64 << 20
"""How many bytes of a line are read."""


class Lines(Protocol):
    """The lines of a session's file, one after the other; one that was read can be gone back to."""

    def readline(self, size: int = ..., /) -> bytes:
        """The next line, or so many bytes of it; nothing at the end."""
        ...

    def tell(self) -> int:
        """Where one stands."""
        ...

    def seek(self, place: int, /) -> int:
        """Go somewhere."""
        ...

    def read(self, size: int, /) -> bytes:
        """So many bytes."""
        ...

    def __enter__(self) -> Self:
        """Opened."""
        ...

    def __exit__(self, *why: Any) -> object:
        """Closed."""
        ...


def lines_of(path: Path) -> Lines:
    """Those of a session. Raises OSError."""
    return path.open("rb", buffering=1 << 20)


def lines_in(file: Lines) -> Iterator[bytes]:
    """The lines with their ends; of one that is too long no more than tells so."""
    for data in iter(partial(file.readline, LONGEST + 1), b""):
        yield data
        while len(data) > LONGEST and not data.endswith(b"\n"):
            data = file.readline(LONGEST + 1)
