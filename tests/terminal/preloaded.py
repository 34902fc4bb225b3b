"""Programs that begin where everything is imported already, which is most of a start.

A server imports the app once for all the tests of a process. A program is a fork of it with
a terminal, a folder and an environment of its own, in which that program's text runs at the top
level, so that it ends as any other does. What starting Python and importing show stays with those
that ask for an interpreter of their own.
"""

from __future__ import annotations

import fcntl
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

__all__ = ["Forked", "forked", "serve"]

SERVER = (
    "import tests.terminal.preloaded as p; program = p.serve(int(p.sys.argv[1])); exec(program)"
)
ROOT = Path(__file__).parents[2]

_server: tuple[int, socket.socket] | None = None


class Forked:
    """Such a program, asked as ``subprocess.Popen`` is."""

    def __init__(self, told: socket.socket) -> None:
        self._told = told
        self.pid = int(_line(told))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return self._look(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; its exit code. Raises subprocess.TimeoutExpired."""
        code = self._look(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("a forked program", timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def _look(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], timeout)[0]:
            self.returncode = int(_line(self._told))
            self._told.close()
        return self.returncode


def forked(
    program: str, arguments: Sequence[str], cwd: Path, env: Mapping[str, str], terminal: int
) -> Forked:
    """A program with these arguments, as the leader of a session with this terminal."""
    global _server
    if _server is None or _server[0] != os.getpid():
        _server = os.getpid(), _started()
    request = json.dumps([program, ["-c", *arguments], str(cwd), dict(env)]).encode() + b"\n"
    told, tells = socket.socketpair()
    with tells:
        socket.send_fds(_server[1], [request], [terminal, tells.fileno()])
    return Forked(told)


def _started() -> socket.socket:
    ours, its = socket.socketpair()
    with its:
        # It ends when our side is closed, at the latest with this process.
        subprocess.Popen(
            [sys.executable, "-c", SERVER, str(its.fileno())],
            cwd=ROOT,
            pass_fds=[its.fileno()],
            start_new_session=True,
        )
    return ours


def _line(said: socket.socket) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        more = said.recv(1)
        if not more:
            raise EOFError("the server of forks, or a program's keeper, has ended")
        line += more
    return line


# -- the server -----------------------------------------------------------------------------------


def serve(descriptor: int) -> str:
    """Fork for each request until there are no more; in a fork, the program that it is to run."""
    _import_all()
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=descriptor) as asked:
        while True:
            begin, descriptors, _, _ = socket.recv_fds(asked, 1 << 16, 2)
            if not begin:
                sys.exit()
            request = begin if begin.endswith(b"\n") else begin + _line(asked)
            if not os.fork():
                break
            for each in descriptors:
                os.close(each)
            _reap()
    terminal, tells = descriptors
    child = os.fork()
    if child:
        _tell_its_end(child, tells)
    os.close(tells)
    return _become(terminal, *json.loads(request))


def _reap() -> None:
    """Forget those that have ended by now."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _tell_its_end(child: int, tells: int) -> None:
    os.write(tells, b"%d\n" % child)
    status = os.waitpid(child, 0)[1]
    try:
        os.write(tells, b"%d\n" % os.waitstatus_to_exitcode(status))
    finally:
        os._exit(0)


def _become(
    terminal: int, program: str, arguments: list[str], cwd: str, env: dict[str, Any]
) -> str:
    os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    for number in range(3):
        os.dup2(terminal, number)
    os.close(terminal)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = arguments
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = open(number, "w" if number else "r", closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    return program


def _import_all() -> None:
    import tooltrace.assemble
    import tooltrace.cli.app
    import tooltrace.cli.commands.demo
    import tooltrace.cli.commands.open
    import tooltrace.cli.commands.run
    import tooltrace.cli.main
    import tooltrace.tools.functions.function_port
    import tooltrace.tui.app  # noqa: F401
