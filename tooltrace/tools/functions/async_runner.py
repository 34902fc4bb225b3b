"""An event loop of their own for tools that are coroutines, in a daemon thread.

A coroutine that blocks (a ``requests.get`` in an ``async def``) then holds up other coroutine tools
only, not the debugger: time-outs, pausing and stepping go on. A loop that no longer answers is left
behind, and the next call gets a new one.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, Generic, TypeVar

from tooltrace.tools.functions.forked_process import ForkSafeLoop
from tooltrace.tools.functions.thread_runner import settle

__all__ = ["AsyncCall", "AsyncRunner"]

T = TypeVar("T")

_LAST_WORDS = 0.5  # Seconds for coroutines to clean up in when everything ends.


class AsyncRunner:
    """Runs coroutines in another thread's event loop, which starts with the first one."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None

    def submit(self, work: Callable[[], Coroutine[Any, Any, T]], context: Context) -> AsyncCall[T]:
        """Start it; the call's ``future`` belongs to the event loop of the caller."""
        if self._loop is None:
            loop = ForkSafeLoop()
            threading.Thread(
                target=_run, args=(loop,), name="tooltrace-async-tools", daemon=True
            ).start()
            self._loop = loop
        call: AsyncCall[T] = AsyncCall(self._loop, asyncio.get_running_loop().create_future())
        self._loop.call_soon_threadsafe(call.start, work, context)
        return call

    def leave_behind(self, call: AsyncCall[Any]) -> None:
        """Use that call's loop for no further call; it ends when its last coroutine has."""
        if call.loop is self._loop:
            self._loop = None
            asyncio.run_coroutine_threadsafe(_wind_down(None), call.loop)

    def close(self) -> None:
        """Stop what still runs, and let the loop end. Nothing is waited for here."""
        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(_wind_down(_LAST_WORDS), self._loop)
            self._loop = None


class AsyncCall(Generic[T]):
    """A coroutine that runs in a ToolLoop: its result, and a way to ask it to stop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, future: asyncio.Future[T]) -> None:
        self.loop = loop
        self.future = future
        self.heard = threading.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self, work: Callable[[], Coroutine[Any, Any, T]], context: Context) -> None:
        """Make the task; runs in the tools' loop."""
        self._task = self.loop.create_task(self._settle(work), context=context)

    def cancel(self) -> None:
        """Ask the coroutine to stop; ``heard`` is set once the loop has passed it on."""
        try:
            self.loop.call_soon_threadsafe(self._cancel)
        except RuntimeError:
            return  # The loop is closed, and the coroutine with it.

    def _cancel(self) -> None:
        self.heard.set()
        if self._task is not None:
            self._task.cancel()

    async def _settle(self, work: Callable[[], Coroutine[Any, Any, T]]) -> None:
        settle(self.future, await work())


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    loop.run_forever()
    loop.close()


async def _wind_down(within: float | None) -> None:
    """End this loop when all its tasks have ended; with a limit, after asking them to."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    if within is not None:
        for task in tasks:
            task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=within)
    asyncio.get_running_loop().stop()
