"""Run commands one at a time on a thread of their own; each gives its answer as a future."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from typing import Any

from tooltrace.core.model.errors import BadCommand, ToolTraceError
from tooltrace.core.text.error_origin import fault_of
from tooltrace.core.text.redact import Hide, nothing_hidden
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.stop import Stop, stopped_by
from tooltrace.tools.functions.forked_process import ForkSafeLoop

__all__ = ["CommandLoop"]


class CommandLoop:
    """Runs commands on its own loop; one that comes while another runs is refused, not queued.

    ``running`` is true from the moment a command is accepted until just before its future has an
    answer, ``pausing`` from when it was asked to stop. ``changes`` grows at each; ``stop`` is how
    the last one ended, of those that were not refused. ``first`` is done before each command that a
    person gives, ``ended`` on the loop after each; ``changed`` is called on any thread whenever one
    begins or ends.
    """

    def __init__(self, hide: Hide = nothing_hidden) -> None:
        self._hide = hide
        self.running = self.pausing = False
        self.changes = 0
        self.stop = Stop("step")
        self.first: Callable[[], object] = lambda: None
        self.ended: Callable[[], object] = lambda: None
        self.changed: Callable[[], object] = lambda: None
        self._closed = False
        self._accepted = 0
        self._entry = threading.Lock()
        self._task: asyncio.Task[Stop] | None = None
        self._loop = ForkSafeLoop()
        self._thread = threading.Thread(target=self._serve, name="tooltrace-debugger", daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()

    def submit(self, work: Coroutine[Any, Any, Stop], *, quiet: bool = False) -> Future[Stop]:
        """Begin a command. Its future never raises: what went wrong is the answer.

        One that is ``quiet`` was given by nobody, and does not begin with ``first``.
        """
        with self._entry:
            refusal = self._refusal()
            if refusal is None:
                self.running = True
                self._accepted += 1
                self.changes += 1
                answer = asyncio.run_coroutine_threadsafe(self._alone(work, quiet), self._loop)
        if refusal is None:
            self.changed()
            return answer
        work.close()
        refused: Future[Stop] = Future()
        refused.set_result(stopped_by(BadCommand(refusal), refusal))
        return refused

    def _refusal(self) -> str | None:
        if self._closed:
            return "this session is closed: open it again"
        return "still running: pause first (p)" if self.running else None

    async def _alone(self, work: Coroutine[Any, Any, Stop], quiet: bool) -> Stop:
        self._task = asyncio.ensure_future(work)
        try:
            if not quiet:
                self.first()
            stop = await self._task
        except asyncio.CancelledError:
            stop = Stop("paused", "cancelled")
        except ToolTraceError as error:
            stop = stopped_by(error, self._hide(str(error)))
        except Exception as error:  # noqa: BLE001 - the screen must hear of it, not lose its thread
            stop = stopped_by(error, one_line(self._hide(fault_of(error))))
        with self._entry:
            self._task = None
            if not stop.refused:
                self.stop = stop
            self.running = self.pausing = False
            self.changes += 1
        self.ended()
        self.changed()
        return stop

    def pause(self) -> None:
        """Ask the running command to stop when it can; nothing when none runs."""
        with self._entry:
            self.pausing = self.running
            self.changes += 1

    def beside(self, what: Callable[[], object]) -> None:
        """Do something on the loop, but only while the command that runs now still does."""
        number = self._accepted
        if self.running:
            self.soon(lambda: what() if self.running and self._accepted == number else None)

    def cancel(self) -> None:
        """Give up the command that is running, if one is."""
        self.beside(self._give_up)

    def soon(self, what: Callable[[], object]) -> None:
        """Do something on the loop. Nothing once closed."""
        with self._entry:
            if not self._closed:
                self._loop.call_soon_threadsafe(what)

    def later(self, seconds: float, what: Callable[[], object]) -> None:
        """Do something on the loop after a while. Belongs on the loop."""
        self._loop.call_later(seconds, what)

    def _give_up(self) -> None:
        if self._task is not None:
            self._task.cancel()
        elif self.running:
            self._loop.call_soon(self._give_up)  # Accepted, and about to begin.

    def close(self, last: Callable[[], None], timeout: float, patience: float = 0.0) -> None:
        """Wait for the end of the running command, do ``last``, and end the thread.

        It has ``patience`` seconds for ending by itself at its next safe point; then it is
        cancelled. Raises what ``last`` raises. Closing again does nothing.
        """
        self.pause()
        if not patience:
            self.cancel()
        with self._entry:
            if self._closed:
                return
            self._closed = True

        async def closing() -> None:
            while self.running and self._task is None:
                await asyncio.sleep(0)
            if self._task is not None and patience:
                await asyncio.wait({self._task}, timeout=patience)
            if self._task is not None:
                self._task.cancel()
                await asyncio.wait({self._task}, timeout=timeout)
            last()

        done = asyncio.run_coroutine_threadsafe(closing(), self._loop)
        try:
            done.result(patience + timeout + 0.5)
        except Late:
            done.cancel()
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(0.5)
