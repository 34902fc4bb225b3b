"""Go from beat to beat at a pace; it answers no question, and makes no live call that writes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from tooltrace.debugger.stop import Stop

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.timer import Timer

__all__ = ["FASTEST", "PACE", "SLOWEST", "Autoplay"]

FASTEST, PACE, SLOWEST = 1, 4, 10
"""Seconds for which a beat stands."""

_FASTER, _SLOWER = frozenset({"plus", "+"}), frozenset({"minus", "-"})


class Autoplay:
    """``advance`` goes one beat on, and gives None where there is none.

    ``wait`` says how many seconds a beat stands, given the pace, ``past`` whether it goes on after
    a stop; ``changed`` is called when what is said of it has changed. Nothing ticks while nothing
    plays.
    """

    def __init__(
        self,
        screen: Screen[Any],
        advance: Callable[[], Future[Stop] | None],
        wait: Callable[[float], float],
        past: Callable[[Stop], bool],
        changed: Callable[[], None],
    ) -> None:
        self.pace: float = PACE
        self.playing = False
        self._screen, self._advance = screen, advance
        self._wait, self._past, self._changed = wait, past, changed
        self._timer: Timer | None = None
        self._round = 0

    @property
    def words(self) -> str:
        """What it does, and how it is stopped; empty while it does nothing."""
        if not self.playing:
            return ""
        return f"any key takes over · + faster · - slower · pace {self.pace:g} s"

    def start(self) -> None:
        """Go on from where one stands, after the time of one beat."""
        self.playing = True
        self._round += 1
        self._later()
        self._changed()

    def stop(self) -> None:
        """Stand still. What is running by now is let finish."""
        self.playing = False
        self._round += 1
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._changed()

    def saw(self, key: str) -> bool:
        """Whether a key was for this: it sets the pace or stops it, and does nothing else then."""
        if not self.playing:
            return False
        if key in _FASTER | _SLOWER:
            step = -1 if key in _FASTER else 1
            self.pace = max(FASTEST, min(SLOWEST, self.pace + step))
            self._later()
            self._changed()
        else:
            self.stop()
        return True

    def _later(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._screen.set_timer(self._wait(self.pace), self._next)

    def _next(self) -> None:
        self._timer = None
        if not self.playing:
            return
        if self._screen.app.screen is not self._screen:
            self.stop()  # Something is asked, or read: nothing goes on behind it.
            return
        answer = self._advance()
        if answer is None:
            self.stop()
            return
        now = self._round

        def ended(done: Future[Stop]) -> None:
            if not done.cancelled():
                self._screen.call_later(self._ended, done.result(), now)

        answer.add_done_callback(ended)

    def _ended(self, stop: Stop, round_: int) -> None:
        if round_ != self._round:
            return
        if self.playing and self._past(stop):
            self._later()
        else:
            self.stop()
