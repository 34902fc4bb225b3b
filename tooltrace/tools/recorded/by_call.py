"""The recorded tools: results come from a path of a session; no function is within reach.

Calls are matched by content (tool and arguments), not by id or by order of completion.
"""

from __future__ import annotations

from msgspec.structs import replace

from tooltrace.core.compare.json_diff import MISSING, first_difference
from tooltrace.core.model.events import CallRef, Record, ToolReturned
from tooltrace.core.model.ports import Beside, Divergence, PortAnswer, ToolCall
from tooltrace.core.text.exact_json import JsonValue

__all__ = ["RecordedTools", "repeated"]


class RecordedTools:
    """Answers each call with the result that ``expect`` named, if it is the same call."""

    now: ToolReturned | None = None
    """What a tool gave just now instead of the recorded result; None where none was asked."""

    same_world = True
    """Whether the recorded snapshots of the world show what was done in the replay so far."""

    def __init__(self) -> None:
        self._expected: tuple[str, JsonValue, Record] | None = None
        self._step = 0

    def expect(
        self, tool: str, arguments: JsonValue, returned: Record, step: int, key: str = ""
    ) -> None:
        """The next call should be this one, and gets that result; ``key`` is what it had then."""
        self._expected = (tool, arguments, returned)
        self._step = step

    def acts_outside(self, tool: str, arguments: JsonValue) -> bool:
        """Whether this call will be made for real, and on more than a copy of the world."""
        return False

    def cancel(self, ref: CallRef) -> bool:
        """Nothing here ever runs."""
        return False

    async def call(
        self, call: ToolCall, beside: Beside | None = None
    ) -> PortAnswer[ToolReturned] | Divergence:
        """The recorded result, or how the call differs from the recorded one."""
        if beside is not None:
            beside()
        if self._expected is None:
            return Divergence(None, self._step, "tool call", "recording", MISSING, call.tool)
        tool, arguments, record = self._expected
        self._expected = None
        if tool != call.tool:
            return Divergence(record.id, self._step, "tool call", "tool", tool, call.tool)
        found = first_difference(arguments, call.arguments, "arguments")
        if found is not None:
            return Divergence(record.id, self._step, "tool call", *found)
        event = record.event
        if not isinstance(event, ToolReturned):
            return Divergence(record.id, self._step, "tool result", "recording", MISSING, call.tool)
        return repeated(record, event, call.ref, self.same_world)


def repeated(
    record: Record, event: ToolReturned, ref: CallRef, same_world: bool
) -> PortAnswer[ToolReturned]:
    """What a recorded result gives to a call once more, marked as what it is."""
    source = record.source if record.source in ("edited", "injected") else "recorded"
    world = event.world if same_world else None
    return PortAnswer(replace(event, call=ref, world=world), source, record.id)
