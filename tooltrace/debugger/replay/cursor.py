"""Walk a recording while a replay goes through it: what comes next, what answered what."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from tooltrace.core.model import events as e

__all__ = ["ReplayCursor"]

_BESIDE = (e.WorldRestored, e.Unknown, e.RunStarted, e.Diverged, e.DivergenceAccepted)


class ReplayCursor:
    """Records in the order in which they were written, each gone through once.

    A replay makes calls one after the other that were made side by side. A snapshot of the world
    shows what all calls did that were started before it, so it comes with the last one of them.
    """

    def __init__(self, records: Sequence[e.Record]) -> None:
        self._records = list(records)
        self._worlds = _worlds(self._records)
        self._at = 0
        self._done: set[int] = set()

    @property
    def more(self) -> bool:
        """Whether there is anything left to go through."""
        return self._at < len(self._records)

    def next(self) -> e.Record | None:
        """The next record that a replay has to do again; None at the end."""
        while self._at < len(self._records):
            record = self._records[self._at]
            self._at += 1
            if record.id not in self._done and not isinstance(record.event, _BESIDE):
                return record
        return None

    def answer(self) -> e.Record | None:
        """The answer to the request just come to; it is gone through with it."""
        for index in range(self._at, len(self._records)):
            record = self._records[index]
            if isinstance(record.event, e.ModelReplied | e.ModelFailed):
                return self._taken(record)
            if isinstance(record.event, e.ModelCalled):
                return None
        return None

    def result(self, ref: e.CallRef) -> e.Record | None:
        """The result of the call just come to; it is gone through with it."""
        for index in range(self._at, len(self._records)):
            record = self._records[index]
            if isinstance(record.event, e.ToolReturned) and record.event.call == ref:
                return self._in_its_world(self._taken(record))
        return None

    def _in_its_world(self, record: e.Record) -> e.Record:
        event = record.event
        return replace(record, event=replace(event, world=self._worlds.get(record.id)))

    def _taken(self, record: e.Record) -> e.Record:
        self._done.add(record.id)
        return record


def _worlds(records: Sequence[e.Record]) -> dict[int, str]:
    """The snapshot that comes with a result, by its record, when calls are made in this order."""
    started: dict[e.CallRef, int] = {}
    shown: dict[e.CallRef, str] = {}
    results: dict[e.CallRef, int] = {}
    for record in records:
        match record.event:
            case e.ToolStarted(call=ref):
                started[ref] = record.id
            case e.ToolReturned(call=ref, world=world):
                results[ref] = record.id
                if world is not None:
                    last = max(started, key=started.__getitem__) if ref in started else ref
                    shown[last] = world
            case e.ModelReplied():
                started.clear()
            case _:
                pass
    return {results[ref]: world for ref, world in shown.items() if ref in results}
