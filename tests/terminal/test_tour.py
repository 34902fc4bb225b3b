"""The tour of the README on a real terminal, small and large: edit, force, fork, replay, reopen."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminal.pty_app import PtyApp
from tooltrace.store import Journal


def like(pattern: str) -> Callable[[str], object]:
    """Whether something like this is on the screen."""
    return re.compile(pattern).search


def gone(text: str) -> Callable[[str], bool]:
    """Whether this is no longer on the screen."""
    return lambda screen: text not in screen


@pytest.mark.parametrize("size", [(80, 24)], ids=["80x24"])
def test_the_tour(size: tuple[int, int], tmp_path: Path) -> None:
    with PtyApp("demo", cwd=tmp_path, size=size) as app:
        app.wait("step 1 ")
        for number in range(2, 8):
            app.step(number)
        # What check_refund_policy returned is changed before the model reads it.
        app.press("e")
        app.wait("Edit result #12")
        app.press("down", "end", *["backspace"] * 5)
        app.wait(like(r'"eligible": +┃'))
        app.type("false,")
        app.wait(like(r'"eligible": false,.*\n(.*\n)*.*valid JSON'))
        app.press("ctrl+s")
        app.wait(lambda text: "Edit result" not in text and "transition to failed" in text)
        # The run goes the other way now.
        app.press("c")
        app.wait("FAILED")
        # A transition is forced, with a reason.
        app.press("T")
        app.wait("Force a transition from failed")
        app.type("processing")
        app.wait(like("▌ +processing_credit"))
        app.press("enter")
        app.wait("why?")
        app.type("to see the credit")
        app.wait("to see the credit")
        app.press("enter")
        app.wait("● processing_credit")
        # Back, and another branch from there.
        app.press("N")
        app.wait("step 10/11 · edit")
        app.press("F")
        app.wait("fork here, with a name")
        app.press("down", "enter")
        app.wait("the name of the branch")
        app.type("what-if")
        app.wait("what-if")
        app.press("enter")
        app.wait("· what-if")
        # A replay of what is recorded, from the start: nothing runs.
        app.press("r")
        app.wait("recorded model, recorded tools")
        app.type("start")
        app.press("enter")
        app.wait(like(r"· replay\b"))
        app.press("c")
        app.wait(like(r"end of the recording|no longer|END|over"))
        app.press("q")
        app.ended(0)
        app.assert_restored()
        file = tmp_path / "sessions/refund-0001.jsonl"
        assert f"session: {file}" in app.text.replace("\n", "")
    with Journal.open(file) as journal:
        assert journal.problems == []
        started = [each for each in journal.records if each.event.name == "tool_started"]
        made = sum(each.source == "live" for each in started)
    # Two calls were made; everything after that was edited, forced or replayed.
    assert made == 2

    with PtyApp("open", str(file), cwd=tmp_path, size=size) as app:
        app.wait(like(r"step \d+/\d+ · replay"))
        app.press("v")
        names = ("main", "edit", "what-if", "replay")
        app.wait(lambda text: "Branches" in text and all(name in text for name in names))
        app.press("escape")
        app.wait(gone("Branches"))
        app.press("q")
        app.ended(0)
        app.assert_restored()


def test_the_tour_of_the_readme_step_by_step(tmp_path: Path) -> None:
    with PtyApp("demo", cwd=tmp_path) as app:
        app.wait("step 1 ")
        for number in range(2, 8):
            app.step(number)
        app.wait("Because result.eligible, processing_credit is next.")
        app.press("e")
        app.wait("Edit result #12")
        app.press("down", "end", *["backspace"] * 5)
        app.wait(like(r'"eligible": +┃'))
        app.type("false,")
        app.press("down", "end", *["backspace"] * 24)
        app.type('"the mug was bought at another shop",')
        app.wait(like(r'"eligible": false,.*\n(.*\n)*.*valid JSON'))
        app.press("ctrl+s")
        app.wait(lambda text: "Edit result" not in text and "· edit" in text)
        app.press("c")
        app.wait(like("▌FAILED"))
        app.wait("I am sorry")
        app.press("u")
        app.wait(like(r"step 7\b.* main .*▌PAUSED"))
        app.press("c")
        app.wait(like("▌DONE"))
        for step in range(15, 6, -1):
            app.press("N")
            app.wait(f"step {step}/16")
        app.press("F")
        app.wait("fork here")
        app.press("enter")
        app.wait("blocked")
        app.press("enter")
        app.wait("· what-if-1")
        for _ in range(2):
            app.press("n")
            app.heeded()
        app.press("n")
        app.wait("━ This would run again ━")
        app.press("y")
        app.wait(like("step 12 .*▌PAUSED"))
        app.press("c")
        app.wait("━ This would run again ━")
        app.press("escape spelled out")
        app.wait(gone("This would run again"))
        app.press("T")
        app.wait("Force a transition from")
        app.type("failed")
        app.wait(like("▌ +failed"))
        app.press("enter")
        app.wait("● failed")
        app.press("c")
        app.wait(like("▌FAILED"))
        app.press("r")
        app.wait("recorded model, recorded tools")
        app.press("enter")
        app.wait(like(r"· replay\b"))
        app.press("c")
        app.wait(like(r"end of the recording|no longer|END|over|FAILED"))
        app.press("q")
        app.ended(0)
        app.assert_restored()


def test_the_tool_is_mended_and_the_run_goes_on(tmp_path: Path) -> None:
    with PtyApp("new", "parcel", cwd=tmp_path) as app:
        app.ended(0)
    file = tmp_path / "parcel.py"
    with PtyApp("run", "parcel.py", "--input", "Reserve a cup.", cwd=tmp_path) as app:
        app.wait("step 1 ")
        app.press("c")
        app.wait(like("▌FAILED"))
        app.wait("LookupError: there is no cup")
        text = file.read_text()
        file.write_text(text.replace('STOCK = {"mug"', 'STOCK = {"cup": 3, "mug"'))
        app.wait("^r loads parcel.py: it changed")
        app.press("ctrl+r")
        app.wait("loaded parcel.py again")
        app.press("R")
        app.wait("This call would be made again")
        app.press("enter")
        app.wait("look_up answered left = 3.")
        app.press("c")
        app.wait(like("▌DONE"))
        app.wait("One cup is reserved.")
        app.press("q")
        app.ended(0)
        app.assert_restored()
