"""Recorded results for calls that a live model makes: found by what is called, not by when.

A call that was never recorded has no result here, and nothing runs instead.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable

from msgspec import Struct

from tooltrace.core.compare.json_diff import MISSING, unnumbered
from tooltrace.core.model.events import CallRef, Record, ToolReturned
from tooltrace.core.model.ports import Beside, Divergence, PortAnswer, ToolCall
from tooltrace.core.model.snapshot import Call
from tooltrace.core.model.workflow import Effect
from tooltrace.core.text.exact_json import JsonValue, canonical
from tooltrace.tools.recorded.by_call import repeated

__all__ = ["MatchedTools", "RecordedAnswer"]


class RecordedAnswer(Struct, frozen=True):
    """A recorded call and its result; ``ran`` says that it reached its tool."""

    tool: str
    arguments: JsonValue
    result: Record
    ran: bool


class MatchedTools:
    """Answers each call with a result recorded for the same tool and arguments.

    Results of a call that was made more than once come in the order in which they were recorded.
    The last one then serves any further call, but not of a tool that ``writes``: its result tells
    of one deed, and another call would have been another one. A result brings its snapshot of the
    world as long as all that acts is called in the recorded order: after that none shows what was
    done. ``recorded`` is in the order in which the calls were started.
    """

    def __init__(
        self,
        recorded: Iterable[RecordedAnswer],
        effect: Callable[[str], Effect] = lambda tool: "reads",
    ) -> None:
        self._effect = effect
        self._results: dict[str, deque[Record]] = defaultdict(deque)
        self._recorded: set[str] = set()
        self._acted: deque[int] = deque()
        self._in_order = True
        for one in recorded:
            name = _key(one.tool, one.arguments)
            self._recorded.add(name)
            self._results[name].append(one.result)
            if one.ran and effect(one.tool) != "reads":
                self._acted.append(one.result.id)

    def _writes(self, tool: str) -> bool:
        return self._effect(tool) == "writes"

    def recorded(self, call: Call) -> bool:
        """Whether there was a result for that call, used up or not."""
        return _key(call.tool, call.arguments) in self._recorded

    def unknown(self, calls: Iterable[Call]) -> Call | None:
        """The first of these calls that has no result here, beside the others."""
        wanted: Counter[str] = Counter()
        for call in calls:
            name = _key(call.tool, call.arguments)
            wanted[name] += 1
            if len(self._results[name]) < (wanted[name] if self._writes(call.tool) else 1):
                return call
        return None

    def cancel(self, ref: CallRef) -> bool:
        """Nothing here ever runs."""
        return False

    async def call(
        self, call: ToolCall, beside: Beside | None = None
    ) -> PortAnswer[ToolReturned] | Divergence:
        """The recorded result, or a divergence that says there is none."""
        if beside is not None:
            beside()
        found = self._results.get(_key(call.tool, call.arguments))
        record = found[0] if found else None
        if found is None or record is None or not isinstance(record.event, ToolReturned):
            return Divergence(None, 0, "tool call", "recording", MISSING, call.tool)
        if len(found) > 1 or self._writes(call.tool):
            found.popleft()
        return repeated(record, record.event, call.ref, self._follows(call.tool, record))

    def _follows(self, tool: str, record: Record) -> bool:
        """Whether the recorded snapshots still show what was done, with this result."""
        if self._effect(tool) != "reads" and self._in_order:
            self._in_order = bool(self._acted) and self._acted.popleft() == record.id
        return self._in_order


def _key(tool: str, arguments: JsonValue) -> str:
    # A secret that the model says again may have got another number since.
    return unnumbered(canonical([tool, arguments]))
