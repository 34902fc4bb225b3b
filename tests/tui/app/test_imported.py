"""A recording of another program in the app: its panes are filled, and it is only looked at."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.formats.importers.files import assistant, call, lines_file, person, result, tool_result
from tests.formats.importers.test_samples import FOLDER, samples
from tests.tui.app.driven import Driven, until
from tests.tui.tui_support import HOSTILE
from tooltrace.assemble import reopen
from tooltrace.tui.rows.session_rows import SessionRows

DONE = {"type": "text", "text": "All is done."}


def recording(folder: Path, content: str = "what was found") -> Path:
    return lines_file(
        folder,
        [
            person("u1", None, "Please look."),
            assistant("a1", "u1", "m1", call("t1", "Lookup", path="x.py"), stop="tool_use"),
            result("r1", "a1", tool_result("t1", content)),
            assistant("a2", "r1", "m2", DONE, stop="end_turn"),
        ],
    )


async def test_the_conversation_and_the_calls_are_there_and_it_says_what_it_is(
    tmp_path: Path,
) -> None:
    path = recording(tmp_path)
    before = path.read_bytes()
    async with Driven(reopen(path), (160, 45)) as d:
        assert "Please look." in d.text
        assert "All is done." in d.text
        assert "Lookup" in d.text and "x.py" in d.text
        assert "read-only: imported" in d.text
        await d.press("N", "N", "N")
        assert d.view.at_tip is False
        await d.press("n")
        await d.press("F")
        assert "imported" in d.text
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


async def test_nothing_of_it_reaches_the_terminal(tmp_path: Path) -> None:
    hostile = "".join(text for text in HOSTILE.values() if len(text) < 1000)
    async with Driven(reopen(recording(tmp_path, hostile)), (160, 45)) as d:
        await d.press("3", "enter")
        assert "\x1b" not in d.text and "\u202e" not in d.text


async def test_what_is_added_to_it_is_shown(tmp_path: Path) -> None:
    path = recording(tmp_path)
    async with Driven(reopen(path), (160, 45)) as d:
        more = [
            person("u2", "a2", "And then?"),
            assistant("a3", "u2", "m3", {"type": "text", "text": "Nothing."}),
            person("u3", "a3", "Good."),
        ]
        with path.open("a", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(line)}\n" for line in more)
        await until(lambda: "Good." in d.text and "Nothing." in d.text)


@pytest.mark.benchmark
@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"there are no recordings in {FOLDER}")
def test_the_largest_recording_has_its_first_picture_in_a_second() -> None:
    largest = max(samples("claude_code", "tau", "tau2", "pi_mono"), key=lambda p: p.stat().st_size)
    began = time.process_time()
    with reopen(largest) as debugger:
        SessionRows().begin(debugger.view(), lambda: (80, 80))
    assert time.process_time() - began < 1.0
