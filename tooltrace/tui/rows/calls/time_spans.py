"""When calls, replies and waits began and ended: what bars are made of.

A clock of its own is run along the path. Records say when they were written, and results how long
they took: where a recording was replayed, the second is longer than what lies between the first,
and all that comes later moves on by as much. So nothing ever stands before what it waited for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from tooltrace.core.compare.request_diff import answer_usage
from tooltrace.core.fold.steps import Steps
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.snapshot import Usage
from tooltrace.formats.imported.times import milliseconds
from tooltrace.tui.rows.calls.call_facts import CallFacts, turn_calls

__all__ = ["LEAST_WAIT", "Kind", "TimeSpan", "in_turns", "spans_of"]

Kind = Literal["call", "reply", "failed", "wait"]

LEAST_WAIT = 100.0
"""Milliseconds in which nothing happens from which on that is a wait."""


class TimeSpan(Struct, frozen=True, gc=False):
    """Something that took time: from ``begin`` to ``end`` in milliseconds of the view's own clock.

    ``turn`` counts replies from 1, ``at`` is when it began by the file, in UTC. ``timed`` says that
    the file tells how long it took. Of a wait, ``words`` says what for.
    """

    kind: Kind
    record: int
    turn: int
    begin: float
    end: float
    at: str
    timed: bool = True
    words: str = ""
    facts: CallFacts | None = None
    used: Usage | None = None

    @property
    def ms(self) -> float:
        """How long it took."""
        return self.end - self.begin


def spans_of(tree: Tree, steps: Steps, places: range) -> list[TimeSpan]:
    """What the records at these places of a path came to, in the order in which it began."""
    return list(_Clock(tree, steps).run(places))


class _Clock:
    """Goes along a path. ``_offset`` is by how much it is later than the times in the file."""

    def __init__(self, tree: Tree, steps: Steps) -> None:
        self._tree, self._steps = tree, steps
        self._offset = 0.0
        self._now: float | None = None
        self._busy = 0.0
        self._asked: tuple[float, str] | None = None
        self._out: dict[e.CallRef, tuple[float, str]] = {}
        self._facts: dict[e.CallRef, CallFacts] = {}
        self._waits_for = ""

    def run(self, places: range) -> Iterator[TimeSpan]:
        path, marks = self._steps.path, self._steps.marks
        for place in places:
            record = self._tree[path[place]]
            now = self._tell(record)
            match record.event:
                case e.ModelCalled():
                    # Other programs seldom say when they asked: what is before that is the reply.
                    if record.source != "imported":
                        yield from self._idle(record, marks[place].turn + 1, now)
                    self._asked = (now, record.at)
                case e.ModelReplied() as event:
                    yield from self._left_open()
                    self._take_in(place, places)
                    yield self._answered("reply", record, marks[place].turn, event)
                case e.ModelFailed() as event:
                    yield self._answered("failed", record, marks[place].turn + 1, event)
                    self._waits_for = "to ask again"
                case e.ToolStarted(call=ref):
                    if not self._out and record.source != "imported":
                        yield from self._idle(record, marks[place].turn, now)
                    self._out[ref] = (now, record.at)
                case e.ToolReturned(call=ref) as event:
                    if ref not in self._out and not self._out and record.source != "imported":
                        yield from self._idle(record, marks[place].turn, now)
                    yield from self._returned(record, event)
                case e.UserSaid():
                    self._waits_for = "for a person"
                    yield from self._idle(record, marks[place].turn + 1, now)
                case _:
                    pass
        yield from self._left_open()

    def _tell(self, record: e.Record) -> float:
        """The time of a record; it never goes back."""
        at = milliseconds(record.at)
        if self._now is None:
            self._now = self._busy = at or 0.0
        elif at is not None:
            self._now = max(self._now, at + self._offset)
        return self._now

    def _idle(self, record: e.Record, turn: int, now: float) -> Iterator[TimeSpan]:
        """A wait, if nothing happened for long before this."""
        words, self._waits_for = self._waits_for, ""
        if now - self._busy >= LEAST_WAIT:
            yield TimeSpan("wait", record.id, turn, self._busy, now, record.at, words=words)
            self._busy = now

    def _answered(
        self, kind: Kind, record: e.Record, turn: int, event: e.ModelReplied | e.ModelFailed
    ) -> TimeSpan:
        assert self._now is not None
        begin, at = self._asked or (self._now, record.at)
        self._asked = None
        if record.source == "imported" and begin == self._now:
            # Since whatever came before.
            begin = min(begin, self._busy)
        begin, end = self._ended(begin, event.ms, record)
        timed = event.ms > 0 or end > begin or record.source != "imported"
        return TimeSpan(kind, record.id, turn, begin, end, at, timed, used=answer_usage(event))

    def _returned(self, record: e.Record, event: e.ToolReturned) -> Iterator[TimeSpan]:
        assert self._now is not None
        facts = self._facts.get(event.call)
        begin, at = self._out.pop(event.call, (self._now, record.at))
        begin, end = self._ended(begin, event.ms, record)
        if facts is not None and facts.returned == record.id:
            timed = event.ms > 0 or record.source != "imported"
            del self._facts[event.call]
            yield TimeSpan("call", record.id, facts.turn, begin, end, at, timed, facts=facts)

    def _ended(self, begin: float, ms: float, record: e.Record) -> tuple[float, float]:
        """From when to when: what took longer than the file has room for moves the clock on."""
        assert self._now is not None
        end = self._now
        if record.source == "imported":
            begin = min(begin, end - max(0.0, ms))
        else:
            end = begin + max(0.0, ms)
            if end > self._now:
                self._offset += end - self._now
                self._now = end
        self._busy = max(self._busy, end)
        return begin, end

    def _take_in(self, place: int, places: range) -> None:
        """The calls of a reply, by what is on the path."""
        end = min(len(self._steps.path), places.stop)
        found = turn_calls(self._tree, self._steps, place, end)
        self._facts = {facts.ref: facts for facts in found}
        self._out.clear()

    def _left_open(self) -> Iterator[TimeSpan]:
        """The calls that have not come back: no time is known of them."""
        now = self._now or 0.0
        for facts in self._facts.values():
            at = self._out.get(facts.ref, (now, ""))[0]
            yield TimeSpan("call", facts.record, facts.turn, at, at, facts.at, False, facts=facts)
        self._facts = {}


def in_turns(spans: Sequence[TimeSpan], turns: int) -> Iterator[list[TimeSpan]]:
    """The spans in groups of so many turns each; where turns are counted anew, a group begins."""
    group: list[TimeSpan] = []
    for span in spans:
        if group and (span.turn - 1) // turns != (group[-1].turn - 1) // turns:
            yield group
            group = []
        group.append(span)
    if group:
        yield group
