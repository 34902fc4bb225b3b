"""Being told to stop, and really stopping: signals as a request, and a limit to how long it takes.

Whoever sends a signal twice, or hangs up, waits at most a moment for what can no longer matter: a
lookup in a thread that Python would otherwise wait for.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["STOPS", "leave_within", "stop_signals"]

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What a person, a service manager and a closing terminal send."""


@contextmanager
def stop_signals(asked: Callable[[], None]) -> Iterator[None]:
    """Call ``asked`` instead of dying, each time one of the signals comes."""

    def handler(number: int, frame: FrameType | None) -> None:
        asked()

    before = [(number, signal.signal(number, handler)) for number in STOPS]
    try:
        yield
    finally:
        for number, previous in before:
            signal.signal(number, previous)


def leave_within(seconds: float, code: int) -> None:
    """End the process with this code after so long, if it has not ended by itself.

    Call it when everything is saved and the terminal is given back: nothing more is cleaned up.
    """
    timer = threading.Timer(seconds, os._exit, (code,))
    timer.daemon = True
    timer.start()
