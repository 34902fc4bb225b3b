"""Tries side by side, each in a process of its own that is forked where all is imported already.

So one that hangs, dies or leaves processes behind is a finding and no more, and no try knows of
another. This process must have no threads when it forks.
"""

from __future__ import annotations

import os
import pickle
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from tests.attack.findings import Finding

__all__ = ["WORKERS", "in_forks", "room"]

WORKERS = 2
LOOK = 0.02
_MEMORY = Path("/dev/shm")

Try = Callable[[int, Path], Sequence[Finding]]
"""One try: its seed, and an empty folder of its own, which is removed afterwards."""


def room() -> str | None:
    """Where such folders are best made: in memory, where there is such a place."""
    return str(_MEMORY) if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) else None


class _Fork:
    """A try under way."""

    def __init__(self, attempt: Try, seed: int, seconds: float) -> None:
        self.seed = seed
        self.folder = Path(tempfile.mkdtemp(prefix="tooltrace-attack-", dir=room()))
        self.until = time.monotonic() + seconds
        self._said = b""
        self.pipe, theirs = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if not self.pid:
            os.close(self.pipe)
            _be(attempt, seed, self.folder, theirs)
        os.close(theirs)
        os.set_blocking(self.pipe, False)

    def read(self) -> None:
        """Take in what it has said."""
        with suppress(BlockingIOError):
            while part := os.read(self.pipe, 1 << 16):
                self._said += part

    def ended(self) -> Sequence[Finding] | None:
        """What it found, once it has ended or its time is up."""
        done, status = os.waitpid(self.pid, os.WNOHANG)
        late = not done and time.monotonic() > self.until
        if not done and not late:
            return None
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        if late:
            os.waitpid(self.pid, 0)
        self.read()
        os.close(self.pipe)
        remove(self.folder)
        if late:
            return [Finding("hang", "no end came in time", self.seed)]
        try:
            found: Sequence[Finding] = pickle.loads(self._said)
        except (pickle.UnpicklingError, EOFError):
            code = os.waitstatus_to_exitcode(status)
            return [Finding("died", f"its process ended with {code}", self.seed)]
        return found


def _be(attempt: Try, seed: int, folder: Path, pipe: int) -> None:
    """The other side of the fork; never returns."""
    try:
        os.setpgid(0, 0)
        try:
            found = list(attempt(seed, folder))
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is a finding
            trace = tuple(traceback.format_exc().splitlines()[-12:])
            found = [Finding("raised", f"{type(error).__name__}: {error}"[:500], seed, trace)]
        data = pickle.dumps(found)
        while data:
            data = data[os.write(pipe, data) :]
    finally:
        os._exit(0)


def in_forks(
    attempt: Try, seeds: Sequence[int], seconds: float, workers: int = WORKERS
) -> Iterator[Sequence[Finding]]:
    """What each try found, in the order of the seeds."""
    todo = list(seeds)[::-1]
    running: list[_Fork] = []
    found: dict[int, Sequence[Finding]] = {}
    order = iter(seeds)
    following = next(order, None)
    try:
        while todo or running:
            while todo and len(running) < workers:
                running.append(_Fork(attempt, todo.pop(), seconds))
            select.select([fork.pipe for fork in running], [], [], LOOK)
            for fork in list(running):
                fork.read()
                if (its := fork.ended()) is not None:
                    found[fork.seed] = its
                    running.remove(fork)
            while following in found:
                yield found.pop(following)
                following = next(order, None)
    finally:
        for fork in running:
            with suppress(ProcessLookupError):
                os.killpg(fork.pid, signal.SIGKILL)
            remove(fork.folder)


def remove(folder: Path) -> None:
    """Remove a folder, whatever its permissions."""
    for path in folder.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            with suppress(OSError):
                path.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)
