"""A passage of a recording while a replay goes through it: what comes next, what answered what."""

from __future__ import annotations

from collections.abc import Sequence

from tooltrace.core import events as e

__all__ = ["Passage"]

_BESIDE = (e.WorldRestored, e.Unknown, e.RunStarted, e.Diverged, e.DivergenceAccepted)


class Passage:
    """Records in the order in which they were written, each gone through once."""

    def __init__(self, records: Sequence[e.Record]) -> None:
        self._records = list(records)
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
                return self._taken(record)
        return None

    def _taken(self, record: e.Record) -> e.Record:
        self._done.add(record.id)
        return record
