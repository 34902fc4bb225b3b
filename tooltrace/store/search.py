"""Look for a text in the records of a session's file, line by line: nothing is loaded whole.

Most lines are passed by without being read as JSON. Of the tree only the state at each record is
kept, and where each reply stands, for the names of the tools that it calls.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from json import JSONDecoder
from pathlib import Path
from typing import Any, cast

from msgspec import Struct

from tooltrace.core.model.reply import calls, tool_name
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.store.blobs import Blobs
from tooltrace.store.event_codec import BLOB
from tooltrace.store.files import Files
from tooltrace.store.lines import BOM, Damaged, FileProblem, WarnedRecord, checksum_holds, decode
from tooltrace.store.search_lines import LONGEST, Lines, lines_in, lines_of
from tooltrace.store.search_values import Find, found_in

__all__ = ["Hit", "SessionSearch", "Wanted"]

_HEAD = re.compile(
    rb'\{"id":(\d{1,16}),"parent":(?:(\d{1,16})|null),"at":"[^"\\]*",'
    rb'"source":"([a-z]+)","type":"([a-z_]+)"'
)
_MOVES = frozenset({b"run_started", b"transitioned", b"workflow_changed"})
_NOTHING = b" \t\r\n" + BOM
_read = JSONDecoder(parse_float=str, parse_int=str, parse_constant=str).decode
"""Numbers stay as they are spelled."""


class Wanted(Struct, frozen=True):
    """Which records are looked into: any where a field is None."""

    tool: str | None = None
    state: str | None = None
    source: str | None = None
    errors: bool = False


class Hit(Struct, frozen=True):
    """The first match in a record: in the ``text`` of ``field``, which may be a name of one.

    ``tools`` are those that a reply calls, or the one that was called; ``state`` is the one after
    the record.
    """

    record: int
    event: str
    source: str
    tools: tuple[str, ...]
    state: str | None
    field: str
    text: str
    begin: int
    end: int


class _Line(Struct, frozen=True, gc=False):
    record: int
    parent: int | None
    source: str
    kind: str


class SessionSearch:
    """Goes through one file. ``problems`` says what could not be read or looked into, so far.

    ``opened`` gives its lines, where they are not those of the file itself.
    """

    def __init__(
        self,
        path: Path,
        find: Find,
        may_hold: Callable[[bytes], bool],
        wanted: Wanted,
        opened: Callable[[Path], Lines] = lines_of,
    ) -> None:
        self._opened = opened
        self.problems: list[str] = []
        self._path = path
        self._find = find
        self._may_hold = may_hold
        self._wanted = wanted
        self._states: dict[int, str | None] = {}
        self._replies: dict[int, tuple[int, int]] = {}
        self._names: dict[int, tuple[str, ...]] = {}
        self._blobs = Blobs(path, Files())

    def hits(self) -> Iterator[Hit]:
        """The records that match, in the order of the file. Raises OSError.

        A last line that is not whole yet is no problem: the session may be being written.
        """
        with self._opened(self._path) as file:
            at = 0
            for number, data in enumerate(lines_in(file), 1):
                place, at = at, at + len(data)
                if len(data) > LONGEST:
                    self._problem(number, "longer than 64 MB")
                    continue
                line = data.rstrip(b"\r\n")
                head = _HEAD.match(line)
                if head is not None and checksum_holds(line):
                    known = _Line(
                        int(head[1]),
                        int(head[2]) if head[2] else None,
                        head[3].decode(),
                        head[4].decode(),
                    )
                    if head[4] not in _MOVES:
                        self._states[known.record] = self._states.get(known.parent or 0)
                        if head[4] == b"model_replied":
                            self._replies[known.record] = place, len(data)
                        if self._passes_by(line, known):
                            continue
                else:
                    unusual = self._unusual(line, number, data.endswith(b"\n"))
                    if unusual is None:
                        continue
                    known = unusual
                    if known.kind == "model_replied":
                        self._replies[known.record] = place, len(data)
                if hit := self._look(file, line, number, known):
                    yield hit

    def _passes_by(self, line: bytes, known: _Line) -> bool:
        """Whether a line needs no closer look; those with their payload elsewhere do."""
        wanted = self._wanted
        if wanted.source is not None and known.source != wanted.source:
            return True
        if wanted.errors and known.kind not in ("tool_returned", "model_failed"):
            return True
        if wanted.state is not None and self._states[known.record] != wanted.state:
            return True
        return not self._may_hold(line) and b'"$blob"' not in line

    def _unusual(self, line: bytes, number: int, ended: bool) -> _Line | None:
        """What a line is that is not as the journal writes them; None where it is no record."""
        if not line.strip(_NOTHING):
            return None
        record = decode(line, self._fetch)
        if isinstance(record, Damaged):
            if ended:
                self._problem(number, record.why, record.record)
            return None
        found = record.record if isinstance(record, WarnedRecord) else record
        kind = getattr(found.event, "type", "") or found.event.name
        return _Line(found.id, found.parent, found.source, kind)

    def _look(self, file: Lines, line: bytes, number: int, known: _Line) -> Hit | None:
        try:
            event = self._event(line)
            self._move(known, event)
            if not self._is_wanted(file, known, event):
                return None
            found = found_in(event, self._find)
            return None if found is None else self._hit(file, known, event, *found)
        except TimeoutError:
            self._problem(number, "the pattern takes too long on it", known.record)
            return None
        except RecursionError:
            self._problem(number, "nested too deep", known.record)
            return None
        except (ValueError, OSError) as error:
            self._problem(number, str(error), known.record)
            return None

    def _hit(
        self,
        file: Lines,
        known: _Line,
        event: JsonValue,
        place: tuple[str, ...],
        text: str,
        match: re.Match[str],
    ) -> Hit:
        tools = self._tools(file, known, event)
        state = self._states[known.record]
        field = ".".join(place)
        return Hit(known.record, known.kind, known.source, tools, state, field, text, *match.span())

    def _event(self, line: bytes) -> JsonValue:
        event = _read(line.strip(_NOTHING).decode()).get("event")
        if isinstance(event, dict) and event.keys() == {BLOB}:
            inner = event[BLOB]
            return _read(self._fetch(inner).decode()) if isinstance(inner, str) else inner
        return event

    def _fetch(self, name: str) -> bytes:
        return self._blobs.get(name)

    def _move(self, known: _Line, event: Any) -> None:
        """The state after a record, as the fold has it."""
        state = self._states.get(known.parent or 0)
        match known.kind, event:
            case "run_started", {"workflow": {"initial": str(initial)}}:
                state = initial
            case "transitioned", {"to": str(to)}:
                state = to
            case "workflow_changed", {"workflow": {"states": [*states], **spec}}:
                if not any(isinstance(one, dict) and one.get("name") == state for one in states):
                    state = cast("str | None", spec.get("initial"))
            case _:
                pass
        self._states[known.record] = state

    def _is_wanted(self, file: Lines, known: _Line, event: Any) -> bool:
        wanted = self._wanted
        if wanted.source is not None and known.source != wanted.source:
            return False
        if wanted.state is not None and self._states[known.record] != wanted.state:
            return False
        if wanted.errors and not _is_error(known.kind, event):
            return False
        return wanted.tool is None or wanted.tool in self._tools(file, known, event)

    def _tools(self, file: Lines, known: _Line, event: Any) -> tuple[str, ...]:
        match known.kind, event:
            case "tool_started", {"tool": str(tool)}:
                return (tool,)
            case "model_replied", {"reply": dict(reply)}:
                return tuple(dict.fromkeys(map(tool_name, calls(cast(Any, reply)))))
            case "tool_returned", {"call": [str(made_by), str(index)]}:
                made = self._called(file, int(made_by))
                return made[int(index) : int(index) + 1]
            case _:
                return ()

    def _called(self, file: Lines, reply: int) -> tuple[str, ...]:
        """The tools that an earlier reply calls, in order."""
        if reply not in self._names:
            if len(self._names) > 1000:
                self._names.clear()
            self._names[reply] = self._read_called(file, reply)
        return self._names[reply]

    def _read_called(self, file: Lines, reply: int) -> tuple[str, ...]:
        if reply not in self._replies:
            return ()
        place, size = self._replies[reply]
        here = file.tell()
        file.seek(place)
        event = cast(Any, self._event(file.read(size)))
        file.seek(here)
        made = event.get("reply") if isinstance(event, dict) else None
        return tuple(map(tool_name, calls(made))) if isinstance(made, dict) else ()

    def _problem(self, line: int, why: str, record: int | None = None) -> None:
        self.problems.append(str(FileProblem(line, why, record, set_aside=True)))


def _is_error(kind: str, event: Any) -> bool:
    if kind == "tool_returned":
        return isinstance(event, dict) and event.get("is_error") is True
    return kind == "model_failed"
