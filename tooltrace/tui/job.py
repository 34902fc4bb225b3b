"""The app as a job of a shell: stopped with ctrl+z or by a signal, and continued.

Textual leaves the screen when it is asked to stop and takes it again when it goes on. Whoever is
stopped by force could not leave it: then it is left before it is taken, so that nothing of the app
is there twice, and all of it is drawn anew.

Both happen on the event loop: a signal may come while a lock of the driver is held, and a second
one while the first is dealt with, so that what writes inside a handler can wait for itself.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.driver import Driver

__all__ = ["Job"]

TYPED_BEFORE = 0.1
"""Seconds after going on within which a key was typed before it stopped."""


class Job:
    """Watches over stopping and going on, once a driver has taken hold of the terminal.

    ``redraw`` is called on the event loop when the screen was taken again.
    """

    def __init__(self, driver: Driver, redraw: Callable[[], object]) -> None:
        self._driver = driver
        self._redraw = redraw
        self._asked = self._away = False
        self._since = 0.0
        self._loop = asyncio.get_running_loop()
        self._stop = signal.getsignal(signal.SIGTSTP)
        self._go_on = signal.getsignal(signal.SIGCONT)
        if driver.can_suspend and callable(self._stop) and callable(self._go_on):
            signal.signal(signal.SIGTSTP, self._stopping)
            signal.signal(signal.SIGCONT, self._continued)

    @property
    def settled(self) -> bool:
        """Whether it goes on long enough for a key to be one that was typed since."""
        return time.monotonic() - self._since > TYPED_BEFORE

    @contextmanager
    def away(self) -> Iterator[None]:
        """Another program has the terminal meanwhile, and gives it back itself."""
        self._away = True
        try:
            yield
        finally:
            self._away = False

    def _stopping(self, number: int, frame: FrameType | None) -> None:
        if not self._asked:
            self._asked = True
            self._loop.call_soon_threadsafe(self._stop_now, number)

    def _stop_now(self, number: int) -> None:
        if callable(self._stop):
            self._stop(number, None)

    def _continued(self, number: int, frame: FrameType | None) -> None:
        self._since = time.monotonic()
        self._loop.call_soon_threadsafe(self._go_on_now, number)

    def _go_on_now(self, number: int) -> None:
        asked, self._asked = self._asked, False
        if self._away:
            return
        if not asked:
            self._driver.suspend_application_mode()
        if callable(self._go_on):
            self._go_on(number, None)
        self._redraw()
