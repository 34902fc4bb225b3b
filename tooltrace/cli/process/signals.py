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

__all__ = [
    "STOPS",
    "leave_if_told",
    "leave_within",
    "listening",
    "note_stops",
    "noted",
    "passed_on",
    "stop_signals",
]

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What a person, a service manager and a closing terminal send."""

_OF_A_TERMINAL = (signal.SIGTSTP, signal.SIGCONT, signal.SIGWINCH)

_OWN = {"CHLD", "KILL", "STOP", "SEGV", "BUS", "FPE", "ILL", "TRAP", "SYS", "PIPE", "XFSZ", "XCPU"}
_OWN |= {"TTIN", "TTOU", "PROF", "VTALRM"}
"""Signals that say something about the process that gets them."""

_noted: int | None = None
_listeners = 0
_ours: dict[int, Callable[[int, FrameType | None], None]] = {}
_mask = threading.local()


def passed_on() -> list[int]:
    """The signals that a process passes on to the one that works for it.

    Not those that whoever started this wants it not to hear of, as ``nohup`` does.
    """
    heard = (n for n in signal.valid_signals() if signal.getsignal(n) is not signal.SIG_IGN)
    return [number for number in heard if not _is_own(number)]


def _is_own(number: int) -> bool:
    try:
        return signal.Signals(number).name.removeprefix("SIG") in _OWN
    except ValueError:
        return False  # One of the nameless ones.


def note_stops() -> None:
    """Only note the signals until ``stop_signals`` listens to them.

    An exception out of nowhere, in the middle of an import or of a file that is being made, leaves
    a traceback or half of something. A start is short: whoever begins asks ``leave_if_told``.
    """
    for number in STOPS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _note)
            _ours[number] = _note


def _note(number: int, frame: FrameType | None) -> None:
    global _noted
    _noted = _noted or number


def noted() -> int | None:
    """The first signal that came while nobody listened."""
    return _noted


def listening() -> bool:
    """Whether somebody listens."""
    return _listeners > 0


def leave_if_told() -> None:
    """Exit, as the signal that was noted would have it."""
    if _noted is not None:
        raise SystemExit(128 + _noted)


@contextmanager
def stop_signals(asked: Callable[[], None]) -> Iterator[None]:
    """Call ``asked`` instead of dying, each time one of the signals comes, or came too early."""
    global _listeners, _noted

    def handler(number: int, frame: FrameType | None) -> None:
        asked()

    before = [
        (number, signal.signal(number, handler))
        for number in STOPS
        if signal.getsignal(number) is not signal.SIG_IGN
    ]
    _listeners += 1
    noting = dict(_ours)
    _ours.update((number, handler) for number, _ in before)
    try:
        if _noted is not None:
            _noted = None
            asked()
        yield
    finally:
        _listeners -= 1
        for number, previous in before:
            signal.signal(number, previous)
        _ours.clear()
        _ours.update(noting)


def leave_within(seconds: float, code: int) -> None:
    """End the process with this code after so long, if it has not ended by itself.

    Call it when everything is saved and the terminal is given back: nothing more is cleaned up.
    """
    timer = threading.Timer(seconds, os._exit, (code,))
    timer.daemon = True
    timer.start()


def _before_fork() -> None:
    _mask.before = signal.pthread_sigmask(signal.SIG_BLOCK, list(_ours))


def _in_parent() -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, _mask.before)


def _in_child() -> None:
    """A child of a tool's is ended by a signal, as its parent means it to be, from the start."""
    for number, handler in _ours.items():
        if signal.getsignal(number) is handler:
            interrupted = number == signal.SIGINT
            signal.signal(number, signal.default_int_handler if interrupted else signal.SIG_DFL)
    for number in _OF_A_TERMINAL if _ours else ():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)
    _ours.clear()
    signal.pthread_sigmask(signal.SIG_SETMASK, _mask.before)


os.register_at_fork(before=_before_fork, after_in_parent=_in_parent, after_in_child=_in_child)
