"""What the live model ports have in common: one request, one whole reply or one failure.

Nothing is retried: an attempt that failed is a fact that the person sees. No failure holds a
credential.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from msgspec.structs import replace

from tooltrace.core.model.events import ModelFailed, ModelReplied
from tooltrace.core.model.messages import Request
from tooltrace.core.model.ports import ModelAnswer, OnDelta, PortAnswer
from tooltrace.core.text.redact import Hide
from tooltrace.core.text.sanitize import one_line
from tooltrace.models.live.attempt import Attempt
from tooltrace.models.live.failure_words import hidden, unreached
from tooltrace.models.live.retry_after import lost
from tooltrace.models.wire.form import Codec

__all__ = ["LiveModel", "patience"]


class LiveModel(ABC):
    """Asks a server in the protocol of ``codec``. ``clock`` counts seconds."""

    def __init__(self, codec: Codec, clock: Callable[[], float]) -> None:
        self._codec = codec
        self._clock = clock
        self._running: dict[Attempt, Callable[[], object]] = {}

    @abstractmethod
    async def attempted(self, attempt: Attempt, request: Request) -> ModelAnswer:
        """Make one attempt; what its server said is told to it as it comes."""

    @abstractmethod
    def hider(self, attempt: Attempt) -> Hide:
        """A function that takes every secret out that an attempt was made with."""

    async def ask(self, request: Request, heard: OnDelta | None = None) -> PortAnswer[ModelAnswer]:
        """One attempt at one reply; what came of one that is not whole is in the failure."""
        attempt = Attempt(self._clock, self._codec, heard)
        task = asyncio.current_task()
        cancels = task.cancelling() if task else 0
        with self._stoppable(attempt, task):
            try:
                answer = await self.attempted(attempt, request)
            except asyncio.CancelledError:
                if not attempt.given_up or task is None or task.uncancel() > cancels:
                    raise
                answer = attempt.stopped("cancelled by you", "cancelled")
        event = replace(self._without_secrets(answer, attempt), estimate=attempt.estimate(answer))
        return PortAnswer(event, "live")

    def cancel(self) -> bool:
        """Hang up on every reply being received; may be called from any thread."""
        running = list(self._running.values())
        for give_up in running:
            give_up()
        return bool(running)

    @contextmanager
    def _stoppable(self, attempt: Attempt, task: asyncio.Task[Any] | None) -> Iterator[None]:
        loop = asyncio.get_running_loop()

        def give_up() -> None:
            # The attempt may have ended, or been given up, since this was asked for.
            if task is not None and attempt in self._running and not attempt.given_up:
                attempt.given_up = True
                task.cancel()

        self._running[attempt] = lambda: loop.call_soon_threadsafe(give_up)
        try:
            yield
        finally:
            del self._running[attempt]

    def broken_off(
        self, attempt: Attempt, cause: BaseException | None, timeout: float
    ) -> ModelFailed:
        """The failure of a connection that could not be made, or broke, or brought nothing."""
        from httpx2 import ConnectTimeout, DecodingError, TimeoutException

        slow = isinstance(cause, TimeoutException) and not isinstance(cause, ConnectTimeout)
        if slow and attempt.raw:
            text = f"Nothing more came from {attempt.where} within {timeout:g} s: ask again"
        elif slow:
            text = f"No reply from {attempt.where} within {timeout:g} s: ask again"
        else:
            text = unreached(cause, attempt.where)
        # What cannot be unpacked came all the same; where nothing did, asking again costs nothing.
        came = not attempt.blank or (attempt.accepted and isinstance(cause, DecodingError))
        return attempt.stopped(text, "incomplete" if came else "failed", retryable=lost(cause))

    def _without_secrets(self, answer: ModelAnswer, attempt: Attempt) -> ModelAnswer:
        hide = self.hider(attempt)
        raw = answer.raw and hide(answer.raw)
        request_id = answer.request_id and hide(answer.request_id)
        if isinstance(answer, ModelReplied):
            return replace(answer, raw=raw, request_id=request_id)
        return replace(
            answer,
            error=one_line(hide(answer.error)),
            raw=raw,
            request_id=request_id,
            reply=hidden(answer.reply, hide),
        )


def patience(request: Request, timeout: float | None) -> float:
    """The seconds in which something has to come; Anthropic counts an hour for 128,000 tokens."""
    return timeout or max(600.0, request.max_tokens * 3600 / 128_000)
