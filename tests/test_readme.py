"""The README says what is so: its key table, its commands, its example, the files it names."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.readme import README, with_keys
from tooltrace.authoring.load import load
from tooltrace.cli.main import COMMANDS

TEXT = README.read_text(encoding="utf-8")
ROOT = README.parent


def test_the_key_table_is_the_one_of_the_registry() -> None:
    assert with_keys(TEXT) == TEXT


def test_the_two_commands_stand_there_exactly() -> None:
    venv = "python3 -m venv .venv && .venv/bin/pip install "
    assert f"\n{venv}. && .venv/bin/tooltrace demo\n" in TEXT
    assert f"\n{venv}-e '.[dev]' && .venv/bin/pytest -n auto\n" in TEXT


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_explained(command: str) -> None:
    assert f"| `tooltrace {command}" in TEXT


def test_every_file_it_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", TEXT)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_layer_of_the_tree_is_named() -> None:
    folders = {path.parent.name for path in ROOT.glob("tooltrace/*/__init__.py")}
    named = set(re.findall(r"^  (\w+)/", TEXT, re.MULTILINE))
    assert named == folders


def test_the_example_is_a_workflow_that_runs(tmp_path: Path) -> None:
    code = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert code is not None
    file = tmp_path / "orders.py"
    file.write_text(code[1], encoding="utf-8")
    assert load(str(file)).name == "orders"
    session = tmp_path / "s.jsonl"
    run = [sys.executable, "-m", "tooltrace", "run", str(file), "--headless"]
    done = subprocess.run([*run, "--session", str(session)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "completed in found" in done.stdout
