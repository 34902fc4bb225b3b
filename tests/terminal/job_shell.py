"""A shell with job control on a pty, as small as it can be: one job, ``fg``, ``bg``, ``start``."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

from tests.terminal.processes import child_of
from tests.terminal.pty_app import MAIN, PtyApp

__all__ = ["JobShell"]

ENTERED, DRAWN = b"\x1b[?1049h", b"\x1b[?2026l"

SHELL = """
import os, signal, sys, termios
MAIN, front, *arguments = sys.argv[1:]
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
signal.signal(signal.SIGTSTP, signal.SIG_IGN)
signal.signal(signal.SIGINT, signal.SIG_IGN)
mine = termios.tcgetattr(0)
job = os.fork()
if job == 0:
    os.setpgid(0, 0)
    if front == "fg":
        os.tcsetpgrp(0, os.getpid())
    for number in (signal.SIGTTOU, signal.SIGTSTP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.execv(sys.executable, [sys.executable, "-c", MAIN, *arguments])
try:
    os.setpgid(job, job)
except OSError:
    pass
theirs = mine
while True:
    pid, status = os.waitpid(job, os.WUNTRACED)
    stopped = os.WIFSTOPPED(status)
    theirs = termios.tcgetattr(0)
    os.tcsetpgrp(0, os.getpgrp())
    if not stopped:
        break
    termios.tcsetattr(0, termios.TCSADRAIN, mine)
    name = signal.Signals(os.WSTOPSIG(status)).name
    print(f"[{name} {theirs == mine}]", end="", flush=True)
    if sys.stdin.readline().strip() == "fg":
        os.tcsetpgrp(0, job)
    os.killpg(job, signal.SIGCONT)
code = os.waitstatus_to_exitcode(status)
print(f"[ended {code} {theirs == mine}]", flush=True)
"""


class JobShell(PtyApp):
    """``tooltrace`` as the job of a shell that has the terminal when the job has it not."""

    def __init__(
        self,
        *arguments: str,
        cwd: Path,
        size: tuple[int, int] = (80, 24),
        front: bool = True,
        env: dict[str, str] | None = None,
    ) -> None:
        where = "fg" if front else "bg"
        super().__init__(MAIN, where, *arguments, cwd=cwd, size=size, env=env, program=SHELL)
        self._counted: dict[str, int] = {}

    @property
    def job(self) -> int:
        """The process that the shell has started."""
        return child_of(self.process.pid)

    @property
    def worker(self) -> int:
        """The process that works and draws; the parent's first child."""
        return child_of(self.job)

    def stopped(self, name: str = "SIGTSTP", given_back: bool = True) -> None:
        """Read until the job has stopped by that signal, and how it left the terminal."""
        self.told(f"[{name} {given_back}]")

    def told(self, text: str) -> None:
        """Read until the shell has said so."""
        before = self._counted.get(text, 0)
        self.wait(lambda _: self.raw.count(text.encode()) > before)
        self._counted[text] = before + 1

    def say(self, command: str) -> None:
        """Type a command to the shell."""
        self.type(f"{command}\r")

    def front(self) -> None:
        """Type fg, and read until the app has drawn itself anew."""
        before = len(self.raw)
        self.say("fg")
        self.wait(lambda _: self.raw.rfind(DRAWN) > self.raw.rfind(ENTERED) >= before)

    def goes_on(self) -> None:
        """Type fg, and return when the job runs again; for one that draws nothing."""
        job = self.job
        self.say("fg")
        command = ["ps", "-o", "stat=", "-p", str(job)]
        while subprocess.run(command, capture_output=True, text=True).stdout.startswith("T"):
            self.settle()

    def over(self, code: int) -> None:
        """Read until the job has ended with this code and left the terminal as it was."""
        self.wait(lambda _: re.search(rb"\[ended -?\d+ \w+\]", self.raw))
        found = re.findall(rb"\[ended (-?\d+) (\w+)\]", self.raw)[-1]
        assert found == (str(code).encode(), b"True"), (found, self.text)
        self.assert_restored()

    def kill(self, number: signal.Signals) -> None:
        """Send the job's first process a signal."""
        os.kill(self.job, number)
