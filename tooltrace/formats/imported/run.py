"""One run of another program, told fact by fact: what was said, replied, and returned.

While calls are open, what the run says next is held back, up to so many facts: results may come
late, and out of order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import ToolSpec
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.formats.imported.run_records import (
    LOOK_AHEAD,
    Extra,
    Fact,
    ImportedReply,
    RunRecords,
)

__all__ = ["LOOK_AHEAD", "ImportedReply", "ImportedRun"]


class ImportedRun(RunRecords):
    """A run as it is imported. Each method gives the records that are now known, in order."""

    def __init__(self, *told: Any, **more: Any) -> None:
        super().__init__(*told, **more)
        self._held: deque[Callable[[], Fact]] = deque()

    # -- what happened ----------------------------------------------------------------------

    def said(self, content: object, at: object = None, extra: Extra = None) -> Fact:
        """A person's words: text, or content blocks."""
        return self._next(partial(self._said, content, at, extra))

    def replied(self, reply: ImportedReply, at: object = None, extra: Extra = None) -> Fact:
        """A reply of the model, all of it."""
        return self._next(partial(self._replied, reply, at, extra))

    def unknown(self, kind: str, payload: JsonValue, at: object = None, why: str = "") -> Fact:
        """What is not understood, kept as it came; ``why`` says what is wrong with it."""
        self._out.counts.kept[kind] += 1
        fact = partial(self._unknown, kind, payload, at, why)
        return self._next(fact) if self._held else fact()  # It is in no result's way.

    def returned(
        self,
        ident: str,
        content: object,
        is_error: bool = False,
        at: object = None,
        extra: Extra = None,
        ms: float | None = None,
    ) -> Fact:
        """A result: of the first open call with that id, or of the first one if it has none."""
        fact = partial(self._returned, ident, content, is_error, at, extra, ms)
        if self._open and self._place(ident) is not None:
            yield from fact()
            if not self._open:
                yield from self._go_on()
        else:
            yield from self._next(fact)

    def answered(self) -> Fact:
        """No call that is open now will have a result any more."""
        while self._open:
            self._give_up()
            yield from self._go_on()

    def redefined(
        self, tools: tuple[ToolSpec, ...], system: str | list[dict[str, Any]] = ""
    ) -> Fact:
        """From here on the model is told of these tools, and this system prompt."""
        return self._next(partial(self._redefined, tools, system))

    def settle(self) -> Fact:
        """Nobody writes now: where the run went on, calls without a result will have none."""
        while self._held:
            self._give_up()
            yield from self._go_on()

    def end(self) -> Fact:
        """Nothing more comes: what was held back, and what has no result."""
        if self._before:
            yield from self.begin()
        while self._open or self._held:
            self._give_up()
            yield from self._go_on()

    # -- holding back -----------------------------------------------------------------------

    def _next(self, fact: Callable[[], Fact]) -> Fact:
        if not self._open:
            yield from fact()
            return
        self._held.append(fact)
        while len(self._held) > LOOK_AHEAD:
            self._give_up()
            yield from self._go_on()

    def _go_on(self) -> Fact:
        while self._held and not self._open:
            yield from self._held.popleft()()
            if self._open:
                yield from self._late()

    def _late(self) -> Fact:
        """Results among what is held back that the calls just made were waiting for."""
        while self._open:
            late = (fact for fact in self._held if self._waits_for(fact))
            found = next(late, None)
            if found is None:
                return
            self._held.remove(found)
            yield from found()

    def _waits_for(self, fact: Callable[[], Fact]) -> bool:
        ident = _result_of(fact)
        return ident is not None and self._place(ident) is not None

    def _give_up(self) -> None:
        self._out.counts.unanswered += len(self._open)
        self._open = []

    def finished(self, outcome: e.Outcome, why: str = "", at: object = None) -> Fact:
        """The run is over, and how."""
        yield from self.end()
        yield from self.begin()
        self._move(at)
        yield self._add(e.RunFinished(outcome, why))


def _result_of(fact: Callable[[], Fact]) -> str | None:
    if isinstance(fact, partial) and getattr(fact.func, "__name__", "") == "_returned":
        return str(fact.args[0])
    return None
