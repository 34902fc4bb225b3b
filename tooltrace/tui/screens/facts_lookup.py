"""What sessions are, looked up when it is shown, and kept as long as their files stay the same."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread

from tooltrace.debugger.session.session_facts import SessionFacts

__all__ = ["FactsLookup"]

AT_ONCE = 128 << 10
"""Bytes of a session up to which it is read while its row is drawn: that takes a few ms."""

_Status = tuple[int, int]


class FactsLookup:
    """``read`` looks into one file; ``ready`` is called when one that took longer is known."""

    def __init__(self, read: Callable[[Path], SessionFacts], ready: Callable[[], None]) -> None:
        self._read = read
        self._ready = ready
        self._known: dict[Path, tuple[_Status, SessionFacts]] = {}
        self._sure: set[Path] = set()
        self._waiting: deque[Path] = deque()
        self._lock = Lock()
        self._works = False

    def again(self) -> None:
        """From now on files may be others than before: each is looked at once more."""
        self._sure.clear()

    def of(self, path: Path) -> SessionFacts | None:
        """What a session is; None while that is being looked up."""
        before = self._known.get(path)
        if before is not None and path in self._sure:
            return before[1]
        status = _status(path)
        if before is not None and before[0] == status:
            self._sure.add(path)
            return before[1]
        if status[1] > AT_ONCE:
            self.want([path])
            return None
        return self._note(path, status)

    def want(self, paths: Iterable[Path]) -> None:
        """Look these up beside, one after the other."""
        with self._lock:
            fresh = [path for path in paths if path not in self._sure]
            self._waiting.extend(path for path in fresh if path not in self._waiting)
            if not self._waiting or self._works:
                return
            self._works = True
        loop = asyncio.get_running_loop()
        Thread(target=self._work, args=(loop,), name="sessions", daemon=True).start()

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._works = False
                    break
                path = self._waiting.popleft()
            status = _status(path)
            before = self._known.get(path)
            if before is None or before[0] != status:
                self._note(path, status)
            self._sure.add(path)
            if not self._waiting or len(self._sure) % 50 == 0:
                with suppress(RuntimeError):  # The app has ended meanwhile.
                    loop.call_soon_threadsafe(self._ready)

    def _note(self, path: Path, status: _Status) -> SessionFacts:
        facts = self._read(path)
        self._known[path] = status, facts
        self._sure.add(path)
        return facts


def _status(path: Path) -> _Status:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
