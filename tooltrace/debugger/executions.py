"""What has really run: every live start of a tool, on whatever branch.

The question before anything that writes: was this very call made before, or the same call with the
same arguments on a branch that is not an ancestor of here?
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from msgspec import Struct

from tooltrace.core.events import CallRef, ModelReplied, Record, ToolReturned, ToolStarted
from tooltrace.core.fold import tool_uses
from tooltrace.core.jsonio import JsonValue, canonical
from tooltrace.core.snapshot import Call, Snapshot
from tooltrace.core.tree import Tree

__all__ = ["Doubt", "Executions", "call_name"]


class Doubt(Struct, frozen=True):
    """A call that a person must say yes to: how often it ran already, and when last.

    ``undone`` says that the world was put back to before it, and that the tool acts on nothing
    else: then a yes loses nothing, but it is still the person's to say.
    """

    call: Call
    times: int
    last_at: str
    why: str
    undone: bool = False


class Executions:
    """Live starts by idempotency key and by tool and arguments.

    Records are only noted as they arrive and looked at when somebody asks, because a session that
    is just opened to be read never does.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._new: list[Record] = []
        self._uncounted: list[Record] = []
        self._starts: dict[str, list[int]] = {}
        self._by_key: dict[str, list[Record]] = {}
        self._by_call: dict[str, list[Record]] = {}
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
            if record.source == "live" and isinstance(event, (ToolStarted, ToolReturned)):
                self._uncounted.append(record)
                if isinstance(event, ToolStarted):
                    self._starts.setdefault(event.tool, []).append(record.id)

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
        self._by_key.setdefault(_base_of(event.key), []).append(record)
        name = call_name(event.tool, self._arguments(event.call))
        self._by_call.setdefault(name, []).append(record)

    def _arguments(self, ref: CallRef) -> JsonValue:
        reply = self._tree.records.get(ref.reply)
        if reply is None or not isinstance(reply.event, ModelReplied):
            return None
        uses = tool_uses(reply.event.reply.get("content"))
        return uses[ref.index].get("input") if 0 <= ref.index < len(uses) else None

    def key(self, session: str, s: Snapshot, call: Call) -> str:
        """The idempotency key of a call, the same in every branch until it has run to its end.

        A call that ended and was confirmed to run again gets a key of its own. One that was
        interrupted keeps its key, so that a tool that looks at it acts once at most.
        """
        self._look()
        base = _base(session, s, call)
        times = self._ended.get(base, 0)
        return f"{base}-{times + 1}" if times else base

    def doubt(
        self, session: str, way: Sequence[int], s: Snapshot, call: Call, undone: bool
    ) -> Doubt | None:
        """Why a person must be asked before this call runs; None when nothing speaks against it.

        ``way`` is the path that the call would extend. ``undone`` says that the world was put back
        to this point, which takes back what tools did inside it, never what they did outside.
        """
        spec = s.workflow.tool(call.tool)
        if spec is not None and spec.effect != "writes":
            return None
        self._look()
        undone = undone and spec is not None and not spec.open_world
        same = self._by_key.get(_base(session, s, call))
        if same:
            return _asking(call, same, "this call has run already", undone)
        elsewhere = [
            record
            for record in self._by_call.get(call_name(call.tool, call.arguments), ())
            if not self._is_on(way, record.id)
        ]
        return (
            _asking(call, elsewhere, "the same call ran on another branch", undone)
            if elsewhere
            else None
        )

    def _is_on(self, way: Sequence[int], record_id: int) -> bool:
        depth = self._tree.depth(record_id)
        return depth < len(way) and way[depth] == record_id

    def ran(self, tool: str, arguments: JsonValue) -> int:
        """How many times a tool really ran with these arguments."""
        self._look()
        return len(self._by_call.get(call_name(tool, arguments), ()))

    def runs(self, tool: str) -> int:
        """How many times a tool really ran in this session."""
        return len(self.starts().get(tool, ()))

    def starts(self) -> Mapping[str, Sequence[int]]:
        """Every live start by tool: its records, oldest first."""
        self._sift()
        return self._starts


def _base(session: str, s: Snapshot, call: Call) -> str:
    text = canonical([session, s.turn, call.ref.index, call.tool, call.arguments])
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def _base_of(key: str) -> str:
    return key.partition("-")[0]


def call_name(tool: str, arguments: JsonValue) -> str:
    """What stands for a call of that tool with these arguments, wherever it is made."""
    text = canonical([tool, arguments])
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def _asking(call: Call, runs: list[Record], why: str, undone: bool) -> Doubt:
    return Doubt(call, len(runs), max(record.at for record in runs), why, undone)
