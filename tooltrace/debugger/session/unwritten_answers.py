"""Keep answers that came and are not written down yet: of a tool, of a model.

What came back cannot be had a second time, so it is known from the moment it is there, written
where it belongs as soon as that can be done, and told to whoever leaves before.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.events import ErrorDetail, Event, Record, Source, ToolReturned
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.text.sanitize import one_line
from tooltrace.engine.record_sink import UnwrittenAnswer

__all__ = ["UnwrittenAnswers", "awaited", "place_of"]


class UnwrittenAnswers:
    """What one session owes, in the order in which it came.

    ``write`` puts an answer where it belongs and raises NotSaved, as ``sync`` does.
    """

    def __init__(
        self, write: Callable[[UnwrittenAnswer], Record], sync: Callable[[], None]
    ) -> None:
        self._write = write
        self._sync = sync
        self._all: list[UnwrittenAnswer] = []

    def owe(
        self, after: int, event: Event, source: Source, of: int | None = None
    ) -> UnwrittenAnswer:
        """Know of an answer to record ``after``."""
        owed = UnwrittenAnswer(after, event, source, of)
        self._all.append(owed)
        return owed

    def pay(self, owed: UnwrittenAnswer, event: Event | None = None) -> Record:
        """Write an answer down. Raises NotSaved, and then it stays owed."""
        if event is not None:
            owed.event = event
        try:
            record = self._write(owed)
        except (ValueError, RecursionError, MemoryError) as error:
            if not isinstance(owed.event, ToolReturned):
                raise
            owed.event = _without_content(owed.event, error)
            record = self._write(owed)
        self._all.remove(owed)
        return record

    def settle(self) -> None:
        """Write down all that is owed, wherever the head stands. Raises NotSaved."""
        for owed in list(self._all):
            self.pay(owed)
            self._sync()

    def lines(
        self, tree: Tree, number: int, now: Callable[[], str], line: Callable[[Record], bytes]
    ) -> list[bytes]:
        """The lines that these facts would be in the file, from record ``number`` on."""
        found: list[bytes] = []
        last: dict[int, int] = {}
        for owed in list(self._all):
            place = place_of(tree, owed)
            record = Record(number, last.get(place, place), now(), owed.source, owed.event, owed.of)
            try:
                found.append(line(record))
            except (ValueError, RecursionError, MemoryError) as error:
                if not isinstance(owed.event, ToolReturned):
                    continue
                event = _without_content(owed.event, error)
                found.append(line(replace(record, event=event)))
            last[place] = number
            number += 1
        return found


def place_of(tree: Tree, owed: UnwrittenAnswer) -> int:
    """The last record of the newest branch on which the answer is still awaited."""
    for record in tree.up(tree.tip_from(owed.after)):
        if record.id == owed.after or awaited(tree.snapshot_at(record.id), owed):
            return record.id
    return owed.after


def awaited(s: Snapshot, owed: UnwrittenAnswer) -> bool:
    """Whether the answer is what is waited for at this snapshot."""
    if isinstance(owed.event, ToolReturned):
        call = s.call(owed.event.call)
        return call is not None and call.status == "started" and call.started == owed.after
    return s.awaiting_model and s.at == owed.after


def _without_content(event: ToolReturned, error: Exception) -> ToolReturned:
    """The fact that a call returned, where no file can hold what it gave."""
    why = one_line(f"it returned, but its result cannot be written down: {error}")
    detail = ErrorDetail(type(error).__name__, why)
    return ToolReturned(
        event.call,
        why,
        is_error=True,
        ms=event.ms,
        error=detail,
        abandoned=event.abandoned,
        world=event.world,
        unkept=event.unkept,
    )
