"""What a tool prints goes into its own record, however it prints.

Prints are routed by context, so they always reach the right call. Bytes written to descriptors 1
and 2 (C code, ``os.write``, subprocesses) carry no such mark: they go to every call that runs at
that moment, and are marked as shared when several do. What no call can own is kept as stray.
"""

from __future__ import annotations

import contextvars
import threading

from tooltrace.tools.output import streams
from tooltrace.tools.output.call_output import LIMIT, CallOutput
from tooltrace.tools.output.descriptor_guard import DescriptorGuard

__all__ = ["CallOutput", "DescriptorGuard", "OutputCapture"]


class OutputCapture:
    """Captures while it is entered; without a guard, only what goes through Python's streams.

    Leave it before the guard is restored: ``with FdGuard() as guard, OutputCapture(guard):``.
    """

    def __init__(self, guard: DescriptorGuard | None = None, *, limit: int = LIMIT) -> None:
        self._guard = guard
        self._limit = limit
        self._lock = threading.RLock()
        self._running: list[CallOutput] = []
        self._lingering: list[CallOutput] = []
        self._stray = CallOutput(limit)
        self._entered = False

    @property
    def stray(self) -> CallOutput:
        """What was written when no call could own it."""
        return self._stray if self._guard is None else self._guard.stray

    def __enter__(self) -> OutputCapture:
        if not self._entered:
            self._entered = True
            streams.install()
            if self._guard is not None:
                self._guard.deliver = self._deliver
        return self

    def __exit__(self, *_: object) -> None:
        if self._entered:
            self._entered = False
            self._drain()
            if self._guard is not None:
                self._guard.deliver = None
            streams.uninstall()

    def reassert(self) -> None:
        """Route prints again after a library (a TUI, when it starts) has redirected them."""
        if self._entered:
            streams.reassert()

    def begin(self) -> CallOutput:
        """A call starts: what is written from now on may be its."""
        output = CallOutput(self._limit)
        if self._entered and not self._running:
            streams.reassert()
        self._drain()
        with self._lock:
            self._running.append(output)
        return output

    def context(self, output: CallOutput) -> contextvars.Context:
        """A copy of the present context in which printing goes to that output."""
        context = contextvars.copy_context()
        context.run(streams.ROUTE.set, _ToOutput(self, output))
        return context

    def end(self, output: CallOutput, *, lingers: bool = False) -> str:
        """A call's result is made: its output so far, complete.

        ``lingers`` says that the function still runs; call ``gone`` when it no longer does.
        """
        self._drain()
        with self._lock:
            self._running.remove(output)
            if lingers:
                self._lingering.append(output)
        return output.close()

    def gone(self, output: CallOutput) -> None:
        """The function of an abandoned call has come to its end. May be called from any thread."""
        self._drain()
        with self._lock:
            if output in self._lingering:
                self._lingering.remove(output)

    def write(self, output: CallOutput, data: bytes) -> None:
        """A call printed. What it wrote to the descriptors before comes before."""
        if self._guard is not None:
            self._guard.drain()
        if not output.add(data):
            self.stray.add(data)

    def _drain(self) -> None:
        if self._entered and self._guard is not None:
            streams.flush_originals()
            self._guard.drain()

    def _deliver(self, data: bytes) -> None:
        with self._lock:
            running = tuple(self._running)
            shared = len(running) + len(self._lingering) > 1
        taken = [output.add(data, shared=shared) for output in running]
        if not any(taken):
            self.stray.add(data)


class _ToOutput:
    """The route of one call."""

    __slots__ = ("_capture", "_output")

    def __init__(self, capture: OutputCapture, output: CallOutput) -> None:
        self._capture = capture
        self._output = output

    def write(self, data: bytes) -> None:
        self._capture.write(self._output, data)
