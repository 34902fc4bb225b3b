"""Stopping as a job: never inside what a signal interrupts, and once however often it is asked."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from threading import Lock
from types import FrameType
from typing import TYPE_CHECKING, cast

import pytest

from tooltrace.tui.job import Job

if TYPE_CHECKING:
    from textual.driver import Driver


class Terminal:
    """What a driver has of the terminal: writing takes a lock, as its queue does."""

    can_suspend = True

    def __init__(self) -> None:
        self.lock = Lock()
        self.said: list[str] = []

    def say(self, words: str) -> None:
        """Write, which nobody can who holds the lock already."""
        assert self.lock.acquire(blocking=False), "it would wait for itself"
        self.said.append(words)
        self.lock.release()

    def stop(self, number: int, frame: FrameType | None) -> None:
        """What the driver does when it is to stop."""
        self.say("stopped")

    def go_on(self, number: int, frame: FrameType | None) -> None:
        """What the driver does when it goes on."""
        self.say("went on")

    def suspend_application_mode(self) -> None:
        """Leave the screen."""
        self.say("left")


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """A terminal whose driver heeds the signals of a job, until the test is over."""
    it = Terminal()
    before = {n: signal.getsignal(n) for n in (signal.SIGTSTP, signal.SIGCONT)}
    signal.signal(signal.SIGTSTP, it.stop)
    signal.signal(signal.SIGCONT, it.go_on)
    yield it
    for number, handler in before.items():
        signal.signal(number, handler)


async def test_a_signal_that_comes_while_something_is_written_waits_for_it(
    terminal: Terminal,
) -> None:
    Job(cast("Driver", terminal), lambda: terminal.say("drawn"))
    with terminal.lock:
        signal.raise_signal(signal.SIGTSTP)
        signal.raise_signal(signal.SIGTSTP)
        signal.raise_signal(signal.SIGCONT)
        assert terminal.said == []
    await asyncio.sleep(0)
    assert terminal.said == ["stopped", "went on", "drawn"]


async def test_one_that_was_stopped_by_force_leaves_the_screen_before_it_takes_it(
    terminal: Terminal,
) -> None:
    Job(cast("Driver", terminal), lambda: terminal.say("drawn"))
    with terminal.lock:
        signal.raise_signal(signal.SIGCONT)
    await asyncio.sleep(0)
    assert terminal.said == ["left", "went on", "drawn"]
