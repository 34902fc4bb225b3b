"""The title, the progress and the call of a run, as they go to a terminal."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from textual.app import App
from textual.drivers.headless_driver import HeadlessDriver

from tests.tui.app.driven import begin, reach
from tests.tui.app.given import before
from tests.tui.tui_support import HOSTILE
from tooltrace.debugger.view import View
from tooltrace.tui.run_signals import LONG, SOON, RunSignals, driver_that_tells
from tooltrace.tui.terminal_words import (
    NO_PROGRESS,
    PROGRESS,
    RESTORE_TITLE,
    SAVE_TITLE,
    takes_progress,
    title,
)


@pytest.fixture
def paused(tmp_path: Path) -> View:
    debugger = reach(begin(tmp_path), before("process_credit"))
    view = debugger.view()
    debugger.close()
    return view


class Told(RunSignals):
    """What was written to the terminal since one looked last."""

    def __init__(self, progress: bool = True, ring: bool = True) -> None:
        self.written: list[str] = []
        super().__init__(self.written.append, progress, ring)

    def since(self) -> list[str]:
        written, self.written[:] = list(self.written), []
        return written


def test_the_title_and_the_progress_follow_the_run(paused: View) -> None:
    told, running = Told(), replace(paused, running=True)
    told.show(paused, "a.jsonl", None)
    assert told.since() == [title("paused · refund · a.jsonl")]
    for elapsed in (None, 0.0, SOON / 2):
        told.show(running, "a.jsonl", elapsed)
    assert told.since() == []
    told.show(running, "a.jsonl", SOON)
    told.show(running, "a.jsonl", 2 * SOON)
    assert told.since() == [title("running · refund · a.jsonl"), PROGRESS]
    told.show(paused, "a.jsonl", None)
    told.show(paused, "a.jsonl", None)
    assert told.since() == [title("paused · refund · a.jsonl"), NO_PROGRESS]
    told.again()
    assert told.since() == [title("paused · refund · a.jsonl")]
    told.rest()
    assert told.since() == [title("tooltrace")]


def test_a_long_run_that_stops_rings_once_and_only_if_it_is_wanted(paused: View) -> None:
    running = replace(paused, running=True)
    for ring, elapsed in ((True, LONG), (True, LONG - 1), (False, LONG)):
        told = Told(progress=False, ring=ring)
        told.show(running, "a.jsonl", elapsed)
        told.show(paused, "a.jsonl", None)
        told.show(paused, "a.jsonl", None)
        calls = [text for text in told.since() if text.startswith("\a")]
        said = "\a\x1b]9;tooltrace: refund · a.jsonl: paused before process_credit\x07"
        assert calls == ([said] if ring and elapsed >= LONG else [])


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_inert(paused: View, name: str) -> None:
    told = Told()
    told.show(replace(paused, running=True), HOSTILE[name][:5_000], LONG)
    told.show(paused, HOSTILE[name][:5_000], None)
    for written in told.since():
        inside = re.fullmatch(r"\a?\x1b\](?:2|9);([^\x07]*)\x07", written)
        assert inside is not None
        assert inside[1].isprintable() or " " in inside[1]
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202e\u2066]", inside[1])


@pytest.mark.parametrize(
    ("environ", "takes"),
    [
        ({}, False),
        ({"TERM_PROGRAM": "ghostty"}, True),
        ({"TERM_PROGRAM": "ghostty", "TMUX": "/tmp/x"}, False),
        ({"TERM_PROGRAM": "WezTerm", "STY": "1.x"}, False),
        ({"WT_SESSION": "1"}, True),
        ({"ConEmuANSI": "ON"}, True),
        ({"VTE_VERSION": "7600"}, False),
        ({"VTE_VERSION": "8000"}, True),
        ({"VTE_VERSION": "²"}, False),
        ({"TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "3.6.5"}, False),
        ({"TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "3.6.10"}, True),
        ({"TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "beta"}, False),
        ({"TERM_PROGRAM": "Apple_Terminal"}, False),
    ],
)
def test_progress_goes_only_to_terminals_that_know_it(environ: dict[str, str], takes: bool) -> None:
    assert takes_progress(environ) is takes


async def test_what_was_told_is_taken_back_when_the_terminal_is_given_back() -> None:
    written: list[str] = []

    class Writing(HeadlessDriver):
        def write(self, data: str) -> None:
            written.append(data)

    driver: Any = driver_that_tells(Writing)(App())
    driver.stop_application_mode()
    assert written == []
    for data in (title("a"), PROGRESS):
        driver.tell(data)
    driver.stop_application_mode()
    assert "".join(written) == SAVE_TITLE + title("a") + PROGRESS + RESTORE_TITLE + NO_PROGRESS
    written.clear()
    driver.tell(title("b"))
    driver.stop_application_mode()
    assert "".join(written) == SAVE_TITLE + title("b") + RESTORE_TITLE
