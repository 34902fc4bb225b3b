"""What the records of a session say of its executions: which stand on a path, and which may not.

A path repeats executions: an edit copies the rest of a turn, a replay goes through a recording.
"""

from __future__ import annotations

from collections import Counter

from tests.attack.histories.tap import Execution
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e

__all__ = ["Ran"]


class Ran:
    """The executions that records began: ``begun`` by the record of their start.

    ``strange`` are starts on a world that a person had kept as it was, or on a replay's copy.
    """

    def __init__(self, tree: Tree) -> None:
        self.begun: dict[int, Execution] = {}
        self.strange: set[int] = set()
        self.look_at(tree)

    def look_at(self, tree: Tree) -> None:
        """The same session, read anew: what was not saved is gone."""
        self._tree = tree
        self._result_of: dict[e.CallRef, int] = {}
        self._indexed = 0

    def answered(self, tip: int) -> Counter[int]:
        """How many results on a path each live start stands for."""
        return Counter(
            start
            for record in self._tree.path(tip)
            if isinstance(record.event, e.ToolReturned) and (of := self._repeated(record))
            for start in self._original(of)
        )

    def elsewhere(self, record_id: int, tool: str) -> list[Execution]:
        """The earlier executions of that tool that are not on the path to a record."""
        on_path = self.on_path(record_id)
        return [
            other
            for start, other in self.begun.items()
            if other.tool == tool and start < record_id and start not in on_path
        ]

    def numbers(self, record_id: int) -> frozenset[int]:
        """The executions that a path says left something in its world."""
        starts = self.on_path(record_id)
        runs = [self.begun[start] for start in starts if start in self.begun]
        return frozenset(run.number for run in runs)

    def unsure(self, record_id: int) -> set[int]:
        """Of them those that may or may not have acted, as far as the path tells.

        They never came back there, or a person said what they gave.
        """
        found: dict[e.CallRef, int] = {}
        for record in self._tree.path(record_id):
            match record.event:
                case e.ToolStarted(call=ref) if record.id in self.begun:
                    found[ref] = self.begun[record.id].number
                case e.ToolReturned(call=ref) if record.source not in ("edited", "injected"):
                    found.pop(ref, None)
        return set(found.values())

    def is_strange(self, record_id: int) -> bool:
        """Whether a person kept the world as it was somewhere, or accepted what a copy gave.

        Or had it put back where they were told that nothing shows what a call did there, or let a
        replay make a call for real, whose result still comes with the recorded world.
        """
        if self.strange & self.on_path(record_id) or self._put_back_short(record_id):
            return True
        started = {
            record.event.call
            for record in self._tree.path(record_id)
            if isinstance(record.event, e.ToolStarted)
        }
        # On whatever branch: a person may have put another result in its place since.
        return any(
            isinstance(record.event, e.ToolReturned)
            and record.source == "live"
            and record.of is not None
            and record.event.call in started
            for record in self._tree.records.values()
        )

    def _put_back_short(self, record_id: int) -> bool:
        return any(
            isinstance(record.event, e.WorldRestored)
            and record.parent is not None
            and bool(self._tree.snapshot_at(record.parent).unkept)
            for record in self._tree.path(record_id)
        )

    def on_path(self, record_id: int) -> set[int]:
        """The live starts on a path, those included that it repeats."""
        found: set[int] = set()
        for record in self._tree.path(record_id):
            event = record.event
            if isinstance(event, e.ToolStarted) and record.source == "live":
                found.add(record.id)
            elif isinstance(event, e.ToolReturned | e.ToolStarted) and (
                of := self._repeated(record)
            ):
                found |= self._original(of)
            elif isinstance(event, e.ToolStarted) and (start := self._repeats(event.call)):
                found |= self._original(self._tree[start])
        return found

    def _repeated(self, record: e.Record) -> e.Record | None:
        """The record of this file that a record repeats."""
        of = record.of
        return self._tree[of] if of is not None and of in self._tree else None

    def _repeats(self, ref: e.CallRef) -> int | None:
        """What a call of a replay repeats, as some result of it says on whatever branch."""
        records = list(self._tree.records.values())
        for record in records[self._indexed :]:
            if isinstance(record.event, e.ToolReturned) and (of := self._repeated(record)):
                self._result_of.setdefault(record.event.call, of.id)
        self._indexed = len(records)
        return self._result_of.get(ref)

    def _original(self, record: e.Record) -> set[int]:
        event = record.event
        if isinstance(event, e.ToolReturned):
            starts = (
                r
                for r in self._tree.up(record.id)
                if isinstance(r.event, e.ToolStarted) and r.event.call == event.call
            )
            if (start := next(starts, None)) is not None:
                return self._original(start)
            return self._original(of) if (of := self._repeated(record)) else set()
        if record.source == "live":
            return {record.id}
        if of := self._repeated(record):
            return self._original(of)
        other = self._repeats(event.call) if isinstance(event, e.ToolStarted) else None
        return self._original(self._tree[other]) if other else set()

    def start_of(self, run: Execution) -> int | None:
        """The record that an execution began with."""
        return next((start for start, one in self.begun.items() if one is run), None)
