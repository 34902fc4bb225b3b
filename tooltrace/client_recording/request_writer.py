"""Writes requests to a model into a session, on a thread of its own.

What goes wrong here is one line on stderr and the end of the recording, never more: whose requests
these are has not asked for them to be recorded at any price.
"""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

from msgspec.structs import replace

from tooltrace.client_recording.requests import ModelRequest
from tooltrace.core.model.errors import NotSaved, ToolTraceError
from tooltrace.core.model.events import Record
from tooltrace.core.text.redact import Hide
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.session.beginning import begin_file
from tooltrace.debugger.session.clock import REAL, now
from tooltrace.formats.imported.conversations import Conversation, Conversations, Exchange
from tooltrace.formats.imported.http_exchange import reply_read, request_read
from tooltrace.formats.imported.recorder import Recorder
from tooltrace.store.journal import Journal

__all__ = ["RequestWriter"]

_PATIENCE_S = 5.0
_MOST_WAITING = 256 << 20
_T = TypeVar("_T")


class RequestWriter:
    """Takes requests from any thread or loop, in the order in which they are sent and answered.

    ``path`` is the session, else the next free name for ``name``; one that is there is gone on
    with. It is made when there is something to write.
    """

    def __init__(self, path: Path | None, name: str, hide: Callable[[], Hide]) -> None:
        self._path, self._name, self._hide = path, name, hide
        self._queue: SimpleQueue[tuple[ModelRequest, bool] | None] = SimpleQueue()
        self._beginning = Lock()
        self._thread: Thread | None = None
        self._process = 0
        self._is_off = self._said = False
        self._came = self._done = 0
        """How many bytes were put into the queue, and taken out."""
        self._under_way: dict[ModelRequest, tuple[Conversation, Exchange]] = {}
        self._journal: Journal | None = None
        self._out = Recorder("")
        self._told = Conversations(self._out, name)

    # -- called by others -------------------------------------------------------------------

    def began(self, request: ModelRequest) -> None:
        """A request was sent."""
        self._put(request, False, len(request.body))

    def over(self, request: ModelRequest) -> None:
        """A request has all of its response, or will have none."""
        self._put(request, True, sum(map(len, request.chunks)))

    def close(self) -> None:
        """Write what there is; the session is closed then. Waits for that, but not for ever."""
        self._is_off = True
        atexit.unregister(self.close)
        thread = self._thread
        if thread is not None and self._process == os.getpid() and thread.is_alive():
            self._queue.put(None)
            thread.join(_PATIENCE_S)

    def _put(self, request: ModelRequest, over: bool, size: int) -> None:
        # Without a lock, which a fork might leave held: a count that is a little off does no harm.
        if self._is_off:
            return
        try:
            if self._thread is None:
                self._begin()
            elif self._process != os.getpid():
                self._give_up("this process was forked from the one that is recorded")
                return
            self._came += size
            if self._came - self._done > _MOST_WAITING:
                self._give_up("it comes faster than it can be written")
                return
            self._queue.put((request, over))
        except Exception as error:  # noqa: BLE001 - no thread can be started, say
            self._give_up(str(error))

    def _begin(self) -> None:
        with self._beginning:
            if self._thread is None:
                self._process = os.getpid()
                self._thread = Thread(target=self._run, name="tooltrace-record", daemon=True)
                self._thread.start()
                atexit.register(self.close)

    # -- on its thread ----------------------------------------------------------------------

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            request, over = item
            try:
                if not over:
                    self._asked(request)
                elif request in self._under_way:
                    self._answered(request)
            except (ToolTraceError, OSError) as error:
                self._give_up(str(error))
                break
            except Exception as error:  # noqa: BLE001 - it is of a shape that nobody thought of
                self._say(f"a request was not recorded: {type(error).__name__}: {error}")
                self._under_way.clear()
                self._told = Conversations(self._out, self._name)
        with suppress(Exception):
            self._finish()

    def _asked(self, request: ModelRequest) -> None:
        self._done += len(request.body)
        asked, keys = request_read(request.body)
        exchange = Exchange(
            asked.messages,
            None,
            asked.system,
            asked.tools,
            asked.model,
            request.asked_at,
            None,
            asked.settings,
            asked.previous,
            keys,
        )
        one = self._write(self._told.asked(exchange))
        self._under_way[request] = one, exchange

    def _answered(self, request: ModelRequest) -> None:
        self._done += sum(map(len, request.chunks))
        one, exchange = self._under_way.pop(request)
        extra: dict[str, Any] = {**(exchange.extra or {})}
        if request.request_id:
            extra["request_id"] = request.request_id
        if request.attempt:
            extra["attempt"] = request.attempt + 1
        reply = reply_read(request.status, request.response, request.error)
        whole = replace(exchange, reply=reply, replied_at=request.replied_at, extra=extra)
        self._write(self._told.answered(one, whole))

    def _write(self, told: Generator[Record, None, _T] | Iterator[Record]) -> Any:
        journal = self._opened()
        try:
            while True:
                journal.append(next(told))
        except StopIteration as end:
            journal.sync()
            return end.value

    def _opened(self) -> Journal:
        if self._journal is None:
            hide = self._hide()
            path = self._path
            if path is not None and path.is_file() and path.stat().st_size:
                journal = Journal.open(path, writable=True, hide=hide)
                if journal.read_only is not None:
                    journal.close()
                    raise ToolTraceError(f"{one_line(str(path))} is read-only: {journal.read_only}")
            else:
                try:
                    journal = begin_file(path, self._name, False, hide)
                except NotSaved as error:
                    where = f" ({path.parent})" if path is not None else ""
                    raise NotSaved(f"{error}{where}") from error
            self._journal = journal
            self._out.began, self._out.hide = now(), hide
            self._out.session, self._out.last_id = REAL.ident(), journal.next_id - 1
        return self._journal

    def _finish(self) -> None:
        journal = self._journal
        if journal is None:
            return
        try:
            for request in list(self._under_way):
                request.error = request.error or "the recording ended before the reply"
                self._answered(request)
            self._write(self._told.end())
        finally:
            journal.close()

    # -- what goes wrong --------------------------------------------------------------------

    def _give_up(self, why: str) -> None:
        self._is_off = True
        self._say(f"not recorded from here on: {why}")

    def _say(self, why: str) -> None:
        if self._said:
            return
        self._said = True
        with suppress(Exception):  # There is no stderr, or nobody reads it.
            print(f"tooltrace: {one_line(why)}", file=sys.stderr, flush=True)
