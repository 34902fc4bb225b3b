"""A terminal that goes away, and a main thread that does not come back: there is an end to both."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.cli.flows import SLOW, flow
from tests.terminal.processes import alive
from tests.terminal.pty_app import MAIN, PtyApp
from tests.terminal.test_job import at_the_policy, with_editor
from tests.timing import within
from tooltrace.cli.process.supervisor import ENOUGH
from tooltrace.store import Journal

FILE = "s.jsonl"
NOHUP = f"import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); {MAIN}"
DEAF = """
import signal, time
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_IGN)
with open("/dev/tty", "w") as terminal:
    terminal.write("THE EDITOR HAS THE TERMINAL")
time.sleep(120)
"""


def edited(app: PtyApp) -> None:
    """Its person is in the editor."""
    at_the_policy(app)
    app.press("E")
    app.wait(lambda _: b"THE EDITOR HAS THE TERMINAL" in app.raw)


def assert_gone(worker: int, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while alive(worker):
        assert time.monotonic() < end
        time.sleep(0.02)


def kept(file: Path) -> list[str]:
    with Journal.open(file, writable=True) as journal:
        assert journal.problems == [] and journal.read_only is None
        return [record.event.name for record in journal.records]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells it of a lost terminal")
@pytest.mark.parametrize("editor", ["", "waits"])
def test_one_that_no_hangup_reaches_sees_that_its_terminal_has_gone(
    editor: str, tmp_path: Path
) -> None:
    env = with_editor(tmp_path, editor)
    run = ("run", "refund", "--session", FILE)
    with PtyApp(*run, cwd=tmp_path, env=env, program=NOHUP) as app:
        if editor:
            edited(app)
        else:
            at_the_policy(app)
        worker = app.worker
        with within(ENOUGH / 2):
            app.hang_up()
            assert app.end() == 1
        assert_gone(worker)
    assert "tool_returned" in kept(tmp_path / FILE)


@pytest.mark.parametrize("how", ["hangup", "the process itself"])
def test_an_editor_that_heeds_nothing_keeps_nobody_for_ever(how: str, tmp_path: Path) -> None:
    (tmp_path / "deaf.py").write_text(DEAF)
    env = {"EDITOR": f"{sys.executable} {tmp_path / 'deaf.py'}"}
    run = ("run", "refund", "--session", FILE)
    with PtyApp(*run, cwd=tmp_path, env=env, size=(200, 24)) as app:
        edited(app)
        worker = app.worker
        if how == "hangup":
            app.hang_up()
        else:
            os.kill(worker, signal.SIGTERM)
        assert app.end(3 * ENOUGH) == 128 + signal.SIGKILL
        assert_gone(worker)
        if how != "hangup":
            said = app.text.replace("\n", "")
            assert "did not end within" in said and f"session: {FILE}" in said
            path = Path(said.partition("what was edited: ")[2].partition(".json")[0] + ".json")
            assert "eligible" in path.read_text()
    assert "tool_returned" in kept(tmp_path / FILE)


def test_a_signal_to_a_process_that_is_stuck_has_a_limit(tmp_path: Path) -> None:
    stuck = SLOW.replace("ENDS.wait()", "import re; re.match(r'(a+)+$', 'a' * 60 + 'b')")
    flow(tmp_path, stuck)
    run = ("run", "flow.py:hanging", "--session", FILE)
    with PtyApp(*run, cwd=tmp_path, size=(200, 24)) as app:
        app.wait("step 1 ")
        app.press("c")
        end = time.monotonic() + 30
        while not (tmp_path / "began").exists():
            assert time.monotonic() < end
            app.settle()
        os.kill(app.worker, signal.SIGTERM)
        app.ended(128 + signal.SIGKILL, seconds=3 * ENOUGH)
        app.assert_restored()
        assert "did not end within" in app.text
    assert kept(tmp_path / FILE)[-1] == "tool_started"
