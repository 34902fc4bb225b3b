"""Recorded results for calls that a live model makes: found by what is called, not by when.

A call that was never recorded has no result here, and nothing runs instead.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable

from tooltrace.core.events import CallRef, Record, ToolReturned
from tooltrace.core.jsonio import JsonValue, canonical
from tooltrace.core.ports import Beside, Divergence, Given, ToolCall
from tooltrace.tools.recorded import given_again

__all__ = ["MatchedTools"]


class MatchedTools:
    """Answers each call with a result recorded for the same tool and arguments.

    Results of a call that was made more than once come in the order in which they were recorded;
    the last one then serves any further call.
    """

    def __init__(self, recorded: Iterable[tuple[str, JsonValue, Record]]) -> None:
        self._results: dict[str, deque[Record]] = defaultdict(deque)
        for tool, arguments, record in recorded:
            self._results[canonical([tool, arguments])].append(record)

    def knows(self, tool: str, arguments: JsonValue) -> bool:
        """Whether there is a result for that call."""
        return canonical([tool, arguments]) in self._results

    def cancel(self, ref: CallRef) -> bool:
        """Nothing here ever runs."""
        return False

    async def call(self, call: ToolCall, beside: Beside | None = None) -> Given | Divergence:
        """The recorded result, or a divergence that says there is none."""
        if beside is not None:
            beside()
        found = self._results.get(canonical([call.tool, call.arguments]))
        record = found[0] if found else None
        if found is None or record is None or not isinstance(record.event, ToolReturned):
            return Divergence(None, 0, "tool call", "recording", None, call.tool)
        if len(found) > 1:
            found.popleft()
        return given_again(record, record.event)
