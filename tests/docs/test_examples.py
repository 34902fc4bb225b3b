"""What the pages show runs as they show it."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import Said, environment, spawn
from tests.docs.pages import ALL, blocks, page
from tests.tui.app.driven import begin
from tooltrace.core.decide.next_action import RunTools
from tooltrace.debugger.faults.scenario_file import read_scenario

PYTHON = blocks(page("writing-workflows.md"), "python")
FILES = {
    found[1]: block for block in PYTHON if (found := re.match(r"# (\w+\.py)\n", block)) is not None
}
LINES = [line for block in blocks(page("guide.md"), "sh") for line in block.splitlines()]
APP = re.compile(r"tooltrace (demo|open|serve|run (?!.*--headless))")


@pytest.mark.long
def test_each_workflow_is_one_that_runs(tmp_path: Path) -> None:
    assert len(FILES) == 7
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        done = spawn("run", name, "--headless", "--session", f"{name}.jsonl", cwd=tmp_path)
        assert (done.code, done.err) == (0, ""), name
        assert done.out.splitlines()[-1].startswith("completed"), done.out


@pytest.mark.long
def test_each_workflow_is_checked_against_its_own_recording(tmp_path: Path) -> None:
    for name in ("shipping.py", "report.py", "counter.py", "dictionary.py"):
        (tmp_path / name).write_text(FILES[name], encoding="utf-8")
        spawn("run", name, "--headless", "--session", "s.jsonl", cwd=tmp_path)
        live = ["--tools", "live"] + (["--allow-live", "ship"] if name == "shipping.py" else [])
        live += ["--allow-live", "reserve"] if name == "shipping.py" else []
        live += ["--allow-live", "write_report"] if name == "report.py" else []
        done = spawn("check", "s.jsonl", "--workflow", name, *live, cwd=tmp_path)
        assert done.code == 0, (name, done)
        shutil.rmtree(tmp_path / "s.world", ignore_errors=True)
        (tmp_path / "s.jsonl").unlink()


def test_every_other_block_runs_too() -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    others = [block for block in PYTHON if block not in FILES.values()]
    assert len(others) > 2
    for number, block in enumerate(others, 1):
        exec(compile(block, f"<block {number} of docs/writing-workflows.md>", "exec"), names)


@pytest.mark.long
def test_the_command_lines_of_the_guide_run_one_after_the_other(tmp_path: Path) -> None:
    lines = [line for line in LINES if not APP.match(line)]
    assert len(lines) > 10
    for line in lines:
        done = _given(line, tmp_path)
        assert done.code == 0, (line, done)


def _given(line: str, folder: Path) -> Said:
    words = shlex.split(line)
    assert words[0] == "tooltrace"
    if words[1] == "scenario":
        _break(folder)
    if words[1] == "attach":
        (folder / "agent.py").write_text("print('nothing asked')", encoding="utf-8")
        words = [sys.executable if word == "python" else word for word in words]
    return spawn(*words[1:], cwd=folder, env=environment(folder))


def _break(folder: Path) -> None:
    """A session with a fault in it, as a person makes it with ``x``."""
    inside = folder / "made"
    inside.mkdir()
    debugger = begin(inside)
    while not isinstance(debugger.view().action, RunTools):
        debugger.step()
    debugger.faults.inject("timeout")
    debugger.go()
    debugger.close()
    (inside / "refund-0001.jsonl").rename(folder / "broken.jsonl")


def test_the_json_that_is_shown_is_read(tmp_path: Path) -> None:
    shown = [(name, block) for name, text in ALL.items() for block in blocks(text, "json")]
    assert {name for name, _ in shown} == {"docs/guide.md", "docs/format.md"}
    for name, block in shown:
        value = json.loads(block)
        if "tooltrace_scenario" in value:
            file = tmp_path / "scenario.json"
            file.write_text(block, encoding="utf-8")
            assert read_scenario(file).workflow == "refund", name
