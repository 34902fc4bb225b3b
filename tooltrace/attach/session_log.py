"""The session of a client, written beside the way of its bytes: in a thread, in order.

What cannot be written stops the recording, and nothing else: the client and its model go on.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from queue import SimpleQueue

from tooltrace.attach.proxy_request import ProxyAnswer, ProxyRequest
from tooltrace.attach.recorded_runs import RecordedRuns, source_of
from tooltrace.core.model.errors import ToolTraceError
from tooltrace.core.model.events import Record
from tooltrace.formats.imported.recorder import ImportCounts, Recorder
from tooltrace.store.journal import Journal

__all__ = ["SessionLog"]

_Work = Callable[[], Iterable[Record]]


class SessionLog:
    """Records what goes through a proxy (see ``ProxyListener``).

    ``heard`` is told of each record once it is written, in the thread that writes. ``problem`` says
    why nothing more is recorded; ``beside`` counts the requests that asked no model for a reply,
    which are not recorded.
    """

    def __init__(
        self,
        journal: Journal,
        now: Callable[[], str],
        argv: Sequence[str] = (),
        recipe: str = "",
        heard: Callable[[Record], None] | None = None,
        made_by: str = "",
    ) -> None:
        self._journal, self._now, self._heard = journal, now, heard
        out = Recorder(now(), journal.hide, source_of, kept="")
        out.session, out.made_by = os.urandom(8).hex(), made_by
        self.counts: ImportCounts = out.counts
        self.problem = ""
        self.requests = self.beside = 0
        self._runs = RecordedRuns(out, argv, recipe)
        self._work: SimpleQueue[_Work | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="session log", daemon=True)
        self._thread.start()

    def came(self, request: ProxyRequest) -> None:
        """See ``ProxyListener``."""
        self.requests += 1
        if request.protocol is None:
            self.beside += 1
            return
        self._work.put(lambda: self._runs.came(request))

    def sent(self, request: ProxyRequest, body: bytes) -> None:
        """See ``ProxyListener``."""
        self._work.put(lambda: self._runs.sent(request, body))

    def answered(self, request: ProxyRequest, answer: ProxyAnswer) -> None:
        """See ``ProxyListener``."""
        self._work.put(lambda: self._runs.answered(request, answer))

    def left(self, request: ProxyRequest, why: str) -> None:
        """See ``ProxyListener``."""
        at = self._now()
        self._work.put(lambda: self._runs.left(request, why, at))

    def close(self, code: int | None) -> None:
        """The client has ended, with that code if it was a process: write the rest, and wait."""
        at = self._now()
        self._work.put(lambda: self._runs.ended(code, at))
        self._work.put(None)
        self._thread.join()
        self._journal.close()

    def _write(self) -> None:
        while (work := self._work.get()) is not None:
            if self.problem:
                continue
            try:
                for record in work():
                    written = self._journal.append(record)
                    if self._heard is not None:
                        self._heard(written)
                self._journal.sync()
            except ToolTraceError as error:
                self.problem = str(error)
            except Exception as error:  # noqa: BLE001 - of a shape that nobody thought of
                self.problem = f"{type(error).__name__}: {error}"
