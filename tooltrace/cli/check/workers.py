"""Processes that check sessions side by side: one file at a time each, results in file order.

Each is a fresh interpreter, so that nothing of this process is shared with the workflow's code that
it loads: no descriptors, no locks, no threads. (``multiprocessing`` would run whatever program
called us a second time.) One that dies takes with it the file it was on, which is named, and no
other. It leads a process group of its own: Ctrl-C reaches this process only, which ends it together
with whatever a tool started in it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING

from tooltrace.cli.check.one import CheckOptions, CheckResult, check_file, load, unchecked
from tooltrace.core.model.errors import BadCommand, ToolTraceError

if TYPE_CHECKING:
    from tooltrace.tools.output.capture import OutputCapture

__all__ = ["check_side_by_side", "serve"]

_PROGRAM = (
    "import sys; sys.path[:] = {path!r}; from tooltrace.cli.check.workers import serve; serve({fd})"
)


class _Worker:
    """A process, and the place of the file that it is on; None before and between files."""

    def __init__(self, asked: CheckOptions) -> None:
        self.connection, theirs = Pipe()
        fd = theirs.fileno()
        program = _PROGRAM.format(path=sys.path, fd=fd)
        self.process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.DEVNULL,
            pass_fds=(fd,),
            process_group=0,
        )
        theirs.close()
        self.ready = False
        self.at: int | None = None
        with suppress(OSError):  # If it is gone already, that is noticed when it does not answer.
            self.connection.send(asked)

    def stop(self) -> None:
        """End it now, whatever it is doing, and what it started."""
        self.connection.close()
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def check_side_by_side(
    files: Sequence[Path], asked: CheckOptions, jobs: int
) -> Iterator[CheckResult]:
    """What was found for each file, in the order of the files. Raises what loading the code raises.

    Leaving the iterator early ends the processes.
    """
    todo = deque(enumerate(files))
    workers: list[_Worker] = []
    done: dict[int, CheckResult] = {}
    next_one = 0
    try:
        while next_one < len(files):
            while len(workers) < min(jobs, len(todo) + len(workers)):
                workers.append(_Worker(asked))
            for connection in wait([worker.connection for worker in workers]):
                worker = next(one for one in workers if one.connection is connection)
                at, found = worker.at, _heard(worker, files)
                if found is not None and at is not None:
                    done[at] = found
                if not worker.ready:
                    workers.remove(worker)
                elif todo:
                    worker.at, file = todo.popleft()
                    with suppress(OSError):
                        worker.connection.send(file)
            while next_one in done:
                yield done.pop(next_one)
                next_one += 1
    finally:
        for worker in workers:
            worker.stop()


def _heard(worker: _Worker, files: Sequence[Path]) -> CheckResult | None:
    """What a process said; when it is gone, what that means for the file it was on."""
    try:
        said = worker.connection.recv()
    except (EOFError, OSError):
        how = _ending(worker.process.wait())
        worker.stop()
        at, worker.at, worker.ready = worker.at, None, False
        if at is None:
            raise BadCommand(f"the process that loads the workflow ended ({how})") from None
        return unchecked(files[at], f"the process that checked it ended ({how})")
    if worker.ready:
        worker.at = None
        found: CheckResult = said
        return found
    if said is not None:
        raise BadCommand(said)
    worker.ready = True
    return None


def _ending(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    with suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"


def serve(fd: int) -> None:
    """What a process does: say whether it can, then a file at a time, until nobody asks."""
    from tooltrace.tools.output.capture import OutputCapture
    from tooltrace.tools.output.descriptor_guard import DescriptorGuard

    os.set_inheritable(fd, False)
    connection = Connection(fd)
    guard = DescriptorGuard()
    with guard, OutputCapture(guard) as capture:
        with suppress(EOFError, OSError):
            _answer(connection, capture)
        # Threads and handlers that the workflow's code left behind must not hold anybody up, and
        # what it printed is nobody's output here.
        os._exit(0)


def _answer(connection: Connection, capture: OutputCapture) -> None:
    asked, folder = connection.recv(), Path.cwd()
    try:
        code = load(asked)
    except ToolTraceError as error:
        connection.send(str(error))
        return
    connection.send(None)
    while True:
        file = connection.recv()
        connection.send(check_file(file, asked, code, capture, folder))
