"""Read paths as a person gave them: from the folder where the command was given.

Code of a workflow may take the process to another folder, when it is loaded or in a tool; what a
person wrote does not go with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["as_given", "begun_here"]

_begun: Path | None = None


@contextmanager
def begun_here() -> Iterator[None]:
    """From now on, whatever is given begins in the folder that the process is in now."""
    global _begun
    before = _begun
    with suppress(OSError):
        _begun = Path.cwd()
    try:
        yield
    finally:
        _begun = before


def as_given(path: Path) -> Path:
    """The path as it was meant: as it stands, while the process is where the command was given."""
    if _begun is None or path.is_absolute() or _begun == _now():
        return path
    return _begun / path


def _now() -> Path | None:
    with suppress(OSError):
        return Path.cwd()
    return None
