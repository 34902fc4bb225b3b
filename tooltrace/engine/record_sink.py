"""Where the engine writes what it did: the one thing it needs from a session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tooltrace.core.model.errors import ToolTraceError
from tooltrace.core.model.events import Event, Record, Source
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.text.error_origin import fault_of

__all__ = ["RecordSink", "UnwrittenAnswer", "WorldKeeper", "kept"]


class RecordSink(Protocol):
    """A path that grows: facts are appended at its head and made durable on demand."""

    @property
    def snapshot(self) -> Snapshot:
        """The fold of the path to the head."""
        ...

    def append(self, event: Event, source: Source, of: int | None = None) -> Record:
        """Add a fact after the head and stand on it. Raises NotSaved."""
        ...

    def append_saved(self, events: Sequence[Event], source: Source) -> list[Record]:
        """Add facts after the head once all of them are on disk, and stand on the last.

        Raises NotSaved, and then none of them is there.
        """
        ...

    def owe(
        self, after: int, event: Event, source: Source, of: int | None = None
    ) -> UnwrittenAnswer:
        """Know of an answer to record ``after`` that is still to be written down."""
        ...

    def pay(self, owed: UnwrittenAnswer, event: Event | None = None) -> Record:
        """Write down an answer that is owed, or a fuller ``event`` instead.

        Raises NotSaved; then it stays owed, and is written as soon as that can be done.
        """
        ...

    def sync(self) -> None:
        """Return once everything appended is on disk. Raises NotSaved."""
        ...


class UnwrittenAnswer:
    """An answer that came and is not written down yet; ``after`` is the record that it answers."""

    __slots__ = ("after", "event", "of", "source")

    def __init__(self, after: int, event: Event, source: Source, of: int | None) -> None:
        self.after = after
        self.event = event
        self.source = source
        self.of = of


class WorldKeeper(Protocol):
    """Takes a snapshot of the world after a call that may have changed it."""

    def snapshot(self) -> str | None:
        """The digest of the snapshot taken; None where there is no world."""
        ...


def kept(world: WorldKeeper) -> tuple[str | None, str]:
    """The snapshot taken of the world; or None, and why it could not be taken. Never raises."""
    try:
        return world.snapshot(), ""
    except ToolTraceError as error:
        return None, str(error)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a world is its author's code
        return None, fault_of(error)
