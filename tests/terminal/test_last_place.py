"""Looking through a recording in a terminal: at its end first, then where one left it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import spawn, state_beside
from tests.terminal.pty_app import PtyApp

FREE = """
from tooltrace import Workflow, say, tool

@tool(read_only=True)
def look() -> str:
    "Look."
    return "x"

free = Workflow("free", tools=[look], policy=lambda seen: say("Hello."), input="Hi")
"""


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    (tmp_path / "free.py").write_text(FREE)
    file = tmp_path / "free.jsonl"
    said = spawn("run", "free.py", "--headless", "--session", file, cwd=tmp_path)
    assert said.code == 0, said
    return file


def test_left_in_the_middle_means_back_in_the_middle(tmp_path: Path) -> None:
    file = tmp_path / "r.jsonl"
    said = spawn("run", "refund", "--headless", "--session", file, cwd=tmp_path)
    assert said.code == 0, said
    before = file.read_bytes()
    with PtyApp("open", str(file), cwd=tmp_path, size=(120, 36)) as app:
        app.wait("DONE")
        app.wait("step 16/16")
        app.press(*"N" * 12)
        app.wait("step 4/16")
        app.press("q")
        app.ended(0)
    for keys, there in (("", "step 4/16"), ("n", "step 4/16"), ("", "step 5/16")):
        with PtyApp("open", str(file), cwd=tmp_path, size=(120, 36)) as app:
            app.wait(there)
            app.press(*keys)
            if keys:
                app.wait("step 5/16")
            app.press("q")
            app.ended(0)
    with PtyApp("open", str(file), "--at", "1", cwd=tmp_path, size=(120, 36)) as app:
        app.wait("step 0/16")
        app.press("q")
        app.ended(0)
    assert file.read_bytes() == before
    assert list(Path(state_beside(tmp_path), "tooltrace/places").iterdir())


@pytest.mark.parametrize("at", [(), ("--at", "1"), ("--at", "2")])
def test_nobody_is_asked_to_begin_what_is_finished(
    at: tuple[str, ...], recording: Path, tmp_path: Path
) -> None:
    with PtyApp("open", str(recording), *at, cwd=tmp_path, size=(120, 36)) as app:
        text = app.wait(lambda text: "step" in text and "q quit" in text)
        assert "say something to begin" not in text
        assert ("along the recording" in text) == bool(at)
        app.press("q")
        app.ended(0)


def test_asking_again_from_the_command_line_leaves_one_where_one_stood(tmp_path: Path) -> None:
    file = tmp_path / "r.jsonl"
    said = spawn("run", "refund", "--headless", "--session", file, cwd=tmp_path)
    assert said.code == 0, said
    with PtyApp("open", str(file), cwd=tmp_path, size=(120, 36)) as app:
        app.wait("step 16/16")
        app.press(*"N" * 12)
        app.wait("step 4/16")
        app.press("q")
        app.ended(0)
    for record, code in ((2, 2), (3, 0)):  # At the one nothing can be asked, and nothing is.
        said = spawn("resample", f"{file}@{record}", "--workflow", "refund", "--k", 1, cwd=tmp_path)
        assert said.code == code, said
        with PtyApp("open", str(file), cwd=tmp_path, size=(120, 36)) as app:
            app.wait("step 4/16")
            app.press("q")
            app.ended(0)
