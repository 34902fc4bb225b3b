"""Where the engine writes what it did: the one thing it needs from a session."""

from __future__ import annotations

from typing import Protocol

from tooltrace.core.events import Event, Record, Source
from tooltrace.core.snapshot import Snapshot

__all__ = ["Facts", "WorldKeeper"]


class Facts(Protocol):
    """A path that grows: facts are appended at its head and made durable on demand."""

    @property
    def snapshot(self) -> Snapshot:
        """The fold of the path to the head."""
        ...

    def append(self, event: Event, source: Source, of: int | None = None) -> Record:
        """Add a fact after the head and stand on it. Raises NotSaved."""
        ...

    def sync(self) -> None:
        """Return once everything appended is on disk. Raises NotSaved."""
        ...


class WorldKeeper(Protocol):
    """Takes a snapshot of the world after a call that may have changed it."""

    def snapshot(self) -> str | None:
        """The digest of the snapshot taken; None where there is no world."""
        ...
