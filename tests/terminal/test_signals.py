"""Being told to end: what has just come back is kept, and a start leaves nothing half made."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.calling import environment, start
from tests.cli.flows import SLOW, flow
from tests.terminal.processes import alive, children_of
from tests.terminal.pty_app import PtyApp
from tests.timing import within
from tooltrace.store import Journal

FILE = "s.jsonl"
STOPS = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]
STARTS = 3
ENDING = """
import os, time
from tooltrace import Workflow, call, say, tool

TAKES = {takes}

@tool
{kind} pay(amount: int) -> str:
    \"\"\"Act, and say so to whoever looks from outside.\"\"\"
    os.write(os.open("began", os.O_WRONLY | os.O_CREAT), b".")
    time.sleep(TAKES)
    os.write(os.open("paid", os.O_WRONLY | os.O_CREAT), b".")
    return "x" * 300_000

w = Workflow("ending", input="go", tools=[pay],
    policy=lambda seen: call("pay", amount=1) if seen.turn < 1 else say("done"))
"""


def until(file: Path) -> None:
    end = time.monotonic() + 30
    while not file.exists():
        assert time.monotonic() < end
        time.sleep(0.0005)


def kept(folder: Path) -> list[str]:
    with Journal.open(folder / FILE) as journal:
        assert journal.problems == []
        return [record.event.name for record in journal.records]


@pytest.mark.parametrize("kind", ["def", "async def"])
@pytest.mark.parametrize("number", STOPS)
def test_a_call_that_has_just_ended_is_kept(
    kind: str, number: signal.Signals, tmp_path: Path
) -> None:
    flow(tmp_path, ENDING.format(takes=0.2, kind=kind))
    # In the middle of it, or at the moment when it has acted.
    for moment in ("began", "paid"):
        folder = tmp_path / moment
        folder.mkdir()
        run = ("run", "../flow.py", "--session", FILE)
        with PtyApp(*run, cwd=folder) as app:
            app.wait("step 1 ")
            app.press("c")
            until(folder / moment)
            with within(2.0):
                app.send(number)
                app.ended(1)
            app.assert_restored()
        assert "tool_returned" in kept(folder)


def test_the_same_without_the_app(tmp_path: Path) -> None:
    flow(tmp_path, ENDING.format(takes=0.2, kind="def"))
    with start("run", "flow.py", "--session", FILE, "--headless", cwd=tmp_path) as process:
        until(tmp_path / "began")
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        assert process.returncode == 1
    assert "tool_returned" in kept(tmp_path)


@pytest.mark.parametrize("headless", [True, False], ids=["headless", "app"])
@pytest.mark.parametrize("number", [*STOPS, signal.SIGQUIT])
def test_a_signal_while_it_starts(number: signal.Signals, headless: bool, tmp_path: Path) -> None:
    # At any moment of the app's life is what the attack with kills tries; this is at its begin.
    chance = random.Random(number)
    for attempt in range(STARTS):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        more = ("--headless",) if headless else ()
        run = ("run", "refund", "--session", FILE, *more)
        with PtyApp(*run, cwd=folder, fresh=True) as app:
            # Before that it is Python which starts, and its traceback is nobody's of ours.
            while not children_of(app.process.pid):
                time.sleep(0.001)
            time.sleep((attempt + chance.random()) / STARTS * 0.6)
            app.send(number)
            code = app.end()
            app.assert_restored()
        assert b"Traceback" not in app.raw, app.text
        assert code in (0, 1, 2, 128 + number, -number), (code, app.text)
        if (folder / FILE).exists() and (folder / FILE).stat().st_size:
            kept(folder)


def test_code_that_loads_for_ever_is_left(tmp_path: Path) -> None:
    flow(tmp_path, "import time, pathlib\npathlib.Path('began').touch()\ntime.sleep(60)")
    with PtyApp("run", "flow.py", "--session", FILE, cwd=tmp_path) as app:
        until(tmp_path / "began")
        with within(4.0):
            app.press("ctrl+c")
            app.ended(128 + signal.SIGINT)
        app.assert_restored()
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize("headless", [True, False], ids=["headless", "app"])
def test_nobody_goes_on_without_the_parent(headless: bool, tmp_path: Path) -> None:
    flow(tmp_path, SLOW)
    more = ("--headless",) if headless else ()
    with PtyApp("run", "flow.py:hanging", "--session", FILE, *more, cwd=tmp_path) as app:
        if not headless:
            app.wait("step 1 ")
            app.press("c")
        until(tmp_path / "began")
        worker = app.worker
        app.send(signal.SIGKILL)
        app.process.wait()
        end = time.monotonic() + 4
        while alive(worker):
            assert time.monotonic() < end
            app.settle()
        app.settle()
        app.assert_restored()
    with Journal.open(tmp_path / FILE, writable=True) as journal:
        assert journal.read_only is None


def test_one_that_does_not_heed_it_is_killed(tmp_path: Path) -> None:
    stubborn = SLOW.replace("ENDS.wait()", "import re; re.match(r'(a+)+$', 'a' * 60 + 'b')")
    flow(tmp_path, stubborn)
    run = ("run", "flow.py:hanging", "--session", FILE)
    with PtyApp(*run, cwd=tmp_path, size=(200, 24)) as app:
        app.wait("step 1 ")
        app.press("c")
        until(tmp_path / "began")
        app.send(signal.SIGTERM)
        time.sleep(0.5)
        app.send(signal.SIGTERM)
        app.ended(128 + signal.SIGKILL, seconds=20)
        app.assert_restored()
        assert "did not end within" in app.text
    assert kept(tmp_path)[-1] == "tool_started"


def test_what_nohup_ignores_stays_ignored(tmp_path: Path) -> None:
    flow(tmp_path, ENDING.format(takes=1.0, kind="def"))
    program = (
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN);"
        "from tooltrace.cli import main; main()"
    )
    command = [sys.executable, "-c", program, "run", "flow.py", "--session", FILE, "--headless"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment(tmp_path)) as process:
        until(tmp_path / "began")
        os.kill(process.pid, signal.SIGHUP)
        assert process.wait(30) == 0
    assert kept(tmp_path)[-1] == "run_finished"
