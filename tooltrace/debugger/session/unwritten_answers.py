"""Answers that came and are not written down: of a tool, of a model, each to one record.

What came back cannot be had a second time, so it is known from the moment it is there, written
where it belongs as soon as that can be done, and told to whoever leaves before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tooltrace.core.model.events import ErrorDetail, Event, Record, Source, ToolReturned
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.text.sanitize import one_line
from tooltrace.engine.record_sink import UnwrittenAnswer

if TYPE_CHECKING:
    from tooltrace.debugger.session.session import Session

__all__ = ["UnwrittenAnswers"]


class UnwrittenAnswers:
    """What one session owes, in the order in which it came."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._all: list[UnwrittenAnswer] = []

    def __bool__(self) -> bool:
        return bool(self._all)

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
            self._session.sync()

    def _write(self, owed: UnwrittenAnswer) -> Record:
        session = self._session
        if _awaited(session.snapshot, owed):
            return session.append(owed.event, owed.source, owed.of)
        return session.append_late(self._place(owed), owed.event, owed.source, owed.of)

    def _place(self, owed: UnwrittenAnswer) -> int:
        """The last record of the newest branch on which the answer is still awaited."""
        tree = self._session.tree
        for record in tree.up(tree.tip_from(owed.after)):
            if record.id == owed.after or _awaited(tree.snapshot_at(record.id), owed):
                return record.id
        return owed.after

    def lines(self) -> list[bytes]:
        """The lines that these facts would be in the file, one after the other."""
        session, journal = self._session, self._session.journal
        if journal is None:
            return []
        found: list[bytes] = []
        number = session.next_id
        last: dict[int, int] = {}
        for owed in list(self._all):
            place = self._place(owed)
            parent = last.get(place, place)
            record = Record(number, parent, session.now(), owed.source, owed.event, owed.of)
            try:
                found.append(journal.line(record))
            except (ValueError, RecursionError, MemoryError) as error:
                if not isinstance(owed.event, ToolReturned):
                    continue
                event = _without_content(owed.event, error)
                found.append(journal.line(replace(record, event=event)))
            last[place] = number
            number += 1
        return found


def _awaited(s: Snapshot, owed: UnwrittenAnswer) -> bool:
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
