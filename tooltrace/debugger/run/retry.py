"""Wait before a failed request is sent again; everybody sees it, and a key stops it.

The SDK's own retries are off, because nobody sees them. Each attempt here is a request of its own
in the session; between two of them there is a wait, with an end that a front end can count down to.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from msgspec import Struct

from tooltrace.core.model.snapshot import Snapshot

__all__ = ["RetryTimer", "RetryWait", "delay"]

LONGEST = 60.0
"""Seconds: a server that asks for more is asked again sooner, and may say so again."""

_FIRST, _GROWS_TO = 0.5, 8.0


class RetryWait(Struct, frozen=True):
    """A wait before attempt number ``attempt`` of ``most``; ``until`` is on ``time.monotonic``."""

    attempt: int
    most: int
    until: float
    why: str


def delay(attempt: int, asked: float | None) -> float:
    """Seconds to wait after that attempt: what the server asked for, or twice as long each time."""
    if asked is not None:
        return min(max(0.0, asked), LONGEST)
    return min(_FIRST * 2.0 ** max(0, attempt - 1), _GROWS_TO)


class RetryTimer:
    """Decides whether a request is sent again, and waits before it is.

    ``waiting`` is the wait that goes on now, ``changes`` grows with it. Everything here belongs on
    the debugger's loop; ``waiting`` may be looked at from anywhere.
    """

    def __init__(
        self, pausing: Callable[[], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.waiting: RetryWait | None = None
        self.changes = 0
        self._pausing = pausing
        self._clock = clock
        self._answer: asyncio.Future[bool] | None = None

    async def another(self, s: Snapshot) -> bool:
        """Wait for the next attempt; False when there is to be none, or when a person stops it."""
        trouble = s.trouble
        if trouble is None or trouble.kind != "failed" or not trouble.retryable:
            return False
        most = s.settings.attempts
        if s.attempt >= most or self._pausing():
            return False
        seconds = delay(s.attempt, trouble.retry_after)
        until = self._clock() + seconds
        self._answer = asyncio.get_running_loop().create_future()
        self._wait(RetryWait(s.attempt + 1, most, until, trouble.why))
        try:
            return await asyncio.wait_for(self._answer, seconds)
        except TimeoutError:
            return True
        finally:
            self._answer = None
            self._wait(None)

    def _wait(self, waiting: RetryWait | None) -> None:
        self.waiting = waiting
        self.changes += 1

    def now(self) -> None:
        """Do not wait any longer: ask."""
        self._say(True)

    def stop(self) -> None:
        """Do not ask again."""
        self._say(False)

    def _say(self, answer: bool) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)
