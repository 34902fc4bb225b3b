"""What the parent process waits for: signals, words of the child's, the loss of the terminal."""

from __future__ import annotations

import os
import select
import sys
from typing import NamedTuple

__all__ = ["EventWait", "Happened"]

_STDIN = 0


class Happened(NamedTuple):
    """The numbers of signals to this process, and to the child; what else there is to see to."""

    signals: bytes
    childs: bytes
    heard: bool
    lost: bool


class EventWait:
    """Waits for all of it at once, until whoever could still say something has ended.

    ``signals`` and ``childs`` are the reading ends of what ``signal.set_wakeup_fd`` writes to in
    either process. It is written to whatever the child is busy with. Where there is a ``terminal``
    on descriptor 0, its loss is seen even by one whom no SIGHUP reaches, as behind ``nohup``; only
    Linux tells it of a descriptor that nobody reads.
    """

    def __init__(self, signals: int, childs: int, words: int, terminal: bool) -> None:
        self._signals = signals
        self._childs = childs
        self._words = words
        self._poll = select.poll()
        for descriptor in (signals, childs, words):
            self._poll.register(descriptor, select.POLLIN)
        if terminal and sys.platform == "linux":
            self._poll.register(_STDIN, 0)

    def no_more_words(self) -> None:
        """The child has no more to say."""
        self._poll.unregister(self._words)

    def wait(self, seconds: float) -> Happened:
        """What happened, or nothing after so many seconds, which may be infinite.

        ``heard`` says that there are words to read; ``lost``, once, that the terminal has gone.
        """
        limit = None if seconds == float("inf") else max(0.0, seconds * 1000)
        ready = dict(self._poll.poll(limit))
        lost = _STDIN in ready
        if lost:
            self._poll.unregister(_STDIN)
        childs = b""
        if self._childs in ready and not (childs := os.read(self._childs, 4096)):
            self._poll.unregister(self._childs)
        signals = os.read(self._signals, 4096) if self._signals in ready else b""
        return Happened(signals, childs, self._words in ready, lost)
