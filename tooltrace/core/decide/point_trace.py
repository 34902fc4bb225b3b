"""Count on a path how often breakpoints were met, and collect what logpoints print along it.

Both are a fold of the path, as a snapshot is: they stand in no file, change no digest and no
replay, and are the same whether the path was run just now, walked along, or opened. So a logpoint
also prints where the run has been before it was set, and nothing that it printed on a branch is
left behind when one undoes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from msgspec import Struct

from tooltrace.core.decide.breakpoint_hits import (
    ALLOWANCE,
    Moment,
    MomentCache,
    matches,
    moment_at,
    printed,
)
from tooltrace.core.decide.breakpoints import Breakpoint
from tooltrace.core.expressions.evaluate import allowance
from tooltrace.core.fold.steps import common
from tooltrace.core.fold.tree import Tree

__all__ = ["PointTrace", "Printed", "common_printed"]

MOST_PRINTED = 10_000
"""Lines along one path; what a run that goes on and on prints after them is left out."""

_AT_ONE_RECORD = frozenset({"state", "reply", "error"})
"""Kinds that are met by a record, which comes once; the others by what is next."""


class Printed(Struct, frozen=True):
    """A line that a logpoint printed before what comes after ``record``."""

    record: int
    text: str
    point: Breakpoint


def common_printed(old: Sequence[Printed], new: Sequence[Printed]) -> int:
    """How many lines at the front of both are the same ones."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((at for at, (a, b) in pairs if a is not b), min(len(old), len(new)))


class PointTrace:
    """The hits of breakpoints that count, and the lines of logpoints, along one path of a tree."""

    def __init__(self) -> None:
        self.printed: tuple[Printed, ...] = ()
        self.cache = MomentCache()
        self._tree: Tree | None = None
        self._path: Sequence[int] = ()
        self._points: tuple[Breakpoint, ...] = ()
        self._hits: dict[Breakpoint, list[int]] = {}
        self._done = 0
        self._before: tuple[object, ...] | None = None

    def follow(
        self,
        tree: Tree,
        path: Sequence[int],
        points: Sequence[Breakpoint],
        most: int | None = None,
    ) -> bool:
        """Take in a path and the breakpoints in force; whether all of the path has been looked at.

        Looks at ``most`` places at the utmost; call it again for the rest.
        """
        counted = tuple(dict.fromkeys(p for p in points if p.enabled and p.counts))
        if tree is not self._tree or counted != self._points:
            self._tree, self._points, self._path = tree, counted, ()
            self._hits = {point: [] for point in counted}
        if not counted:
            self._cut(0)
            self._path = ()
            return True
        same = common(self._path, path)
        if same < self._done:
            self._cut(same, path[same - 1] if same else 0)
        self._path = tuple(path) if len(path) != same or len(self._path) != same else self._path
        end = len(path) if most is None else min(len(path), self._done + most)
        self._look(tree, end)
        return self._done == len(path)

    def hits(self, point: Breakpoint, head: int) -> int:
        """How often a breakpoint that counts was met on the path, up to a record of it."""
        return bisect_right(self._hits.get(point, ()), head)

    def reached(self, point: Breakpoint, head: int) -> bool:
        """Whether the time that a breakpoint waits for is at this record of the path."""
        records, count = self._hits.get(point, []), self.hits(point, head)
        return count == point.hits and count > 0 and records[count - 1] == head

    def _cut(self, place: int, last: int = 0) -> None:
        """Forget what stands after a record, which is the last of so many places."""
        self._done, self._before = place, None
        for records in self._hits.values():
            del records[bisect_right(records, last) :]
        self.printed = tuple(line for line in self.printed if line.record <= last)

    def _look(self, tree: Tree, end: int) -> None:
        fresh: list[Printed] = []
        if self._before is None:
            self._before = self._moment_before(tree)
        for place in range(self._done, end):
            s = tree.snapshot_at(self._path[place])
            if not s.settled:
                continue
            moment = moment_at(tree, s, self.cache)
            key = _key(moment)
            again = key == self._before
            with allowance(ALLOWANCE):
                for point in self._points:
                    new = not again or point.kind in _AT_ONE_RECORD
                    if new and matches(point, moment):
                        fresh += self._met(point, moment)
            self._before = key
        self._done = max(self._done, end)
        if fresh:
            self.printed = (*self.printed, *fresh)[:MOST_PRINTED]

    def _met(self, point: Breakpoint, moment: Moment) -> list[Printed]:
        record = moment.snapshot.at
        records = self._hits[point]
        records.append(record)
        if point.log is None or (point.hits and len(records) != point.hits):
            return []
        return [Printed(record, text, point) for text in printed(point, moment)]

    def _moment_before(self, tree: Tree) -> tuple[object, ...]:
        for place in range(self._done - 1, -1, -1):
            s = tree.snapshot_at(self._path[place])
            if s.settled:
                return _key(moment_at(tree, s))
        return ()


def _key(moment: Moment) -> tuple[object, ...]:
    """What is the same at two places between which nothing was done that a breakpoint is about.

    As a change of the settings is, or a world that was put back: the same request comes next.
    """
    s = moment.snapshot
    return moment.action, s.turn, s.attempt, s.state, s.diverged
