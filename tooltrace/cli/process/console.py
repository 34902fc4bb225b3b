"""The terminal as it was found, and how to get it back from a process that did not give it back."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import termios
from contextlib import suppress
from typing import Any

from tooltrace.tui.terminal_words import NO_PROGRESS, RESTORE_TITLE, takes_progress

__all__ = ["RESET", "Console"]

MODES = (2026, 1000, 1002, 1003, 1005, 1006, 1015, 1016, 1004, 2004, 2048)
"""Frames held back, the mouse in all its ways, focus, paste, sizes in band."""

_CUT = b"\x18\x1b\\"
"""Ends whatever was cut in the middle."""

RESET = (
    b"".join(b"\x1b[?%dl" % mode for mode in MODES)
    + b"\x1b[<u"  # the keyboard, before the screen that it belongs to
    + b"\x1b[?7h\x1b[?1049l\x1b[?25h\x1b[0m"
)
"""Undoes what a full-screen program has told a terminal, on the screen that it leaves."""

WRITABLE_WITHIN = 0.5


class Console:
    """Descriptors 0 and 2 of a process that draws nothing itself."""

    def __init__(self) -> None:
        self._flags = [(n, fcntl.fcntl(n, fcntl.F_GETFL)) for n in (0, 1, 2)]
        self._found = self._modes()

    def come_to_front(self, given_back: bool = True) -> None:
        """Return once the shell has put this job in front.

        Where it was ``given_back``, the terminal as it is then is how it is to be in the end.
        Setting what is set already is how the system is asked: it stops whoever is not in front.
        """
        modes = self._modes()
        if modes is None:
            return
        with suppress(termios.error):  # Nobody could ever put it in front.
            termios.tcsetattr(0, termios.TCSANOW, modes)
        if given_back:
            self._found = self._modes()

    def give_back(self, drawn_on: bool, for_good: bool = False) -> None:
        """Put the terminal back as it was found, unless somebody else has it.

        ``drawn_on`` says that a full-screen program still has it, ``for_good`` that it has ended.
        """
        if self._is_elsewhere():
            return
        if drawn_on:
            # Who only stops has a title of its own again when it goes on.
            self._write(_CUT + (_told_no_more() if for_good else b"") + RESET)
        modes = self._found
        if modes is not None and self._modes() != modes:
            before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            with suppress(termios.error):
                termios.tcsetattr(0, termios.TCSANOW, modes)
            signal.signal(signal.SIGTTOU, before)
        if drawn_on:
            with suppress(termios.error):
                termios.tcflush(0, termios.TCIFLUSH)
        for number, flags in self._flags:
            with suppress(OSError):
                if fcntl.fcntl(number, fcntl.F_GETFL) != flags:
                    fcntl.fcntl(number, fcntl.F_SETFL, flags)

    def _modes(self) -> list[Any] | None:
        try:
            return termios.tcgetattr(0)
        except termios.error:
            return None

    def _is_elsewhere(self) -> bool:
        try:
            return os.tcgetpgrp(0) != os.getpgrp()
        except OSError:
            return False  # It is nobody's controlling terminal.

    def _write(self, data: bytes) -> None:
        with suppress(OSError):
            if select.select([], [2], [], WRITABLE_WITHIN)[1]:
                os.write(2, data)


def _told_no_more() -> bytes:
    """Takes back what was told beside the screen."""
    progress = NO_PROGRESS if takes_progress(os.environ) else ""
    return (RESTORE_TITLE + progress).encode()
