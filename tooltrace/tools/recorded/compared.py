"""Recorded tools whose calls are made for real as well, and whose results must be as recorded.

What goes on into the replay is always the recorded result, so that the first difference is the one
that is told and nothing after it is a consequence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from tooltrace.core.compare.json_diff import Pairs, differences, keys_of
from tooltrace.core.model.block_data import abridged
from tooltrace.core.model.events import CallRef, Record, ToolReturned
from tooltrace.core.model.ports import Beside, Divergence, PortAnswer, ToolCall, ToolPort
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.redact import Hide, hidden_json, nothing_hidden
from tooltrace.tools.recorded.by_call import RecordedTools

__all__ = ["ComparedTools", "Named"]

Named = Callable[[str, JsonValue], bool]
"""A question about a call, by its tool and arguments."""


def _none(tool: str, arguments: JsonValue) -> bool:
    return False


class ComparedTools(RecordedTools):
    """Answers like ``RecordedTools``, after making each call through ``live`` and comparing.

    A call gets the idempotency key it was recorded with, so that a tool which uses it does the same
    again. What a person typed or a fault put in its place is not compared, but the call is made: it
    changed the world, too. ``ignore`` names fields of results that may differ, by key
    (``made_at``) or by a part of the path (``order.made_at``; indexes in lists are left out, a key
    with a dot in it is itself or quoted: ``"made.at"``).
    ``outside`` says which calls act on more than a copy of the world, ``blocked`` which calls are
    not made: they are only answered. ``now`` is what the last call that was made gave.
    ``hide`` takes secrets out of it, which were taken out of the recording as well.
    """

    def __init__(
        self,
        live: ToolPort,
        ignore: Sequence[str] = (),
        blocked: Named = _none,
        outside: Named = _none,
        hide: Hide = nothing_hidden,
    ) -> None:
        super().__init__()
        self._hide = hide
        self._pairs = Pairs()
        self._live = live
        self._blocked = blocked
        self._outside = outside
        self._ignore = frozenset({*map(keys_of, ignore), *((key,) for key in ignore)})
        self._key = ""

    def expect(
        self, tool: str, arguments: JsonValue, returned: Record, step: int, key: str = ""
    ) -> None:
        """The next call should be this one, and gives that result again."""
        super().expect(tool, arguments, returned, step, key)
        self._key = key

    def acts_outside(self, tool: str, arguments: JsonValue) -> bool:
        """Whether this call will be made for real, and on more than a copy of the world."""
        return self._outside(tool, arguments) and not self._blocked(tool, arguments)

    def cancel(self, ref: CallRef) -> bool:
        """Give up on a running call."""
        return self._live.cancel(ref)

    async def call(
        self, call: ToolCall, beside: Beside | None = None
    ) -> PortAnswer[ToolReturned] | Divergence:
        """The recorded result, or how the call or what it gives now differs from what was."""
        expected = self._expected
        self.now = None
        given = await super().call(call, beside)
        if isinstance(given, Divergence) or expected is None:
            return given
        if self._blocked(call.tool, call.arguments):
            return given
        if given.source == "recorded" and self.acts_outside(call.tool, call.arguments):
            given = replace(given, source="live")
        returned = expected[2]
        answer = await self._live.call(replace(call, key=self._key or call.key))
        if isinstance(answer, Divergence):
            return answer
        now = self.now = self._without_secrets(answer.event)
        if returned.source in ("edited", "injected"):
            return given
        event = returned.event
        if isinstance(event, ToolReturned) and event.is_error != now.is_error:
            today = _failing(now) if now.is_error else False
            return self._differs(returned, "is_error", event.is_error, today)
        # What an older version left in the recording is taken out of both.
        recorded, content = hidden_json(given.event.content, self._hide), now.content
        if given.event.blocks and now.blocks:
            recorded, content = abridged(recorded), abridged(content)
        for path, then, today in differences(recorded, content, "content", self._pairs):
            if not self._ignored(path):
                return self._differs(returned, path, then, today)
        return given

    def _without_secrets(self, now: ToolReturned) -> ToolReturned:
        content = hidden_json(now.content, self._hide)
        error = now.error and replace(now.error, message=self._hide(now.error.message))
        return replace(now, content=content, error=error)

    def _differs(self, record: Record, field: str, then: JsonValue, now: JsonValue) -> Divergence:
        return Divergence(record.id, self._step, "tool result", field, then, now)

    def _ignored(self, path: str) -> bool:
        parts = keys_of(path)[1:]
        # What stands below a field that may differ may differ as well.
        return any(
            parts[begin:end] in self._ignore
            for begin in range(len(parts))
            for end in range(begin + 1, len(parts) + 1)
        )


def _failing(now: ToolReturned) -> JsonValue:
    return now.error.message if now.error else now.content
