"""The clock of a screen: it ticks while something goes on, and rests while nothing does.

A tick of Textual's is a message that goes through its queues, thirty times a second. At rest the
screen waits to be woken. Twice a second it glances at a few numbers all the same, so that nothing
that nobody told of stays unseen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from textual.events import Event
from textual.events import Timer as TimerEvent
from textual.screen import Screen
from textual.timer import Timer

__all__ = ["GLANCE", "Clocked", "ScreenClock"]

GLANCE = 0.5
"""Seconds between two glances at rest."""

_STILL = 10
"""Ticks with nothing to do after which it rests."""


class ScreenClock:
    """Calls ``tick`` so often; ``glance`` gives what has to be the same for it to go on resting."""

    def __init__(self, tick: Callable[[], None], glance: Callable[[], object], hertz: int) -> None:
        self._tick = tick
        self._glance = glance
        self._hertz = hertz
        self._still = 0
        self._seen: object = None
        self._timer: Timer | None = None
        self._later: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def rests(self) -> bool:
        """Whether it only glances."""
        return self._later is not None

    def begin(self, screen: Screen[None]) -> None:
        """Tick from now on, as long as the screen is there."""
        self._loop = asyncio.get_running_loop()
        self._timer = screen.set_interval(1 / self._hertz, self._tick)

    def wake(self) -> None:
        """Tick again: somebody did something. Belongs on the screen's loop."""
        self._still = 0
        if self._later is not None and self._timer is not None:
            self._later.cancel()
            self._later = None
            self._timer.resume()

    def wake_from_afar(self) -> None:
        """The same, from any thread."""
        if self._loop is not None:
            with suppress(RuntimeError):  # The loop is closed.
                self._loop.call_soon_threadsafe(self.wake)

    def ticked(self, *, busy: bool) -> None:
        """A tick has been; ``busy`` where there was something to do, or is at the next one."""
        self._still = 0 if busy else self._still + 1
        if self._still >= _STILL and self._timer is not None and self._later is None:
            self._timer.pause()
            self._seen = self._glance()
            self._look_later()

    def end(self) -> None:
        """Neither tick nor glance any more."""
        self._loop = self._timer = None
        if self._later is not None:
            self._later.cancel()
            self._later = None

    def _look_later(self) -> None:
        if self._loop is not None:
            self._later = self._loop.call_later(GLANCE, self._look)

    def _look(self) -> None:
        if self._glance() == self._seen:
            self._look_later()
        else:
            self.wake()


class Clocked(Screen[None]):
    """A screen with a clock, which whatever happens on it wakes; time alone does not."""

    clock: ScreenClock

    async def on_event(self, event: Event) -> None:
        """Something may be to be seen after it."""
        if not isinstance(event, TimerEvent):
            self.clock.wake()
        await super().on_event(event)

    def on_unmount(self) -> None:
        """Its clock ends with it."""
        self.clock.end()
