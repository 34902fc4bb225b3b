"""Output reaches the call that made it, the terminal never hears of it, and all is put back."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
import threading
from typing import Any

import pyte
import pytest

from tests.tools.calls import capturing
from tooltrace.tools.output.call_output import CallOutput
from tooltrace.tools.output.capture import DescriptorGuard, OutputCapture


def run(script: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """The script in a process of its own, with what it wrote to its real stdout and stderr."""
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=20, **options
    )


def descriptors() -> list[tuple[int, int]]:
    return [(os.fstat(number).st_dev, os.fstat(number).st_ino) for number in (0, 1, 2)]


def open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


def test_the_beginning_is_kept_and_the_rest_counted() -> None:
    output = CallOutput(limit=4)
    output.add(b"ab")
    output.add(b"c\xc3\xa9d")
    output.add(b"e" * 10)
    assert output.close() == "abc\n[12 more bytes were dropped, 4 are kept]\n"
    assert not output.add(b"late")


@pytest.mark.parametrize(
    ("data", "limit", "text"),
    [
        (b"a\xff", 9, "a\\xff"),
        ("é".encode(), 2, "é"),
        ("€€".encode(), 4, "€\n[2 more bytes were dropped, 4 are kept]\n"),
        ("€€".encode(), 3, "€\n[3 more bytes were dropped, 3 are kept]\n"),
        (
            b"\x80\x80\x80\x80\x80",
            4,
            "\\x80\\x80\\x80\\x80\n[1 more bytes were dropped, 4 are kept]\n",
        ),
    ],
)
def test_bytes_become_text_whatever_they_are(data: bytes, limit: int, text: str) -> None:
    output = CallOutput(limit)
    output.add(data)
    assert output.close() == text


def test_everything_is_put_back_and_nothing_left_open() -> None:
    before, streams, count = descriptors(), (sys.stdin, sys.stdout, sys.stderr), open_descriptors()
    real = (sys.__stdin__, sys.__stdout__, sys.__stderr__)
    guard = DescriptorGuard(terminal=True)
    for _ in range(2):
        with guard, OutputCapture(guard):
            guard.install()
            assert sys.stdout is not streams[1]
            assert sys.__stderr__ is not real[2]
            assert all(now != then for now, then in zip(descriptors()[1:], before[1:], strict=True))
            assert os.fstat(guard.real_stdout).st_ino == before[1][1]
        guard.restore()
        assert descriptors() == before
        assert (sys.stdin, sys.stdout, sys.stderr) == streams
        assert (sys.__stdin__, sys.__stdout__, sys.__stderr__) == real
        assert (guard.real_stdin, guard.real_stdout, guard.real_stderr) == (0, 1, 2)
    assert open_descriptors() == count


def test_a_flood_from_a_subprocess_is_capped_and_stalls_nobody() -> None:
    with DescriptorGuard() as guard, OutputCapture(guard, limit=1000) as capture:
        output = capture.begin()
        subprocess.run(["head", "-c", "3000000", "/dev/zero"], check=True)
        text = capture.end(output)
    assert text == "\0" * 1000 + "\n[2999000 more bytes were dropped, 1000 are kept]\n"


def test_what_was_written_before_the_call_is_not_the_calls() -> None:
    with capturing() as capture:
        os.write(1, b"earlier\n")
        output = capture.begin()
        os.write(2, b"mine\n")
        assert capture.end(output) == "mine\n"
        assert capture.stray.text() == "earlier\n"


def test_a_thread_that_the_tool_started_writes_to_its_call() -> None:
    script = (
        "import threading\n"
        "from tooltrace.tools.output.capture import DescriptorGuard, OutputCapture\n"
        "with DescriptorGuard() as guard, OutputCapture(guard) as capture:\n"
        "    output = capture.begin()\n"
        "    thread = threading.Thread(target=print, args=('from a thread',))\n"
        "    thread.start(); thread.join()\n"
        "    text = capture.end(output)\n"
        "print(repr(text))\n"
    )
    done = run(script)
    assert (done.stdout, done.stderr) == ("'from a thread\\n'\n", "")


def test_streams_that_were_imported_early_are_captured_too() -> None:
    script = (
        "from sys import stdout\n"
        "from tooltrace.tools.output.capture import DescriptorGuard, OutputCapture\n"
        "with DescriptorGuard() as guard, OutputCapture(guard) as capture:\n"
        "    output = capture.begin()\n"
        "    stdout.write('kept in a buffer')\n"
        "    text = capture.end(output)\n"
        "print(repr(text))\n"
    )
    assert run(script).stdout == "'kept in a buffer'\n"


def test_what_no_call_owns_is_told_on_stderr_without_controls() -> None:
    script = (
        "import os\n"
        "from tooltrace.tools.output.capture import DescriptorGuard, OutputCapture\n"
        "with DescriptorGuard() as guard, OutputCapture(guard):\n"
        "    os.write(guard.real_stdout, b'real\\n')\n"
        "    os.write(1, b'\\x1b[2Jstray\\n')\n"
        "    print('printed')\n"
    )
    done = run(script)
    assert (done.stdout, done.stderr) == ("real\n", "\\u{1b}[2Jstray\nprinted\n")


def test_a_crash_inside_the_guard_still_says_why() -> None:
    script = (
        "from tooltrace.tools.output.capture import DescriptorGuard, OutputCapture\n"
        "guard = DescriptorGuard(terminal=True); guard.install()\n"
        "OutputCapture(guard).__enter__()\n"
        "1 / 0\n"
    )
    done = run(script)
    assert done.returncode == 1
    assert done.stderr.endswith("ZeroDivisionError: division by zero\n")


@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_closed_descriptors_are_no_obstacle(closed: str) -> None:
    script = (
        "import os, sys\n"
        "from tooltrace.tools.output.capture import DescriptorGuard, OutputCapture\n"
        "with DescriptorGuard(terminal=True) as guard, OutputCapture(guard) as capture:\n"
        "    output = capture.begin()\n"
        "    os.write(1, b'x'); os.write(2, b'y')\n"
        "    text = capture.end(output)\n"
        "sys.exit(40 + len(text))\n"
    )
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" -c "$1" {closed}', sys.executable, script],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=20,
    )
    assert (done.returncode, done.stderr) == (42, b"")


def test_prints_without_a_call_go_where_they_went() -> None:
    before = sys.stdout
    sys.stdout = io.StringIO()
    try:
        with OutputCapture() as capture:
            print("outside")
            output = capture.begin()
            capture.context(output).run(print, "inside")
            assert capture.end(output) == "inside\n"
            capture.context(output).run(print, "late")
        assert sys.stdout.getvalue() == "outside\n"
        assert capture.stray.text() == "late\n"
    finally:
        sys.stdout = before


def test_two_captures_at_once_share_the_streams() -> None:
    before = sys.stdout
    one, two = OutputCapture(), OutputCapture()
    one.__enter__()
    two.__enter__()
    first, second = one.begin(), two.begin()
    one.context(first).run(print, "1")
    one.__exit__(None, None, None)
    two.context(second).run(print, "2")
    assert (one.end(first), two.end(second)) == ("1\n", "2\n")
    two.__exit__(None, None, None)
    assert sys.stdout is before


def test_a_library_that_redirects_the_streams_is_overruled_at_the_next_call() -> None:
    before = sys.stdout
    with OutputCapture() as capture:
        proxy, theirs = sys.stdout, io.StringIO()
        sys.stdout = theirs
        output = capture.begin()
        assert sys.stdout is proxy
        capture.context(output).run(print, "mine")
        assert (capture.end(output), theirs.getvalue()) == ("mine\n", "")
        sys.stdout = theirs
        capture.reassert()
        assert sys.stdout is proxy
        sys.stdout = theirs
    assert sys.stdout is theirs
    sys.stdout = before


def test_a_tool_sees_streams_that_are_no_terminal() -> None:
    seen: dict[str, Any] = {}

    def look() -> None:
        seen["tty"] = sys.stdout.isatty() or sys.stdin.isatty()
        seen["encoding"] = sys.stdout.encoding
        seen["line"], seen["bytes"] = sys.stdin.readline(), sys.stdin.buffer.read()
        with pytest.raises(TypeError):
            sys.stdout.write(b"bytes")  # type: ignore[arg-type]

    with capturing() as capture:
        output = capture.begin()
        capture.context(output).run(look)
        capture.end(output)
    assert seen == {"tty": False, "encoding": "utf-8", "line": "", "bytes": b""}


def test_concurrent_writers_lose_nothing() -> None:
    def chatter(word: str) -> None:
        for number in range(200):
            print(word, number)
            os.write(1, b".")

    with capturing() as capture:
        output = capture.begin()
        contexts = [(word, capture.context(output)) for word in ("a", "b", "c")]
        threads = [threading.Thread(target=c.run, args=(chatter, word)) for word, c in contexts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        text = capture.end(output)
    assert text.count(".") == 600
    for word in ("a", "b", "c"):
        assert text.count(word) == 200


APP = """
import asyncio, os, subprocess, sys
from tooltrace.tools.output.capture import DescriptorGuard, OutputCapture
guard = DescriptorGuard(terminal=True); guard.install()
from textual.app import App
from textual.widgets import Static
from tests.tools.calls import call, tools
from tooltrace.tools.functions.function_port import FunctionPort

def leaks():
    print("LEAK print")
    os.write(1, b"LEAK write")
    subprocess.run(["sh", "-c", "echo LEAK sh; echo LEAK err >&2"])
    sys.__stdout__ and os.write(2, b"LEAK two")
    try:
        input("LEAK? ")
    except EOFError:
        return "no keyboard"

class Demo(App):
    def compose(self):
        yield Static("hello from the app", id="text")
    async def on_mount(self):
        self.run_worker(self.work())
    async def work(self):
        answer = await FunctionPort(tools(leaks), None, capture).call(call("leaks"))
        given = answer.event
        text = self.query_one("#text", Static)
        text.update(f"{given.content}, {given.output.count('LEAK')} caught")
        self.call_after_refresh(self.call_later, self.exit)

with OutputCapture(guard) as capture:
    Demo().run()
guard.restore()
print("restored", sys.stdin.isatty(), sys.stdout.isatty())
"""


@pytest.mark.pty
def test_an_app_on_a_terminal_is_drawn_and_its_tools_are_not() -> None:
    child, terminal = pty.fork()
    if child == 0:
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
        os.execve(sys.executable, [sys.executable, "-c", APP], environment)
    written = b""
    while True:
        try:
            data = os.read(terminal, 65536)
        except OSError:  # How Linux says that the other side is closed.
            break
        if not data:
            break
        written += data
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    screen = pyte.Screen(80, 24)
    pyte.ByteStream(screen).feed(written)
    assert os.waitstatus_to_exitcode(status) == 0, written.decode(errors="replace")[-2000:]
    assert b"LEAK" not in written
    assert b"no keyboard, 6 caught" in written
    assert any("restored True True" in line for line in screen.display), screen.display
