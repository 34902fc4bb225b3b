"""However a tool takes the process along, the terminal comes back and one line says what it was."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest

from tests.cli.calling import start
from tests.cli.flows import flow
from tests.terminal.pty_app import PtyApp, assert_clean
from tooltrace.store import Journal

FILE = "s.jsonl"
CANCELLED = rb"(\x1b[\[\]]?[0-9;?<>]*)?\x18\x1b\\"
DEADLY = """
import _thread, ctypes, faulthandler, os, resource, signal, subprocess, sys, threading, time
from tooltrace import Workflow, call, say, tool

def overflow():
    function = ctypes.CFUNCTYPE(None)(lambda: None)
    sys.setrecursionlimit(10**9)
    def deeper(x):
        return sorted([x], key=deeper)
    threading.stack_size(64 << 10)  # Smaller than what any limit of Python's own allows.
    threading.Thread(target=deeper, args=(1,)).start()

def spend():
    resource.setrlimit(resource.RLIMIT_CPU, (1, 60))
    while True:
        pass

def close_terminal():
    for number in range(3, 256):
        try:
            if os.isatty(number):
                os.close(number)
        except OSError:
            pass

@tool
def die() -> str:
    \"\"\"Take the process along.\"\"\"
    me = os.getpid()
    HOW
    time.sleep(60)
    return "still here"

w = Workflow("deadly", input="go", tools=[die],
    policy=lambda seen: say("done") if seen.last else call("die"))
"""
KILLED = {
    "os.abort()": "SIGABRT",
    "ctypes.string_at(0)": "SIGSEGV",
    "faulthandler._sigsegv()": "SIGSEGV",
    "faulthandler._sigabrt()": "SIGABRT",
    "overflow()": "SIGSEGV",
    "spend()": "SIGXCPU",
    "os.kill(0, signal.SIGKILL)": "SIGKILL",
    "subprocess.run(['sh', '-c', 'kill -9 $PPID'])": "SIGKILL",
    "signal.setitimer(signal.ITIMER_REAL, 0.01)": "SIGALRM",
    "signal.setitimer(signal.ITIMER_PROF, 0.01); spend()": "SIGPROF",
    **{
        f"os.kill(me, signal.{name})": name
        for name in (
            "SIGSEGV",
            "SIGKILL",
            "SIGBUS",
            "SIGFPE",
            "SIGILL",
            "SIGTRAP",
            "SIGSYS",
            "SIGQUIT",
            "SIGUSR1",
            "SIGUSR2",
            "SIGVTALRM",
        )
    },
}
ENDED = {
    "os._exit(0)": 0,
    "os._exit(3)": 3,
    "os.execv('/bin/sh', ['sh', '-c', 'exit 5'])": 5,
    "ctypes.CDLL(None)._exit(7)": 7,
}
"""What ends the process without a signal, and the exit code that it gives."""

CLOSED = ("os.closerange(3, 256)", "close_terminal()")
ASKED = ("os.kill(me, signal.SIGTERM)", "os.kill(me, signal.SIGHUP)", "_thread.interrupt_main()")


def dying(folder: Path, how: str) -> PtyApp:
    """The app, at the moment when its tool does that."""
    flow(folder, DEADLY.replace("HOW", how))
    app = PtyApp("run", "flow.py", "--session", FILE, cwd=folder, size=(200, 24))
    app.wait("step 1 ")
    app.press("c")
    return app


def assert_on_the_shells_screen(app: PtyApp, *words: str) -> None:
    """The terminal is as it was, and after the app's screen comes this, as one line."""
    app.assert_restored()
    # It may have died in the middle of a letter or of a sequence, which is cancelled then.
    raw = bytes(app.raw).decode(errors="ignore").encode()
    assert_clean(re.sub(CANCELLED, b"", raw))
    left = bytes(app.raw[app.raw.rfind(b"\x1b[?1049l") :]).decode()
    (line,) = re.findall(r"^tooltrace: .*$|(?<=\x1b\[0m)tooltrace: .*$", left, re.MULTILINE)
    for word in (*words, f"session: {FILE}"):
        assert word in line, line


def assert_began(folder: Path) -> None:
    with Journal.open(folder / FILE) as journal:
        assert journal.problems == []
        assert "tool_started" in [record.event.name for record in journal.records]


@pytest.mark.parametrize("how", KILLED)
def test_a_signal(how: str, tmp_path: Path) -> None:
    with dying(tmp_path, how) as app:
        app.ended(128 + signal.Signals[KILLED[how]])
        assert_on_the_shells_screen(app, f"killed by {KILLED[how]} (")
    assert_began(tmp_path)


@pytest.mark.parametrize("how", ENDED)
def test_an_end_from_within(how: str, tmp_path: Path) -> None:
    with dying(tmp_path, how) as app:
        app.ended(2)
        assert_on_the_shells_screen(app, f"exit code {ENDED[how]},")
    assert_began(tmp_path)


@pytest.mark.parametrize("how", CLOSED)
def test_descriptors_that_a_tool_closes(how: str, tmp_path: Path) -> None:
    with dying(tmp_path, how) as app:
        app.ended(2, seconds=15)
        assert_on_the_shells_screen(app, "as when a tool closes what is not its own")
    assert_began(tmp_path)


@pytest.mark.parametrize("how", ASKED)
def test_what_only_asks_is_heeded(how: str, tmp_path: Path) -> None:
    with dying(tmp_path, how) as app:
        app.ended(1)
        app.assert_restored()
        assert app.text.splitlines()[-1].strip() or f"session: {FILE}" in app.text
    assert_began(tmp_path)


@pytest.mark.parametrize("how", ["os._exit(0)", "os.kill(me, signal.SIGSEGV)"])
def test_without_a_terminal_the_line_is_said_too(how: str, tmp_path: Path) -> None:
    flow(tmp_path, DEADLY.replace("HOW", how))
    run = ("run", "flow.py", "--session", FILE, "--headless", "--json")
    with start(*run, cwd=tmp_path) as process:
        _, err = process.communicate(timeout=30)
    assert process.returncode == (2 if "exit" in how else 128 + signal.SIGSEGV)
    (line,) = err.splitlines()
    cause = "exit code 0" if "exit" in how else "killed by SIGSEGV"
    assert line.startswith("tooltrace: ") and cause in line and f"session: {FILE}" in line
    assert_began(tmp_path)
