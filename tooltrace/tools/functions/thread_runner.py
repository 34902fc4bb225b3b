"""Threads for tools that are plain functions: started when needed, used again, never waited for.

They are daemons, so that a tool that hangs cannot keep the process alive. The standard executor
does not serve: it joins all of its threads when the interpreter exits, hung ones too.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import threading
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from tooltrace.tools.functions.forked_process import stay

__all__ = ["ThreadRunner", "settle"]

T = TypeVar("T")


@dataclass(slots=True)
class _Job(Generic[T]):
    work: Callable[[], T]
    context: Context
    future: asyncio.Future[T]
    outbox: SimpleQueue[tuple[T, BaseException | None]] = field(default_factory=SimpleQueue)
    late: bool = False


class ThreadRunner:
    """Runs functions in daemon threads; at most ``keep`` of them wait idle for the next one."""

    def __init__(self, keep: int = 16) -> None:
        self._keep = keep
        self._idle: list[SimpleQueue[_Job[object] | None]] = []
        self._lock = threading.Lock()
        self._count = itertools.count(1)

    def submit(
        self,
        work: Callable[[], T],
        context: Context,
        patience: float = 0.0,
        beside: Callable[[], None] | None = None,
    ) -> asyncio.Future[T]:
        """Start it in a thread of its own; the future belongs to the running event loop.

        ``beside`` is done here meanwhile; what it raises is raised, and the result is dropped.

        For ``patience`` seconds the loop stands still and waits: a result that comes at once need
        not wake it up, which costs several times what handing it over does. Cancelling the future
        does not stop the thread. Raises RuntimeError when no thread starts.
        """
        job: _Job[T] = _Job(work, context, asyncio.get_running_loop().create_future())
        with self._lock:
            inbox = self._idle.pop() if self._idle else None
        if inbox is None:
            inbox = SimpleQueue()
            name = f"tooltrace-tool-{next(self._count)}"
            threading.Thread(target=self._serve, args=(inbox,), name=name, daemon=True).start()
        inbox.put(job)  # type: ignore[arg-type]
        if beside is not None:
            try:
                beside()
            except BaseException:
                job.future.cancel()
                job.late = True
                raise
        _wait(job, patience)
        return job.future

    def close(self) -> None:
        """Let idle threads end; busy ones end after their work. Nothing is waited for."""
        with self._lock:
            self._keep = 0
            idle, self._idle = self._idle, []
        for inbox in idle:
            inbox.put(None)

    def _serve(self, inbox: SimpleQueue[_Job[object] | None]) -> None:
        process = os.getpid()
        while (job := inbox.get()) is not None:
            result: object = None
            error: BaseException | None = None
            try:
                result = job.context.run(job.work)
            except BaseException as raised:  # noqa: BLE001 - it belongs to whoever waits for it
                error = raised
            stay(process, error)
            with self._lock:
                stays = len(self._idle) < self._keep
                if stays:
                    self._idle.append(inbox)
            job.outbox.put((result, error))
            # Looked at after the result was put there, and set before it is looked for: one of the
            # two sides always sees the other.
            if job.late:
                settle(job.future, result, error)
            # An idle thread must not keep the last result alive.
            del job, result, error
            if not stays:
                return


def _wait(job: _Job[T], patience: float) -> None:
    try:
        result, error = job.outbox.get(patience > 0, patience)
    except Empty:
        job.late = True
        try:
            result, error = job.outbox.get_nowait()
        except Empty:
            return
    _resolve(job.future, result, error)


def settle(future: asyncio.Future[T], result: T, error: BaseException | None = None) -> None:
    """Resolve a future of another thread's loop; nothing happens when nobody waits any more."""
    try:
        future.get_loop().call_soon_threadsafe(_resolve, future, result, error)
    except RuntimeError:
        return  # The loop is closed.


def _resolve(future: asyncio.Future[T], result: T, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        # Futures refuse StopIteration, and KeyboardInterrupt would end the loop.
        fits = isinstance(error, Exception) and not isinstance(error, StopIteration)
        future.set_exception(error if fits else RuntimeError(repr(error)))
