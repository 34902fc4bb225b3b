"""Long output in a pager, as git has it: on a terminal, and only what is longer than it.

Output is held until it is more than the screen takes. What a pager would make of its end is then up
to it: leaving it early ends the command, and is no error.
"""

from __future__ import annotations

import io
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TextIO

import click
from rich.cells import cell_len

__all__ = ["paged", "pager_command"]

DEFAULT = "less -FRX"
SLOW = 0.5
"""Seconds after which a pager that shows what is there is better than to wait for a screenful."""

_BY_A_SHELL = frozenset("|&;<>()$`\\*?[#~=%")


def pager_command(environ: Mapping[str, str]) -> list[str]:
    """The pager by TOOLTRACE_PAGER or PAGER; nothing where none is wanted, or none is installed."""
    text = next((environ[name] for name in ("TOOLTRACE_PAGER", "PAGER") if name in environ), None)
    text = DEFAULT if text is None else text.strip()
    if text in ("", "cat") or environ.get("TERM", "dumb") == "dumb":
        return []
    if set(text) & _BY_A_SHELL:
        return ["sh", "-c", text]
    try:
        command = shlex.split(text)
    except ValueError:
        return []
    return command if shutil.which(command[0], path=environ.get("PATH")) else []


@contextmanager
def paged() -> Iterator[None]:
    """What is printed meanwhile goes to a pager, if stdout is a terminal and it is too long.

    Raises click's Exit with 0 where the pager was left before the end.
    """
    real = sys.stdout
    command = pager_command(os.environ) if real is not None and real.isatty() else []
    if not command:
        yield
        return
    pages = _Pages(real, command)
    sys.stdout = pages
    try:
        yield
    finally:
        sys.stdout = real
        pages.end()


class _Pages(io.TextIOBase):
    """Standard output that is held until it is known where it goes."""

    errors = "backslashreplace"

    def __init__(self, real: TextIO, command: list[str]) -> None:
        self._real = real
        self._command = command
        self._held: list[str] = []
        self._rows, self._line = 0, ""
        self._since: float | None = None
        self._size = shutil.get_terminal_size()
        self._pager: subprocess.Popen[bytes] | None = None
        self._plain = False
        self._stderr: TextIO | None = None

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._real.encoding

    def isatty(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._real.fileno()

    def write(self, text: str) -> int:
        """Raises click's Exit when nobody reads it any more."""
        if not isinstance(text, str):
            raise TypeError("text is written here")  # That is how click tells the two apart.
        if self._plain or self._pager is not None:
            self._send(text)
            return len(text)
        self._held.append(text)
        self._count(text)
        self._look()
        return len(text)

    def flush(self) -> None:
        """Show what has been there for long."""
        if self._plain:
            self._real.flush()
        elif self._pager is None:
            self._look()

    def end(self) -> None:
        """All is written: print what is short, wait for whoever reads what is long."""
        if self._stderr is not None:
            sys.stderr = self._stderr
        if self._pager is None:
            self._real.write("".join(self._held))
            self._real.flush()
            return
        assert self._pager.stdin is not None
        with suppress(OSError):
            self._pager.stdin.close()
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # It is the pager's.
        try:
            self._pager.wait()
        finally:
            signal.signal(signal.SIGINT, before)

    def _count(self, text: str) -> None:
        *whole, self._line = (self._line + text).split("\n")
        for line in whole:
            cells = cell_len(click.unstyle(line))
            self._rows += max(1, -(-cells // self._size.columns))

    def _look(self) -> None:
        if self._rows >= self._size.lines:
            self._start()
            return
        now = time.monotonic()
        if self._since is None and self._held:
            self._since = now
        elif self._since is not None and now - self._since > SLOW and self._ends_alone():
            self._start()

    def _ends_alone(self) -> bool:
        """Whether the pager leaves by itself what turns out to be short."""
        return self._command == shlex.split(DEFAULT)

    def _start(self) -> None:
        environ = {"LESS": "FRX", "LV": "-c", **os.environ}
        self._real.flush()
        try:
            self._pager = subprocess.Popen(self._command, stdin=subprocess.PIPE, env=environ)
        except OSError:
            self._plain = True
        else:
            if sys.stderr is not None and sys.stderr.isatty():
                self._stderr, sys.stderr = sys.stderr, self
        held, self._held = self._held, []
        self._send("".join(held))

    def _send(self, text: str) -> None:
        if self._pager is None or self._pager.stdin is None:
            self._real.write(text)
            return
        try:
            self._pager.stdin.write(text.encode(self.encoding, self.errors))
            self._pager.stdin.flush()
        except OSError:
            raise click.exceptions.Exit(0) from None
