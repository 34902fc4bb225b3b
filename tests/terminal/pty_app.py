"""The command line on a terminal of its own: a pty, and a screen drawn from what is written to it.

Waiting is reading: a wait ends as soon as the bytes that make it true have come, and fails with the
screen when they do not. Nothing here sleeps.
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import pyte

from tests.cli.calling import state_beside
from tests.terminal.preloaded import Forked, forked
from tests.terminal.processes import busy, child_of, children_of

__all__ = ["IS_TERMINAL", "KEYS", "MAIN", "PtyApp", "assert_clean", "sequences"]

MAIN = "from tooltrace.cli import main; main()"
IS_TERMINAL = "\x1b[?62;22c"
PATIENCE = 30.0
LOOK = 0.002
KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    # Spelled out, as a terminal does that was asked to: together with the next key, the byte alone
    # would be another key.
    "escape spelled out": "\x1b[27u",
    "ctrl+c": "\x03",
    "ctrl+a": "\x01",
    "ctrl+s": "\x13",
    "down": "\x1b[B",
    "up": "\x1b[A",
    "backspace": "\x7f",
    "tab": "\t",
    "ctrl+z": "\x1a",
    "delete": "\x1b[3~",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "ctrl+o": "\x0f",
    "ctrl+p": "\x10",
    "ctrl+r": "\x12",
}
_SEQUENCE = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    rb"|\x1b[\]PX^_].*?(?:\x1b\\|\x07)"  # OSC, DCS, SOS, PM, APC
    rb"|\x1b[ -/]*[0-~]",
    re.DOTALL,
)
_WHAT_ARE_YOU = b"\x1b[c"
_CAN_YOU_SYNC, _FRAME_BEGINS, _FRAME_ENDS = b"\x1b[?2026$p", b"\x1b[?2026h", b"\x1b[?2026l"
# What pyte has no idea of and would draw: questions and modes with a private prefix.
_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<=>][0-?]*[ -/]*[@-~]|\x1b\[[0-?]*[ -/]+[@-~]")


def sequences(data: bytes) -> list[bytes]:
    """Every escape sequence in a stream, in order; a lone ESC counts as one."""
    found = [match[0] for match in _SEQUENCE.finditer(data)]
    rest = _SEQUENCE.sub(b"", data)
    return found + [b"\x1b"] * rest.count(b"\x1b")


_OURS = re.compile(
    rb"\x1b\[[0-9;:]*[mH]"  # colours, cursor
    rb"|\x1b[78]|\x1b\[\d+C"  # the cursor after text of doubtful width
    rb"|\x1b\[\?[0-9;]+[hl]|\x1b\[\?[0-9]+\$p|\x1b\[[<>]?[0-9;]*u"  # modes, keyboard
    rb"|\x1b\[[0-9;]*t|\x1b\[c|\x1b\[6n"  # sizes, questions
    rb"|\x1b\]11;\?\x1b\\"  # the ground
    rb"|\x1b\]22;[a-z]+\x07"  # the shape of the pointer
    rb"|\x1b\]2;[^\x00-\x1f\x7f]*\x07"  # the title
)


def assert_clean(raw: bytes) -> None:
    """Nothing in a stream acts on the terminal but what Textual itself sends."""
    rest = _OURS.sub(b"", raw).decode("utf-8")
    odd = {char for char in rest if not char.isprintable() and char not in "\r\n"}
    assert not odd, (odd, [seq for seq in sequences(raw) if not _OURS.fullmatch(seq)][:9])


class PtyApp:
    """``tooltrace`` with arguments, as the leader of a session with this terminal.

    It is forked from where all is imported; ``fresh``, or an ``env`` that imports could read,
    starts an interpreter. ``answers`` are what it says to the question for its ground, piece by
    piece; that it is a terminal is all that most say.
    """

    process: subprocess.Popen[bytes] | Forked

    def __init__(
        self,
        *arguments: str,
        cwd: Path,
        size: tuple[int, int] = (80, 24),
        env: dict[str, str] | None = None,
        program: str = MAIN,
        fresh: bool = False,
        answers: Sequence[str] = (IS_TERMINAL,),
    ) -> None:
        self.answers = answers
        self.size = size
        self.raw = bytearray()
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self._held = b""
        self._drawing = False
        self.master, self.slave = os.openpty()
        self._set_size()
        self.before = termios.tcgetattr(self.slave)
        sessions = cwd / "sessions"
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(cwd),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            "PAGER": "cat",
            "TOOLTRACE_SESSIONS": str(sessions),
            "XDG_STATE_HOME": state_beside(cwd),
            **(env or {}),
        }
        if fresh or env:
            self.process = subprocess.Popen(
                [sys.executable, "-c", program, *arguments],
                stdin=self.slave,
                stdout=self.slave,
                stderr=self.slave,
                cwd=cwd,
                env=environment,
                start_new_session=True,
                preexec_fn=_take_terminal,  # noqa: PLW1509 - a system call, and no lock is taken
            )
        else:
            self.process = forked(program, arguments, cwd, environment, self.slave)
        os.set_blocking(self.master, False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for descriptor in (self.master, self.slave):
            if descriptor >= 0:
                os.close(descriptor)

    # -- the screen -------------------------------------------------------------------------

    @property
    def lines(self) -> list[str]:
        """What is on the screen, line by line."""
        return self._screen.display

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(line.rstrip() for line in self.lines)

    def wait(self, wanted: str | Callable[[str], Any], seconds: float = PATIENCE) -> str:
        """Read until the screen shows this text, or satisfies this predicate; the screen then."""
        holds = wanted if callable(wanted) else lambda text: wanted in text
        end = time.monotonic() + seconds
        while self._drawing or not holds(self.text):
            if not self._read(end):
                state = self.process.poll()
                said = "" if state is None else f" (ended with {state})"
                raise AssertionError(f"waited in vain for {wanted!r}{said}:\n{self.text}")
        return self.text

    def frame(self) -> None:
        """Read until something was drawn since now."""
        now = len(self.raw)
        self.wait(lambda _: self.raw.rfind(_FRAME_ENDS) >= now)

    def settle(self) -> None:
        """Read what is there to be read now, without waiting."""
        while self._read(time.monotonic()):
            pass

    def heeded(self, seconds: float = PATIENCE) -> None:
        """Read until the app has done all that the keys so far ask for, however slow it is.

        It has when it has read them, no thread of it has anything to do, and nothing that it wrote
        is left here. Not for a lone ESC byte: what it means only a timeout tells.
        """
        end = time.monotonic() + seconds
        worker = next(iter(children_of(self.process.pid)), None)
        while worker is not None and self.process.poll() is None:
            if not (self._unread() or busy(worker) or self._read(time.monotonic())):
                return
            self.settle()
            assert time.monotonic() < end, f"still busy after {seconds} s:\n{self.text}"
            time.sleep(LOOK)

    def _unread(self) -> bool:
        """Whether keys are waiting for the app."""
        waiting = fcntl.ioctl(self.slave, termios.FIONREAD, b"\0" * 4)
        return struct.unpack("i", waiting) != (0,)

    def _read(self, end: float) -> bool:
        """Take in more of what was written; False when there is nothing more, or time is up."""
        ready, _, _ = select.select([self.master], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            return False
        try:
            data = os.read(self.master, 1 << 16)
        except OSError:
            return False
        if not data:
            return False
        self.raw += data
        self._draw(data)
        if _WHAT_ARE_YOU in data:
            for answer in self.answers:
                self.type(answer)
        if _CAN_YOU_SYNC in data:
            # Then every frame comes between two marks, and none is looked at half drawn.
            self.type("\x1b[?2026;2$y")
        marks = [self.raw.rfind(mark) for mark in (_FRAME_BEGINS, _FRAME_ENDS)]
        self._drawing = marks[0] > marks[1]
        return True

    def _draw(self, data: bytes) -> None:
        data = self._held + data
        # A sequence may be cut in two by the read.
        cut = data.rfind(b"\x1b")
        whole = cut < 0 or _SEQUENCE.match(data, cut) is not None
        self._held = b"" if whole else data[cut:]
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", data if whole else data[:cut]))

    # -- the person -------------------------------------------------------------------------

    def press(self, *keys: str) -> None:
        """Type keys, by name or as they are."""
        for key in keys:
            self.type(KEYS.get(key, key))

    def type(self, text: str) -> None:
        """Send text as it is."""
        rest = text.encode()
        while rest:
            select.select([], [self.master], [], PATIENCE)
            rest = rest[os.write(self.master, rest) :]

    def step(self, to: int) -> None:
        """One step, and the app stands still after it."""
        self.type("n")
        self.wait(re.compile(rf"step {to}(?:/{to})?\b.*▌PAUSED").search)

    def paste(self, text: str) -> None:
        """Send text as a terminal sends what was pasted."""
        self.type(f"\x1b[200~{text}\x1b[201~")

    def resize(self, columns: int, rows: int) -> None:
        """Give the window another size, which tells the app."""
        self.size = (columns, rows)
        self._screen.resize(rows, columns)
        self._screen.reset()
        self._set_size()

    def _set_size(self) -> None:
        columns, rows = self.size
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def hang_up(self) -> None:
        """Close the terminal's window."""
        os.close(self.slave)
        os.close(self.master)
        self.master = self.slave = -1

    def send(self, number: signal.Signals) -> None:
        """Send the process a signal."""
        self.process.send_signal(number)

    @property
    def worker(self) -> int:
        """The process that works and draws, whose parent the shell has started."""
        return child_of(self.process.pid)

    # -- the end ----------------------------------------------------------------------------

    def ended(self, code: int, seconds: float = PATIENCE) -> None:
        """Read until the process has ended, and assert its exit code."""
        found = self.end(seconds)
        left = bytes(self.raw[self.raw.rfind(b"\x1b[?1049l") :]).decode(errors="replace")
        assert found == code, f"ended with {found}: {left[:5000]}"

    def end(self, seconds: float = PATIENCE) -> int:
        """Read until the process has ended; its exit code."""
        end = time.monotonic() + seconds
        while self.process.poll() is None:
            if time.monotonic() > end:
                raise AssertionError(f"still running after {seconds} s:\n{self.text}")
            if self.master >= 0:
                # The other end stays open here, so that its end cannot be read: look again soon.
                self._read(min(end, time.monotonic() + 0.02))
            else:
                try:
                    self.process.wait(max(0.0, end - time.monotonic()))
                except subprocess.TimeoutExpired:
                    continue
        if self.master >= 0:
            self.settle()
        return self.process.wait()

    def assert_restored(self) -> None:
        """The terminal is as it was: modes, main screen, cursor, mouse, paste."""
        assert termios.tcgetattr(self.slave) == self.before
        raw = bytes(self.raw)
        for on, off in (
            (b"\x1b[?1049h", b"\x1b[?1049l"),
            (b"\x1b[?25l", b"\x1b[?25h"),
            (b"\x1b[?2004h", b"\x1b[?2004l"),
            (b"\x1b[?1000h", b"\x1b[?1000l"),
            (b"\x1b[?1003h", b"\x1b[?1003l"),
            (b"\x1b[?1004h", b"\x1b[?1004l"),
        ):
            assert on not in raw or raw.rfind(off) > raw.rfind(on), (on, off)


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
