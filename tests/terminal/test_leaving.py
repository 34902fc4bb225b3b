"""However the app ends, the terminal is given back, it is quick, and nothing saved is lost."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from tests.cli.flows import NOISY, SLOW, flow
from tests.events import events_of
from tests.terminal.pty_app import PtyApp, assert_clean
from tests.timing import within
from tooltrace.core.model.events import ToolReturned
from tooltrace.store import Journal

SOON = 2.0
FILE = "s.jsonl"


def hanging(folder: Path, which: str = "hanging") -> PtyApp:
    """The app, in the middle of a call that never returns."""
    flow(folder, SLOW)
    app = PtyApp("run", f"flow.py:{which}", "--session", FILE, cwd=folder)
    app.wait("step 1 ")
    app.press("c")
    app.wait("RUNNING")
    app.wait(lambda text: f"{which[:4]}" in text and (folder / "began").exists())
    return app


def assert_left_in_the_middle(folder: Path) -> None:
    """All that happened is in the file: the call began, and nobody knows how it went."""
    with Journal.open(folder / FILE) as journal:
        assert journal.problems == []
        events = [record.event.name for record in journal.records]
    assert events.count("tool_returned") == 1
    assert events[-1] == "tool_started" or events[-2:] == ["tool_started", "head_set"]


@pytest.mark.parametrize("which", ["hanging", "waiting"])
def test_ctrl_c_pauses_and_twice_quits(which: str, tmp_path: Path) -> None:
    with hanging(tmp_path, which) as app:
        app.press("ctrl+c")
        app.wait("pausing at the next safe point")
        assert app.process.poll() is None
        with within(SOON):
            app.press("ctrl+c")
            app.ended(0)
        app.assert_restored()
    assert_left_in_the_middle(tmp_path)
    with PtyApp("open", FILE, cwd=tmp_path) as app:
        app.wait("never returned")
        app.press("q")
        app.ended(0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_saves_and_gives_the_terminal_back(number: signal.Signals, tmp_path: Path) -> None:
    with hanging(tmp_path) as app:
        with within(SOON):
            app.send(number)
            app.ended(1)
        app.assert_restored()
    assert_left_in_the_middle(tmp_path)


def test_a_window_that_is_closed(tmp_path: Path) -> None:
    with hanging(tmp_path) as app, within(SOON):
        app.hang_up()
        app.end()
    assert_left_in_the_middle(tmp_path)


def test_after_being_killed_everything_that_was_shown_is_there(tmp_path: Path) -> None:
    with PtyApp("demo", cwd=tmp_path) as app:
        app.wait("step 1 ")
        for number in range(2, 9):
            app.step(number)
        os.kill(app.worker, signal.SIGKILL)
        app.ended(128 + signal.SIGKILL)
    file = tmp_path / "sessions/refund-0001.jsonl"
    before = file.read_bytes()
    with PtyApp("open", str(file), "--workflow", "refund", cwd=tmp_path) as app:
        app.wait("step 8 · main")
        app.press("q")
        app.ended(0)
    assert file.read_bytes() == before
    with Journal.open(file) as journal:
        assert journal.problems == []


def test_very_small_and_back(tmp_path: Path) -> None:
    with PtyApp("demo", cwd=tmp_path, size=(120, 40)) as app:
        app.wait("2 Workflow")
        for size in ((40, 10), (1, 1), (20, 4), (300, 90), (120, 40)):
            app.resize(*size)
            app.frame()
        app.wait("step 1 ")
        app.step(2)
        screen = app.wait(lambda text: "2 Workflow" in text and "q quit" in text)
        assert "Conversation" in screen
        app.press("q")
        app.ended(0)
        app.assert_restored()


def test_what_is_pasted_presses_no_keys(tmp_path: Path) -> None:
    with PtyApp("demo", cwd=tmp_path) as app:
        app.wait("step 1 ")
        app.paste("ncntcqTFe\x03\r\nq")
        app.press("?")
        app.wait("Go on")
        app.press("escape")
        app.wait(lambda text: "Go on" not in text and re.search(r"step 1 +· main", text))
        app.press("q")
        app.ended(0)


def test_nothing_a_tool_writes_gets_onto_the_screen(tmp_path: Path) -> None:
    flow(tmp_path, NOISY)
    with PtyApp("run", "flow.py", "--session", FILE, cwd=tmp_path) as app:
        app.wait("step 1 ")
        frame = [line[:1] + line[-1:] for line in app.lines]
        app.press("c")
        app.wait("DONE")
        app.wait("quiet")
        assert app.lines[0].startswith("step ")
        assert [line[:1] + line[-1:] for line in app.lines][2:-4] == frame[2:-4]
        app.press("q")
        app.ended(0)
        app.assert_restored()
        assert_clean(bytes(app.raw))
    with Journal.open(tmp_path / FILE) as journal:
        returned = events_of(journal.records, ToolReturned)[0]
    assert returned.output.count("NOISE") == 7


def test_home_and_back(tmp_path: Path) -> None:
    with PtyApp(cwd=tmp_path) as app:
        app.wait("enter on a workflow")
        app.press("enter")
        app.wait("step 1 ")
        app.step(2)
        app.press("q")
        app.wait("refund-0001")
        app.press("q")
        app.ended(0)
        app.assert_restored()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["open", "none.jsonl"], "does not exist"),
        (["open", "."], "is a folder"),
        (["open", "s.jsonl", "--at", "999"], "no record #999"),
        (["open", "s.jsonl", "--workflow", "loan"], "--workflow names loan"),
        (["run", "nope"], "no workflow 'nope'"),
        (["run", "refund", "--session", "s.jsonl"], "exists already"),
    ],
)
def test_what_cannot_be_opened_never_touches_the_screen(
    arguments: list[str], words: str, tmp_path: Path, recorded: Path
) -> None:
    (tmp_path / FILE).write_bytes(recorded.read_bytes())
    with PtyApp(*arguments, cwd=tmp_path, size=(200, 24)) as app:
        app.ended(2)
        assert words in app.text
        assert len([line for line in app.lines if line.strip()]) == 1
        assert b"\x1b" not in app.raw
        app.assert_restored()
    assert (tmp_path / FILE).read_bytes() == recorded.read_bytes()
