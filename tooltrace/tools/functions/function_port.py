"""The tool port for Python functions: every call comes back as an answer, whatever the tool does.

Tools run beside the event loop, never on it: functions in threads, coroutines in a loop of their
own. A coroutine can be stopped; a function cannot, so it is abandoned: its result no longer counts,
and the answer says that it may still act.
"""

from __future__ import annotations

import asyncio
import copy
import inspect
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from contextvars import Context
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from tooltrace.core.model.events import CallRef, ErrorDetail, ToolReturned
from tooltrace.core.model.ports import Beside, PortAnswer, ToolCall
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.tools.functions.async_runner import AsyncCall, AsyncRunner
from tooltrace.tools.functions.exceptions import explain, failure
from tooltrace.tools.functions.forked_process import stay
from tooltrace.tools.functions.function import FunctionTool
from tooltrace.tools.functions.media import content_blocks
from tooltrace.tools.functions.mutated_arguments import changed, noted
from tooltrace.tools.functions.result_json import to_json
from tooltrace.tools.functions.thread_runner import ThreadRunner
from tooltrace.tools.functions.tool_context import ToolContext
from tooltrace.tools.output.capture import OutputCapture
from tooltrace.tools.world.world import World

__all__ = ["GRACE", "FunctionPort"]

AT_ONCE = 0.0005
"""Seconds for which a function may hold up the event loop: most lookups are done by then."""

GRACE = 0.5
"""Seconds that a coroutine which was asked to stop has for doing so."""


class _Outcome(Struct, frozen=True):
    """What a tool did, made where it ran; ``changed`` names what it changed of its arguments.

    ``blocks`` says that the content is a list of content blocks.
    """

    content: JsonValue
    ms: float
    error: ErrorDetail | None = None
    changed: tuple[str, ...] = ()
    blocks: bool = False


class FunctionPort:
    """Calls Python functions; ``world``, or a function giving it, is what their ToolContext holds.

    ``clock`` counts seconds and measures calls.
    """

    def __init__(
        self,
        tools: Mapping[str, FunctionTool],
        world: World | Callable[[], World | None] | None = None,
        capture: OutputCapture | None = None,
        clock: Callable[[], float] = time.perf_counter,
        *,
        grace: float = GRACE,
    ) -> None:
        self._tools = dict(tools)
        self._world = world
        self._capture = capture if capture is not None else OutputCapture()
        self._clock = clock
        self._grace = grace
        self._pool = ThreadRunner()
        self._loop = AsyncRunner()
        self._stops: dict[CallRef, asyncio.Future[None]] = {}

    async def call(self, call: ToolCall, beside: Beside | None = None) -> PortAnswer[ToolReturned]:
        """Make one call. Never raises for what the tool does.

        ``beside`` is done as soon as the call has begun, on this thread: while it waits for a disk,
        say, the tool runs. If it raises, the tool is left alone and its result dropped.

        Cancelling the task stops or abandons the tool and passes the cancellation on, without an
        answer; ``cancel`` is how to get one.
        """
        return PortAnswer(await self._call(call, beside), "live")

    async def _call(self, call: ToolCall, beside: Beside | None) -> ToolReturned:
        tool = self._tools.get(call.tool)
        if tool is None:
            known = ", ".join(self._tools) or "none"
            why = f"there is no tool {call.tool!r}; there is {known}"
            return _refusal(call.ref, "UnknownTool", why)
        output = self._capture.begin()
        began = self._clock()
        run = _Run(tool, call, self._world, self._clock)
        try:
            running = self._start(run, self._capture.context(output), beside)
        except (RuntimeError, OSError) as error:  # The system starts no further thread or loop.
            written = self._capture.end(output)
            return _refusal(call.ref, type(error).__name__, str(error), written)
        except BaseException:
            self._capture.end(output)
            raise
        stop = self._stops[call.ref] = asyncio.get_running_loop().create_future()
        future = running.future if isinstance(running, AsyncCall) else running
        stopped = False
        try:
            if not future.done():
                await asyncio.wait(
                    (future, stop), timeout=tool.spec.timeout, return_when=asyncio.FIRST_COMPLETED
                )
            in_time = future.done()
            stopped = in_time or await self._stop(running)
        except asyncio.CancelledError:
            if isinstance(running, AsyncCall):
                running.cancel()
            if not future.done():
                raise
            # It came back in the same moment, and what it did is done: its result counts.
            in_time = True
        finally:
            self._stops.pop(call.ref, None)
            written = self._capture.end(output, lingers=not future.done())
            if not future.done():
                future.add_done_callback(lambda _: self._capture.gone(output))
        if in_time:
            return _returned(call.ref, future.result(), written)
        ms = (self._clock() - began) * 1000
        return _unfinished(call.ref, tool, stop.done(), stopped, ms, written)

    def cancel(self, ref: CallRef) -> bool:
        """A person gives up on a running call: ``call`` answers with an error, at once or nearly.

        False when no such call is running. Belongs on the event loop that runs ``call``.
        """
        stop = self._stops.get(ref)
        if stop is None or stop.done():
            return False
        stop.set_result(None)
        return True

    def close(self) -> None:
        """Let go of threads that wait for work. Tools that still run are not waited for."""
        self._pool.close()
        self._loop.close()

    def _start(
        self, run: _Run, context: Context, beside: Beside | None
    ) -> AsyncCall[_Outcome] | asyncio.Future[_Outcome]:
        if not run.tool.is_async:
            return self._pool.submit(run.function, context, AT_ONCE, beside)
        running = self._loop.submit(run.coroutine, context)
        if beside is not None:
            beside()
        return running

    async def _stop(self, running: AsyncCall[_Outcome] | asyncio.Future[_Outcome]) -> bool:
        """Whether it was possible to stop it. Its result counts no longer in any case."""
        if not isinstance(running, AsyncCall):
            return False
        running.cancel()
        await asyncio.wait((running.future,), timeout=self._grace)
        if not running.heard.is_set():
            self._loop.leave_behind(running)
        return running.future.done()


class _Run:
    """One call on the other side: arguments checked, tool called, result made JSON, time taken."""

    __slots__ = ("_call", "_clock", "_given", "_process", "_world", "tool")

    def __init__(
        self,
        tool: FunctionTool,
        call: ToolCall,
        world: World | Callable[[], World | None] | None,
        clock: Callable[[], float],
    ) -> None:
        self.tool = tool
        self._call = call
        self._given: dict[str, Any] = {}
        self._world = world
        self._clock = clock
        self._process = os.getpid()

    def function(self) -> _Outcome:
        """In a thread."""
        began = self._clock()
        try:
            value = self.tool.function(**self._keywords())
            if inspect.isawaitable(value):
                value = asyncio.run(_awaited(value))
        except BaseException as error:  # noqa: BLE001 - a tool may even exit; the debugger stays
            stay(self._process, error)
            return self._failed(error, began)
        stay(self._process)
        return self._returned(value, began)

    async def coroutine(self) -> _Outcome:
        """In the tools' loop."""
        began = self._clock()
        try:
            value = await self.tool.function(**self._keywords())
        except BaseException as error:  # noqa: BLE001 - a tool may even exit; the debugger stays
            stay(self._process, error)
            return self._failed(error, began)
        stay(self._process)
        return self._returned(value, began)

    def _keywords(self) -> dict[str, Any]:
        self._given = self.tool.bind(self._call.arguments, self._context, self._call.form)
        return self._given

    def _context(self, arguments: Mapping[str, JsonValue]) -> ToolContext:
        return ToolContext(
            world=self._world() if callable(self._world) else self._world,
            idempotency_key=self._call.key,
            state=self._call.state,
            context=MappingProxyType(copy.deepcopy(self._call.context)),
            arguments=MappingProxyType(dict(arguments)),
        )

    def _returned(self, value: object, began: float) -> _Outcome:
        ms = (self._clock() - began) * 1000
        form = self._call.form
        try:
            blocks = content_blocks(value, form)
        except Exception as error:  # noqa: BLE001 - a picture's own code may raise anything
            return self._failed(error, began)
        if blocks is not None:
            return _Outcome(blocks, ms, changed=self._changed(), blocks=True)
        return _Outcome(to_json(value, form=form), ms, changed=self._changed())

    def _failed(self, error: BaseException, began: float) -> _Outcome:
        ms = (self._clock() - began) * 1000
        content, detail = failure(error)
        return _Outcome(content, ms, detail, self._changed())

    def _changed(self) -> tuple[str, ...]:
        """Looked up where the tool ran: comparing runs the code of whatever it put in there."""
        return changed(self.tool, self._call, self._given) if self._given else ()


async def _awaited(value: Awaitable[Any]) -> Any:
    return await value


def _returned(ref: CallRef, outcome: _Outcome, written: str) -> ToolReturned:
    return ToolReturned(
        ref,
        content=outcome.content,
        is_error=outcome.error is not None,
        ms=outcome.ms,
        error=outcome.error,
        output=noted(written, outcome.changed) if outcome.changed else written,
        blocks=outcome.blocks,
    )


def _refusal(ref: CallRef, kind: str, message: str, written: str = "") -> ToolReturned:
    return ToolReturned(
        ref,
        content=explain(kind, message),
        is_error=True,
        error=ErrorDetail(kind, message),
        output=written,
    )


def _unfinished(
    ref: CallRef, tool: FunctionTool, cancelled: bool, stopped: bool, ms: float, written: str
) -> ToolReturned:
    """The answer for a call that was cut off, by a person or by its time limit."""
    if cancelled:
        kind, what = "Cancelled", f"cancelled after {ms / 1000:.1f} s"
    else:
        kind, what = "Timeout", f"no result within {tool.spec.timeout:g} s"
    if stopped:
        message = f"{what}; it was stopped, what it had done until then stays done"
    else:
        message = f"{what}; it could not be stopped and may still act"
    return ToolReturned(
        ref,
        content=explain(kind, message),
        is_error=True,
        ms=ms,
        error=ErrorDetail(kind, message),
        output=written,
        abandoned=not stopped,
    )
