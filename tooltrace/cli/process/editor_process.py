"""The person's editor, as the parent process runs it: a program of the shell's, on its terminal."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

__all__ = ["EditorProcess"]


class EditorProcess:
    """At most one at a time. ``edited`` is the file that the last one was given."""

    def __init__(self) -> None:
        self._pid = 0
        self.edited = ""

    @property
    def running(self) -> bool:
        """Whether one has the terminal."""
        return self._pid != 0

    def start(self, command: list[str]) -> None:
        """Run it; its last word is the file. Raises OSError when it does not start."""
        default = [getattr(signal, name) for name in ("SIGPIPE", "SIGXFSZ")]
        self._pid = os.posix_spawn(
            command[0], command, os.environ, setsigdef=default, setsigmask=[]
        )
        self.edited = command[-1]

    def send(self, number: int) -> None:
        """Send it a signal, if it is there."""
        if self._pid:
            with suppress(OSError):
                os.kill(self._pid, number)

    def look(self) -> int | None:
        """How it ended, as subprocess has it; None while it has not.

        Where it has stopped this process stops as well, and both go on together.
        """
        pid, status = os.waitpid(self._pid, os.WNOHANG | os.WUNTRACED)
        if pid == 0:
            return None
        if os.WIFSTOPPED(status):
            os.kill(os.getpid(), signal.SIGTSTP)
            self.send(signal.SIGCONT)
            return None
        self._pid = 0
        return os.waitstatus_to_exitcode(status)
