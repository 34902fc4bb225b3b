"""The parent process: it waits for the one that works, and puts the terminal in order after it.

A process cannot clean up after ``os._exit``, ``abort`` or a fatal signal, and tools bring all of
them. The child works in a session of its own, without a controlling terminal: it still draws, but
no tool can open ``/dev/tty``. What the terminal and the shell have to say to a job reaches the
parent, which passes it on; it stops when the child stops, and runs the editor. A child whose
terminal has gone is told to end, and one that was told so, by whomever, has a limit.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Iterable
from contextlib import suppress

from tooltrace.cli.process.console import Console
from tooltrace.cli.process.death_report import cause, ended_within, say, sync
from tooltrace.cli.process.editor_process import EditorProcess
from tooltrace.cli.process.event_wait import EventWait
from tooltrace.cli.process.signals import STOPS

__all__ = ["Parent"]

WHOLE_JOB = {signal.SIGINT, signal.SIGQUIT, signal.SIGHUP}
"""Signals that a terminal sends to all that the shell has started together."""

ENOUGH = 10.0
"""Seconds after which a process that was told to end, or has said that it does, is killed."""

LINGERS = 0.5
"""Seconds after which a process that is no longer heard of is not one that is just ending."""

STUBBORN = 1.0
"""Seconds after which a process that was told to stop is stopped by force."""


class Parent:
    """Waits for a child through these pipes; see ``split``."""

    def __init__(
        self,
        child: int,
        up: int,
        down: int,
        told: int,
        console: Console | None,
        numbers: Iterable[int],
    ) -> None:
        self._child = child
        self._up = up
        self._down = down
        self._console = console
        self._woken = os.pipe()
        self._events = EventWait(self._woken[0], told, up, console is not None)
        self._held = b""
        self._session = ""
        self._drawing = self._well = self._with_us = self._forced = False
        self._editor = EditorProcess()
        self._ended = False
        self._told: set[int] = set()
        self._kill_at = self._stop_at = self._cut_at = float("inf")
        for descriptor in self._woken:
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(self._woken[1], warn_on_full_buffer=False)
        for number in (*numbers, signal.SIGCHLD):
            signal.signal(number, _wakes)

    def wait(self, mask: set[int]) -> int:
        """Until the child has ended; the exit code."""
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        status = None
        numbers = b""
        while True:
            if self._editor.running:
                self._look_after_editor()
            if status is None:
                status = self._status(signal.SIGCONT in numbers)
            if status is not None and not self._editor.running:
                break
            numbers = self._look()
        self._hear()
        return self._end(status)

    # -- what happens -----------------------------------------------------------------------

    def _look(self) -> bytes:
        """Sleep until something happens, and pass it on; the signals that came."""
        until = min(self._kill_at, self._stop_at)
        happened = self._events.wait(until - time.monotonic())
        for number in happened.signals:
            self._signal(number)
        for number in happened.childs:
            self._child_was_told(number)
        if happened.lost and not self._told.intersection(STOPS):
            self._signal(signal.SIGTERM)
        if happened.heard:
            self._hear()
        self._insist()
        return happened.signals

    def _signal(self, number: int) -> None:
        match number:
            case signal.SIGCHLD | signal.SIGCONT:
                return
            case signal.SIGTSTP if self._console is None:
                self._send(signal.SIGSTOP, whole_job=True)
            case signal.SIGTSTP:
                # Once is enough: stopping takes the child a moment.
                if self._stop_at == float("inf"):
                    self._send(number)
                    self._stop_at = time.monotonic() + STUBBORN
            case signal.SIGINT | signal.SIGQUIT if self._editor.running:
                return  # Typed into the editor.
            case _:
                self._send(number, whole_job=number in WHOLE_JOB)
                self._editor.send(number)
        if number in STOPS:
            self._reply(f"t{number}")
            # Whoever says it again means it.
            self._kill_at = time.monotonic() + (2.0 if number in self._told else ENOUGH)
        self._told.add(number)

    def _child_was_told(self, number: int) -> None:
        """The child has had a signal, from here or not, and may never come to heed it."""
        of_editor = number == signal.SIGINT and self._editor.running
        if number not in STOPS or of_editor or self._kill_at != float("inf"):
            return
        self._editor.send(number)
        self._reply(f"t{number}")
        self._kill_at = time.monotonic() + ENOUGH

    def _send(self, number: int, whole_job: bool = False) -> None:
        if self._ended:
            return
        try:
            (os.killpg if whole_job else os.kill)(self._child, number)
        except OSError:  # Its session is not its own yet.
            with suppress(OSError):
                os.kill(self._child, number)

    def _insist(self) -> None:
        now = time.monotonic()
        if now >= self._stop_at:
            self._stop_at = float("inf")
            self._send(signal.SIGSTOP)
        if now >= self._kill_at:
            self._kill_at = float("inf")
            self._forced = True
            self._send(signal.SIGKILL)
            self._editor.send(signal.SIGKILL)

    def _status(self, continued: bool) -> int | None:
        """How the child has ended; None while it has not."""
        pid, status = os.waitpid(self._child, os.WNOHANG | os.WUNTRACED)
        if pid == 0:
            return None
        if not os.WIFSTOPPED(status):
            self._ended = True
            return status
        self._stop_at = float("inf")
        self._hear()
        forced = continued or self._with_us  # It was this process that was stopped.
        self._with_us = False
        if not forced:
            self._stop()
        if self._console is not None:
            self._console.come_to_front(given_back=not forced)
        self._send(signal.SIGCONT, whole_job=True)
        return None

    # -- stopping and going on --------------------------------------------------------------

    def _stop(self) -> None:
        """The child has stopped: so does the job, as the shell knows it."""
        if self._console is not None and not self._editor.running:
            self._console.give_back(self._drawing)
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        # Returns when the shell lets the job go on; at once where there is no such shell.
        os.kill(0 if self._console is not None else os.getpid(), signal.SIGTSTP)
        if not self._editor.running:
            signal.signal(signal.SIGTSTP, _wakes)

    # -- what the child says ----------------------------------------------------------------

    def _hear(self) -> None:
        while self._up >= 0 and select.select([self._up], [], [], 0)[0]:
            data = os.read(self._up, 1 << 16)
            if not data:
                # It has ended, or a tool has closed what was not its own: then it is to leave.
                self._events.no_more_words()
                os.close(self._up)
                self._up, self._cut_at = -1, time.monotonic()
                self._reply("?")
            self._held += data
            while len(self._held) >= 4:
                end = 4 + int.from_bytes(self._held[:4], "big")
                if len(self._held) < end:
                    break
                message, self._held = self._held[4:end], self._held[end:]
                words = [os.fsdecode(word) for word in message[1:].split(b"\0")]
                self._obey(message[:1], words)

    def _obey(self, kind: bytes, words: list[str]) -> None:
        match kind:
            case b"S":
                self._session = words[0]
            case b"D":
                self._drawing = True
            case b"d":
                self._drawing = False
            case b"B":
                self._well = True
                self._kill_at = min(self._kill_at, time.monotonic() + ENOUGH)
            case b"W":
                self._with_us = True
            case b"E":
                self._edit(words)

    def _reply(self, line: str) -> None:
        with suppress(OSError):
            os.write(self._down, line.encode() + b"\n")

    def _edit(self, command: list[str]) -> None:
        try:
            self._editor.start(command)
        except OSError as error:
            self._reply(f"x{error.strerror or error}")
            return
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)

    def _look_after_editor(self) -> None:
        code = self._editor.look()
        if code is None:
            return
        signal.signal(signal.SIGTSTP, _wakes)
        if self._console is not None:
            self._console.give_back(False)
        self._reply(f"e{code}")

    # -- the end ----------------------------------------------------------------------------

    def _end(self, status: int) -> int:
        if self._forced:
            sync(self._session)
        if self._console is not None:
            self._console.give_back(self._drawing, for_good=True)
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        # What a signal that it was told of has ended needs no explanation.
        if not (self._well and not self._drawing) and number not in self._told:
            say(self._cause(status, number), self._session, self._editor.edited)
        if number:
            return 128 + number
        return os.WEXITSTATUS(status) if self._well and not self._drawing else 2

    def _cause(self, status: int, number: int) -> str:
        if self._forced:
            return f"killed: it did not end within {ENOUGH:g} s of being told to"
        if self._well or time.monotonic() - self._cut_at > LINGERS:
            return "lost its terminal or its files, as when a tool closes what is not its own"
        return cause(number) if number else ended_within(os.WEXITSTATUS(status))


def _wakes(number: int, frame: object) -> None:
    """The number is in the pipe already."""
