"""A new workflow runs at once, its own tests pass, and nothing is written over."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.calling import spawn
from tooltrace.authoring.new_workflow import TEMPLATES, new_workflow, wrong_new_name
from tooltrace.core.model.errors import BadCommand

ENDS = {"linear": "done", "branching": "answered", "aggregating": "done", "looping": "done"}


@pytest.mark.parametrize("template", TEMPLATES)
def test_it_runs_at_once_and_its_tests_pass(template: str, tmp_path: Path) -> None:
    made = spawn("new", "my-flow", "--template", template, cwd=tmp_path)
    assert (made.code, made.err) == (0, "")
    assert made.out.splitlines()[-1] == "tooltrace run my-flow.py"
    text = (tmp_path / "my-flow.py").read_text()
    assert "example" not in text.replace("for example", "") and "tooltrace run my-flow.py" in text
    ran = spawn("run", "my-flow.py", "--headless", "--session", "s.jsonl", cwd=tmp_path)
    assert ran.code == 0 and f"in {ENDS[template]}" in ran.out, ran
    tests = spawn_pytest(tmp_path)
    assert tests.returncode == 0 and "2 passed" in tests.stdout, tests.stdout


def spawn_pytest(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "my-flow.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("mine = 1\n")
    for name in ("mine", "mine.py"):
        said = spawn("new", name, cwd=tmp_path)
        assert said.code == 2 and "mine.py is there already, and stays as it is" in said.err
    (tmp_path / "link.py").symlink_to(tmp_path / "nowhere.py")
    with pytest.raises(BadCommand, match="there already"):
        new_workflow(tmp_path, "link")
    assert (tmp_path / "mine.py").read_text() == "mine = 1\n"
    assert {path.name for path in tmp_path.iterdir()} == {"mine.py", "link.py"}


@pytest.mark.parametrize(
    "name", ["json", "json.py", "", "../up", "a b", "1st", "a/b", "\x1b[31m", "tooltrace", "ä"]
)
def test_a_name_that_would_be_in_the_way_is_refused(name: str, tmp_path: Path) -> None:
    why = wrong_new_name(tmp_path, name)
    assert why is not None and why.isprintable()
    with pytest.raises(BadCommand) as caught:
        new_workflow(tmp_path, name)
    assert str(caught.value).isprintable()
    assert list(tmp_path.iterdir()) == []
