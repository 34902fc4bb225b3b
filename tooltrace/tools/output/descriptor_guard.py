"""Descriptors 0, 1 and 2, taken away from tools so that none can touch the terminal.

While the guard holds, 1 and 2 lead into a pipe that is read here and 0 is empty; the real ones live
on as other descriptors, and a forked child has them no more. Restoring puts everything back, and
may be done twice. What belonged to no call is written to the real stderr then, so that a crash
still says why.
"""

from __future__ import annotations

import atexit
import io
import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO
from weakref import WeakSet

from tooltrace.core.text.redact import Hide, nothing_hidden
from tooltrace.core.text.sanitize import visible
from tooltrace.tools.output.call_output import CallOutput

__all__ = ["DescriptorGuard"]

_CHUNK = 65536
_MOST_CHUNKS = 16  # A pipe holds 64 KiB, or up to 1 MiB where someone enlarged it.
_PATIENCE = 1.0
"""Seconds that reading has for ending: a tool may have closed what ends it."""

_STANDARD = ("__stdin__", "__stdout__", "__stderr__")
_installed: WeakSet[DescriptorGuard] = WeakSet()


class DescriptorGuard:
    """Guards descriptors 0, 1 and 2 while entered; ``deliver`` receives what was written to them.

    With ``terminal`` a program may draw on the real terminal through ``sys.__stdin__``,
    ``sys.__stdout__`` and ``sys.__stderr__``: enter the guard before importing such a library.
    """

    def __init__(self, *, terminal: bool = False, hide: Hide = nothing_hidden) -> None:
        self._hide = hide
        self.stray = CallOutput()
        self.deliver: Callable[[bytes], object] | None = None
        self._terminal = terminal
        self._real = (0, 1, 2)
        self._saved: tuple[IO[str] | None, ...] = ()
        self._pipe = (-1, -1)
        self._wake = (-1, -1)
        self._own: dict[int, tuple[int, int] | None] = {}
        self._reader: threading.Thread | None = None
        self._pid = 0
        # Reentrant: a finalizer or a signal handler may print while bytes are being handed out.
        self._lock = threading.RLock()

    @property
    def real_stdin(self) -> int:
        """The descriptor of what was stdin before; 0 again once restored."""
        return self._real[0]

    @property
    def real_stdout(self) -> int:
        """The descriptor of what was stdout before; 1 again once restored."""
        return self._real[1]

    @property
    def real_stderr(self) -> int:
        """The descriptor of what was stderr before; 2 again once restored."""
        return self._real[2]

    def __enter__(self) -> DescriptorGuard:
        self.install()
        return self

    def __exit__(self, *_: object) -> None:
        self.restore()

    def install(self) -> None:
        """Take the descriptors. Does nothing when they are taken already. Raises OSError."""
        if self._reader is not None:
            return
        _flush()
        _open_closed_ones()
        self._pid = os.getpid()
        self._real = (os.dup(0), os.dup(1), os.dup(2))
        self._pipe = os.pipe()
        self._wake = os.pipe()
        own = (*self._real, self._pipe[0], *self._wake)
        self._own = {descriptor: _identity(descriptor) for descriptor in own}
        os.set_blocking(self._pipe[0], False)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        os.dup2(self._pipe[1], 1)
        os.dup2(self._pipe[1], 2)
        if self._terminal:
            self._saved = tuple(getattr(sys, name) for name in _STANDARD)
            for name, stream in zip(_STANDARD, map(_stream, self._real, "rww"), strict=True):
                setattr(sys, name, stream)
        self._reader = threading.Thread(target=self._read, name="tooltrace-output", daemon=True)
        self._reader.start()
        _installed.add(self)
        atexit.register(self.restore)

    def seal(self) -> None:
        """Once a library draws: the standard streams still name the terminal, to be asked for its
        size, but what others write to them goes where everything else goes.
        """
        if self._reader is not None and self._terminal:
            for name, number in (("__stdout__", 1), ("__stderr__", 2)):
                setattr(sys, name, _Sealed(number, self._real[number]))

    def drain(self) -> None:
        """Hand out everything that was written before this call; never waits.

        Nothing can be left behind in a thread: bytes are either in the pipe or were delivered.
        """
        with self._lock:
            for _ in range(_MOST_CHUNKS):
                try:
                    data = os.read(self._pipe[0], _CHUNK)
                except (BlockingIOError, OSError):
                    return
                (self.deliver or self._keep)(data)
                if len(data) < _CHUNK:
                    return

    def restore(self) -> None:
        """Put every descriptor back, then write to stderr what belonged to no call."""
        with self._lock:
            reader, self._reader = self._reader, None
            if reader is None or os.getpid() != self._pid:
                return
        atexit.unregister(self.restore)
        _installed.discard(self)
        _flush()
        self.drain()
        for number, real in enumerate(self._real):
            _lead_back(real, number)
        for name, stream in zip(_STANDARD, self._saved, strict=False):
            _flush_one(getattr(sys, name))
            setattr(sys, name, stream)
        with suppress(OSError):
            os.write(self._wake[1], b".")
        if reader is not threading.current_thread():
            reader.join(_PATIENCE)
        self.drain()
        with self._lock:
            for descriptor in (*self._pipe, *self._wake, *self._real):
                with suppress(OSError):
                    os.close(descriptor)
            self._real, self._pipe, self._saved = (0, 1, 2), (-1, -1), ()
        self._tell_stray()

    def let_go(self) -> None:
        """In a forked child: the terminal and the reading end are its parent's alone."""
        for descriptor, file in self._own.items():
            # Code that closes what is not its own may have opened something else there since.
            if _identity(descriptor) == file:
                os.close(descriptor)

    def _keep(self, data: bytes) -> None:
        self.stray.add(data)

    def _read(self) -> None:
        # A signal that came here would not wake the main thread, which alone may heed it.
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        poll = select.poll()
        poll.register(self._pipe[0], select.POLLIN)
        poll.register(self._wake[0], select.POLLIN)
        wake = self._wake[0]
        while all(descriptor != wake for descriptor, _ in poll.poll()):
            self.drain()

    def _tell_stray(self) -> None:
        text, self.stray = self.stray.close(), CallOutput()
        rest = visible(self._hide(text)).encode("utf-8", "backslashreplace")
        try:
            while rest:
                rest = rest[os.write(2, rest) :]
        except OSError:
            return  # Nobody reads stderr any more.


def _identity(descriptor: int) -> tuple[int, int] | None:
    try:
        status = os.fstat(descriptor)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _forked() -> None:
    for guard in list(_installed):
        guard.let_go()
    _installed.clear()


os.register_at_fork(after_in_child=_forked)


class _Sealed(io.TextIOWrapper):
    """Writes to one descriptor, and says that it is another."""

    def __init__(self, number: int, shown: int) -> None:
        raw = io.FileIO(number, "w", closefd=False)
        super().__init__(io.BufferedWriter(raw), "utf-8", "backslashreplace", line_buffering=True)
        self._shown = shown

    def fileno(self) -> int:
        return self._shown


def _open_closed_ones() -> None:
    """Lead 0, 1 and 2 to the null device where closed, or a pipe would get their numbers."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)


def _lead_back(real: int, number: int) -> None:
    """Where a tool has closed the real one there is none any more."""
    try:
        os.dup2(real, number)
    except OSError:
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, number)
        os.close(null)


def _stream(descriptor: int, mode: str) -> IO[str]:
    # Closing the stream must not close the descriptor: restoring still needs it.
    return open(
        descriptor, mode, buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False
    )


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        _flush_one(stream)


def _flush_one(stream: IO[str] | None) -> None:
    try:
        if stream is not None and stream.writable():
            stream.flush()
    except (OSError, ValueError):
        return  # Closed, or nobody reads it.
