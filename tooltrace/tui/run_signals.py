"""What a person sees and hears of a run who looks elsewhere: title, progress, a call at its end.

Nothing is told twice, and a run that is over at once is not told at all.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from tooltrace.debugger.view import View
from tooltrace.tui.rows.branches.status import mode
from tooltrace.tui.rows.lines import fit
from tooltrace.tui.terminal_words import (
    NO_PROGRESS,
    PROGRESS,
    RESTORE_TITLE,
    SAVE_TITLE,
    call,
    title,
)

if TYPE_CHECKING:
    from textual.driver import Driver

__all__ = ["LONG", "SOON", "RunSignals", "driver_that_tells"]

SOON = 0.5
"""Seconds that something has to run until the title says that it runs."""

LONG = 10.0
"""Seconds after which a run counts as one that a person does not wait for in front of it."""

_TITLE, _CALL = 80, 120


class RunSignals:
    """``write`` takes what is told; ``progress`` says whether the terminal shows that of a run.

    ``ring`` is whether a long run that stops calls for the person.
    """

    def __init__(self, write: Callable[[str], object], progress: bool, ring: bool) -> None:
        self.ring = ring
        self._write = write
        self._progress = progress
        self._title = ""
        self._goes_on = False
        self._ran = 0.0

    def show(self, view: View, file: str, elapsed: float | None) -> None:
        """Tell what a session does that has been running for ``elapsed`` seconds, or stands."""
        if view.running and (elapsed is None or elapsed < SOON):
            return
        now = mode(view)
        names = " · ".join(name for name in (view.snapshot.workflow.name, file) if name)
        self._say(f"{now.word.lower()} · {names}", view.running)
        if view.running:
            self._ran = elapsed or 0.0
            return
        ran, self._ran = self._ran, 0.0
        if self.ring and ran >= LONG:
            self._write(call(fit(f"tooltrace: {names}: {now.word.lower()} {now.text}", _CALL)))

    def rest(self) -> None:
        """No session is shown any more."""
        self._ran = 0.0
        self._say("tooltrace", False)

    def again(self) -> None:
        """Another program had the terminal meanwhile: tell all of it anew."""
        told, goes_on = self._title, self._goes_on
        self._title, self._goes_on = "", False
        if told:
            self._say(told, goes_on)

    def _say(self, text: str, goes_on: bool) -> None:
        if text != self._title:
            self._title = text
            self._write(title(fit(text, _TITLE)))
        if goes_on != self._goes_on:
            self._goes_on = goes_on
            if self._progress:
                self._write(PROGRESS if goes_on else NO_PROGRESS)


@cache
def driver_that_tells(driver: type[Driver]) -> type[Driver]:
    """The same driver of a terminal, which also ``tell``s it things, and takes them back.

    What is told is no part of the screen, so that nothing in it is placed.
    """

    class Telling(driver):  # type: ignore[valid-type, misc]
        _told = _goes_on = False

        def tell(self, data: str) -> None:
            before = "" if self._told else SAVE_TITLE
            self._told = True
            self._goes_on = data == PROGRESS or (self._goes_on and data != NO_PROGRESS)
            driver.write(self, before + data)

        def stop_application_mode(self, *given: Any) -> None:
            if self._told:
                driver.write(self, RESTORE_TITLE + (NO_PROGRESS if self._goes_on else ""))
            self._told = self._goes_on = False
            super().stop_application_mode(*given)

    return Telling
