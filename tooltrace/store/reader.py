"""Read the records of a session's lines, whatever the lines hold.

What comes out always makes a tree: ids are unique, and every parent came out before its child. A
line that cannot be taken is set aside and named; when a later record follows the one it held, a
placeholder stands in for it, so that nothing after it is lost. Work and memory are bounded by the
size of the file, never by a number in it.
"""

from __future__ import annotations

import gc
from bisect import bisect_left, insort
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from msgspec import UNSET, Struct
from msgspec.structs import replace

from tooltrace.core.model.errors import BadSession
from tooltrace.core.model.events import FORMAT, Record, RunStarted, Unknown
from tooltrace.core.model.notes import NOTES
from tooltrace.core.text.exact_json import readable
from tooltrace.core.text.sanitize import clip
from tooltrace.store.event_codec import Fetch
from tooltrace.store.fast_reader import ordinary
from tooltrace.store.lines import BOM, Damaged, FileProblem, WarnedRecord, decode

__all__ = ["RecordReader"]

NOTHING = b" \t\r" + BOM

_MOST_SHOWN = 40


class _Found(Struct, frozen=True):
    line: int
    record: Record
    altered: bool


@contextmanager
def _no_collections() -> Iterator[None]:
    """Records make no cycles; looking for some among so many new ones takes a fifth longer."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class RecordReader:
    """Takes a session's bytes in, piece by piece.

    ``name`` is what the session is called in errors, ``fetch`` gives payloads kept outside it.
    """

    def __init__(self, name: str, fetch: Fetch | None = None) -> None:
        self.problems: list[FileProblem] = []
        self.tail: FileProblem | None = None
        self.unended: FileProblem | None = None
        self.highest = 0
        self._name = name
        self._fetch = fetch
        self._line = 0
        self._begun = False
        self._glimpsed = 0
        self._places: set[int] = set()
        self._order: list[int] = []
        self._note_ids: set[int] = set()
        self._lost: dict[int, Damaged] = {}
        self._lost_line: dict[int, int] = {}
        self._damaged_after: dict[int, int] = {}

    @property
    def next_id(self) -> int:
        """One more than any id seen, in damaged lines too."""
        return max(self.highest, self._glimpsed) + 1

    def take(self, data: bytes) -> list[Record]:
        """The records of more lines, parents before children and by id.

        A last line without a newline counts when it is a whole record, and is ``unended`` until
        more comes; else it is only ``tail``, the problem it will be if it stays so. Raises
        BadSession for a format that this version does not know.
        """
        with _no_collections():
            return self._take(data)

    def _take(self, data: bytes) -> list[Record]:
        """All at once if it is ordinary; else line by line, which sorts out what is not."""
        self.tail = self.unended = None
        taken = ordinary(data, self._places, self.highest)
        if taken is None:
            return self._sorted_out(data.split(b"\n"))
        self._line += len(taken.records)
        self._places.update(taken.order)
        self._order += taken.order
        self._note_ids.update(taken.notes)
        self.highest = taken.records[-1].id
        self._begun = True
        return taken.records

    def _sorted_out(self, lines: list[bytes]) -> list[Record]:
        found = self._scan(lines)
        if any(b.record.id <= a.record.id for a, b in pairwise(found)) or (
            found and found[0].record.id <= self.highest
        ):
            found = self._in_order(found)
        fresh: list[Record] = []
        placeholders = 0
        for item in found:
            placeholders += self._admit(item, fresh)
        if placeholders:
            fresh.sort(key=lambda record: record.id)
        return fresh

    def _scan(self, lines: list[bytes]) -> list[_Found]:
        found = []
        last = max(self.highest, 0)
        end = len(lines) - 1
        for index, line in enumerate(lines):
            self._line += 1
            result = decode(line, self._fetch)
            match result:
                case Record():
                    found.append(_Found(self._line, result, False))
                    last = last if result.event.name in NOTES else result.id
                case WarnedRecord():
                    self._warn(FileProblem(self._line, result.why, result.record.id))
                    found.append(_Found(self._line, result.record, result.altered))
                case Damaged() if line.strip(NOTHING):
                    self._damage(result, last, final=index == end)
                case _:
                    pass
        if found and found[-1].line == self._line:
            why = "there is no newline at its end: the file may have been cut off there"
            self.unended = FileProblem(self._line, why, found[-1].record.id)
        self._line -= 1
        return found

    def _damage(self, damaged: Damaged, last: int, *, final: bool) -> None:
        """Set a line aside that came after the record ``last``."""
        problem = FileProblem(self._line, damaged.why, damaged.record, set_aside=True)
        if final:
            self.tail = problem
        else:
            self._warn(problem)
        self._damaged_after.setdefault(last, self._line)
        self._lose(damaged, self._line, last)

    def _lose(self, damaged: Damaged, line: int, last: int) -> None:
        record = damaged.record
        if record is None:
            return
        self._lost.setdefault(record, damaged)
        self._lost_line.setdefault(record, line)
        if record <= last + line:
            self._glimpsed = max(self._glimpsed, record)

    def _warn(self, problem: FileProblem) -> None:
        """Name a problem; the same one on line after line is named once."""
        if self.problems and not problem.set_aside:
            before = self.problems[-1]
            if before.why == problem.why and (before.last or before.line) == problem.line - 1:
                self.problems[-1] = replace(before, record=None, last=problem.line)
                return
        self.problems.append(problem)

    def _set_aside(self, item: _Found, why: str) -> None:
        self.problems.append(FileProblem(item.line, why, item.record.id, set_aside=True))

    def _in_order(self, found: list[_Found]) -> list[_Found]:
        """The same by id, without those whose ids cannot be theirs."""
        kept = []
        after = self._lowest_after(found)
        highest = seen = self.highest
        for item, least in zip(found, after, strict=True):
            number = item.record.id
            if number <= self.highest or (item.altered and not highest < number < least):
                self._set_aside(item, f"#{number} is not where it belongs")
                continue
            if number < seen:
                self._warn(FileProblem(item.line, f"#{number} comes after #{seen}", number))
            seen = max(seen, number)
            if not item.altered:
                highest = max(highest, number)
            kept.append(item)
        kept.sort(key=lambda item: item.record.id)
        unique = kept[:1]
        for item in kept[1:]:
            if item.record.id == unique[-1].record.id:
                self._set_aside(item, f"#{item.record.id} is there already")
            else:
                unique.append(item)
        return unique

    def _lowest_after(self, found: list[_Found]) -> list[float]:
        """For each record, the lowest id that stands after it on a line nobody altered."""
        least = float("inf")
        result = []
        for item in reversed(found):
            result.append(least)
            if not item.altered:
                least = min(least, item.record.id)
        result.reverse()
        return result

    def _admit(self, item: _Found, fresh: list[Record]) -> int:
        """Take one record in; 1 when a placeholder had to be made for its parent."""
        record = item.record
        event, parent = record.event, record.parent
        made = 0
        if event.name in NOTES:
            self._note_ids.add(record.id)
        else:
            if isinstance(event, Unknown | RunStarted):
                self._check(item)
            if parent is None:
                if getattr(event, "type", event.name) != RunStarted.name:
                    why = f"#{record.id} follows nothing, but does not begin a run"
                    self.problems.append(FileProblem(item.line, why, record.id))
            elif parent >= record.id or parent in self._note_ids:
                why = "a later record" if parent >= record.id else "a note"
                self._set_aside(item, f"#{record.id} claims to follow #{parent}, {why}")
                self._lose(Damaged("set aside", record.id), item.line, self.highest)
                return 0
            elif parent not in self._places:
                fresh.append(self._placeholder(parent, item))
                made = 1
            self._places.add(record.id)
            if self._order and record.id < self._order[-1]:
                insort(self._order, record.id)
            else:
                self._order.append(record.id)
        fresh.append(record)
        self.highest = max(self.highest, record.id)
        return made

    def _check(self, item: _Found) -> None:
        """Name an event that could not be read; refuse a session of a newer format."""
        event = item.record.event
        version: Any = UNSET
        if isinstance(event, RunStarted):
            version = event.format
        elif isinstance(event, Unknown):
            if event.problem:
                self.problems.append(FileProblem(item.line, event.problem, item.record.id))
            if event.type == RunStarted.name and isinstance(event.payload, dict):
                version = event.payload.get("format", FORMAT)
        if version is UNSET or self._begun:
            return
        self._begun = True
        if type(version) is int and version > FORMAT:
            raise BadSession(
                f"{self._name} was made by a newer tooltrace (format {version}): upgrade to open it"
            )
        if type(version) is not int or version < 1:
            named = clip(readable(version), _MOST_SHOWN)
            raise BadSession(
                f"{self._name} names a format that never was ({named}): it was damaged or edited"
            )

    def _placeholder(self, number: int, child: _Found) -> Record:
        """A record to stand where ``number`` should be, after the nearest one before it."""
        at = bisect_left(self._order, number)
        parent = self._order[at - 1] if at else None
        line = self._lost_line.get(number) or self._damaged_after.get(parent or 0)
        if line:
            why = f"line {line} is damaged"
        else:
            why = f"#{number} is not in the file"
            self.problems.append(
                FileProblem(
                    child.line, f"#{child.record.id} follows #{number}, which is not in the file"
                )
            )
        lost = self._lost.get(number)
        if lost is not None and lost.parent in self._places and (lost.parent or 0) < number:
            parent = lost.parent
        self._places.add(number)
        self._order.insert(at, number)
        event = Unknown("damaged", None, why)
        return Record(number, parent, child.record.at, "recorded", event)
