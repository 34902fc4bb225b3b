"""Remember which calls have really run, on whatever branch, and warn of running one again.

The question before anything that writes: has this tool run past this point on another branch? With
which arguments does not count: after an edit the call is another one, and the money moves twice all
the same.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from msgspec import Struct

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.events import CallRef, ModelReplied, Record, ToolReturned, ToolStarted
from tooltrace.core.model.reply import arguments, call_at
from tooltrace.core.model.snapshot import Call, Snapshot
from tooltrace.core.text.exact_json import JsonValue, canonical

__all__ = ["MOST_TOLD", "ExecutedCalls", "Execution", "RepeatWarning", "call_name"]

MOST_TOLD = 5
"""How many runs a question names; it says how many there were."""


class Execution(Struct, frozen=True):
    """A real run of a tool: the record of its start, its arguments, when, and on which branch."""

    record: int
    arguments: JsonValue
    at: str
    branch: str


class RepeatWarning(Struct, frozen=True):
    """A call that a person must say yes to, since its tool ran past this point on other branches.

    ``runs`` are the latest of ``times`` such runs, the last one first. ``undone`` says that this
    branch's copy of the world holds nothing of them, and that the tool acts on nothing else.
    """

    call: Call
    times: int
    runs: tuple[Execution, ...]
    undone: bool = False


class ExecutedCalls:
    """Live starts by tool and branch, and by tool and arguments.

    Records are only noted as they arrive and looked at when somebody asks, because a session that
    is just opened to be read never does.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._new: list[Record] = []
        self._uncounted: list[Record] = []
        self._starts: dict[str, dict[int, list[int]]] = {}
        """By tool and by the record that begins the branch; each list in the order of the path."""
        self._copies: dict[int, list[int]] = {}
        """Where a start stands once more, written again behind an edit or in a replay."""
        self._times: dict[str, int] = {}
        self._open: dict[CallRef, str] = {}
        self._ended: dict[str, int] = {}

    def extend(self, records: Sequence[Record]) -> None:
        """Take in more records of the tree."""
        self._new += records

    def _sift(self) -> None:
        """Find the starts among what arrived since the last time."""
        new, self._new = self._new, []
        for record in new:
            event = record.event
            if not isinstance(event, (ToolStarted, ToolReturned)):
                continue
            if record.source == "live":
                self._uncounted.append(record)
                if isinstance(event, ToolStarted):
                    branches = self._starts.setdefault(event.tool, {})
                    branches.setdefault(self._tree.begin_of(record.id), []).append(record.id)
            elif record.of is not None and isinstance(event, ToolStarted):
                self._copies.setdefault(record.of, []).append(record.id)

    def _look(self) -> None:
        """Look at which calls they were."""
        self._sift()
        uncounted, self._uncounted = self._uncounted, []
        for record in uncounted:
            self._count(record)

    def _count(self, record: Record) -> None:
        event = record.event
        if isinstance(event, ToolReturned) and not event.abandoned:
            base = self._open.pop(event.call, None)
            if base is not None:
                self._ended[base] = self._ended.get(base, 0) + 1
        if not isinstance(event, ToolStarted):
            return
        self._open[event.call] = _base_of(event.key)
        name = call_name(event.tool, self._arguments(event.call))
        self._times[name] = self._times.get(name, 0) + 1

    def _arguments(self, ref: CallRef) -> JsonValue:
        reply = self._tree.records.get(ref.reply)
        if reply is None or not isinstance(reply.event, ModelReplied):
            return None
        call = call_at(reply.event.reply, ref.index)
        return None if call is None else arguments(call)

    def key(self, session: str, s: Snapshot, call: Call) -> str:
        """The idempotency key of a call, the same in every branch until it has run to its end.

        A call that ended and was confirmed to run again gets a key of its own. One that was
        interrupted keeps its key, so that a tool that looks at it acts once at most.
        """
        self._look()
        base = _base(session, s, call)
        times = self._ended.get(base, 0)
        return f"{base}-{times + 1}" if times else base

    def warning(
        self, path: Sequence[int], branch: int | None, s: Snapshot, call: Call, undone: bool
    ) -> RepeatWarning | None:
        """Why a person must be asked before this call runs; None when nothing speaks against it.

        ``path`` is what the call would extend, ``branch`` the record that begins the branch it
        would stand on, None where it would begin one. ``undone`` says that the world is as this
        path left it: that takes back what tools did inside it, never what they did outside. One
        yes for a tool on a branch then holds for all of its calls there.
        """
        if s.workflow.effect(call.tool) != "writes":
            return None
        spec = s.workflow.tool(call.tool)
        self._sift()
        newest = max((next(ids, 0) for ids in self._elsewhere(path, call.tool)), default=0)
        if not newest:
            return None
        undone = undone and spec is not None and not spec.open_world
        if undone and self._last_here(path, branch, call.tool) > newest:
            return None  # It ran here since, so it was asked about then.
        runs = sorted((i for ids in self._elsewhere(path, call.tool) for i in ids), reverse=True)
        told = tuple(self._execution(record_id) for record_id in runs[:MOST_TOLD])
        return RepeatWarning(call, len(runs), told, undone)

    def _elsewhere(self, path: Sequence[int], tool: str) -> Iterator[Iterator[int]]:
        """The runs of a tool that the path does not hold, for each branch the last one first."""

        def off(record_id: int) -> bool:
            return not self._is_on(path, record_id)

        for begin, ids in self._starts.get(tool, {}).items():
            if not off(ids[-1]):
                continue
            first = 0 if off(begin) else bisect_left(ids, True, key=off)
            yield (
                ids[place]
                for place in range(len(ids) - 1, first - 1, -1)
                if all(off(copy) for copy in self._copies.get(ids[place], ()))
            )

    def _last_here(self, path: Sequence[int], branch: int | None, tool: str) -> int:
        """The last run of a tool on this branch and this path; 0 when there is none."""
        ids = self._starts.get(tool, {}).get(branch, ()) if branch is not None else ()
        return next((one for one in reversed(ids) if self._is_on(path, one)), 0)

    def _execution(self, record_id: int) -> Execution:
        record = self._tree[record_id]
        assert isinstance(record.event, ToolStarted)
        branch = self._tree.branch_of(record_id)
        arguments = self._arguments(record.event.call)
        return Execution(record_id, arguments, record.at, branch.name if branch else "")

    def _is_on(self, path: Sequence[int], record_id: int) -> bool:
        depth = self._tree.depth(record_id)
        return depth < len(path) and path[depth] == record_id

    def ran(self, tool: str, arguments: JsonValue) -> int:
        """How many times a tool really ran with these arguments."""
        self._look()
        return self._times.get(call_name(tool, arguments), 0)

    def runs(self, tool: str) -> int:
        """How many times a tool really ran in this session."""
        self._sift()
        return sum(map(len, self._starts.get(tool, {}).values()))

    def after(self, path: Sequence[int], head: int) -> dict[str, int]:
        """How often each tool really ran on this path after a record of it."""
        self._sift()
        found = {}
        for tool, branches in self._starts.items():
            ids = (one for every in branches.values() for one in every)
            times = sum(one > head and self._is_on(path, one) for one in ids)
            if times:
                found[tool] = times
        return found


def _base(session: str, s: Snapshot, call: Call) -> str:
    text = canonical([session, s.turn, call.ref.index, call.tool, call.arguments])
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def _base_of(key: str) -> str:
    return key.partition("-")[0]


def call_name(tool: str, arguments: JsonValue) -> str:
    """What stands for a call of that tool with these arguments, wherever it is made."""
    text = canonical([tool, arguments])
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
