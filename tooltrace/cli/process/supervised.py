"""The working process's side of the bond to its parent: what it tells it, and what it is told.

Without a parent (see ``split``) nothing is told, and whoever asks for an editor is refused.
A message is its length in four bytes, a letter, and words that are separated by NUL.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from tooltrace.cli.process import signals

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ParentPipes", "bind", "bond", "tell", "tell_session"]

LOOK_EVERY = 0.25
"""Seconds between two looks at whether the parent was stopped by force."""

AFTER = 5.0
"""Seconds that a process without a parent has for leaving."""

UNHEEDED = 2.0
"""Seconds after which a signal that nobody has listened to ends the process."""


FAR = 200


class ParentPipes:
    """Pipes: ``up`` to the parent, ``down`` from it, which ends when it is gone.

    Through ``told`` it sees each signal that comes to this process, heeded or not.
    """

    def __init__(self, up: int, down: int, told: int, parent: int, terminal: bool) -> None:
        self._up = up
        self._down = down
        self._told = _far_from_all_others(told)
        self._parent = parent
        self._terminal = terminal
        self._answered = threading.Event()
        self._answer = b""
        self._gone = False

    def watch(self) -> None:
        """Listen to the parent from now on, in a thread."""
        os.set_blocking(self._told, False)
        signal.set_wakeup_fd(self._told, warn_on_full_buffer=False)
        threading.Thread(target=self._listen, name="tooltrace-parent", daemon=True).start()

    def tell(self, kind: str, *words: str) -> None:
        """Tell the parent something; what it can no longer hear is lost."""
        message = kind.encode() + b"\0".join(os.fsencode(word) for word in words)
        with suppress(OSError):
            os.write(self._up, len(message).to_bytes(4, "big") + message)

    def edit(self, command: list[str]) -> int:
        """Let the parent run a program on the terminal; how it ended, as subprocess has it.

        Raises OSError when it does not start.
        """
        self._answered.clear()
        self.tell("E", *command)
        self._answered.wait()
        kind, rest = self._answer[:1], self._answer[1:].decode("utf-8", "replace")
        if kind != b"e":
            raise OSError(rest or "the parent process is gone")
        return int(rest)

    def let_go(self) -> None:
        """In a forked child: it is not the one that the parent waits for."""
        with suppress(ValueError):
            signal.set_wakeup_fd(-1)
        for descriptor in (self._up, self._down, self._told):
            with suppress(OSError):
                os.close(descriptor)

    def _listen(self) -> None:
        poll = LOOK_EVERY if self._terminal and sys.platform == "linux" else None
        held = b""
        # One that came here would be noted, and the main thread would sleep on.
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        while True:
            try:
                if not select.select([self._down], [], [], poll)[0]:
                    self._look_at_parent()
                    continue
                data = os.read(self._down, 4096)
            except (OSError, ValueError):
                data = b""  # A tool closed it.
            if not data:
                break
            *lines, held = (held + data).split(b"\n")
            for line in lines:
                self._hear(line)
        self._answer_with(b"")
        self._leave()

    def _hear(self, line: bytes) -> None:
        match line[:1]:
            case b"e" | b"x":
                self._answer_with(line)
            case b"t":
                timer = threading.Timer(UNHEEDED, self._unheeded, (int(line[1:]),))
                timer.daemon = True
                timer.start()
            case b"?":
                try:
                    os.fstat(self._up)
                except OSError:
                    self._leave()

    def _answer_with(self, line: bytes) -> None:
        self._answer = line
        self._answered.set()

    def _unheeded(self, number: int) -> None:
        if signals.noted() is not None and not signals.listening():
            self.tell("B")
            os._exit(128 + number)

    def _leave(self) -> None:
        """Nobody would put the terminal in order after this process: save, and end."""
        if not self._gone:
            self._gone = True
            signals.leave_within(AFTER, 1)
            os.kill(os.getpid(), signal.SIGTERM)

    def _look_at_parent(self) -> None:
        """Stop with a parent that was stopped by force: the shell has the terminal then."""
        try:
            descriptor = os.open(f"/proc/{self._parent}/stat", os.O_RDONLY)
            try:
                state = os.read(descriptor, 4096).rpartition(b")")[2].split()[0]
            finally:
                os.close(descriptor)
        except (OSError, IndexError):
            return
        if state == b"T":
            self.tell("W")
            os.kill(os.getpid(), signal.SIGSTOP)


def _far_from_all_others(descriptor: int) -> int:
    """The same under a high number: if a tool closes it, no file is soon opened as that."""
    try:
        far = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, FAR)
    except OSError:
        return descriptor
    os.close(descriptor)
    return far


_bond: ParentPipes | None = None


def bind(to: ParentPipes | None) -> None:
    """This process has a parent that waits for it."""
    global _bond
    _bond = to


def bond() -> ParentPipes | None:
    """The bond to the parent; None where there is none."""
    return _bond


def tell(kind: str, *words: str) -> None:
    """Tell the parent, if there is one."""
    if _bond is not None:
        _bond.tell(kind, *words)


def tell_session(path: Path | None) -> None:
    """The session that is open from now on."""
    tell("S", str(path or ""))


def _forked() -> None:
    if _bond is not None:
        _bond.let_go()
        bind(None)


os.register_at_fork(after_in_child=_forked)
