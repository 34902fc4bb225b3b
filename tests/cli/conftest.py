"""A session that was really run, once for all tests that only read it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.calling import spawn, state_beside


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The refund workflow, run to its end."""
    folder = tmp_path_factory.mktemp("recorded")
    said = spawn("run", "refund", "--headless", "--session", folder / "refund.jsonl", cwd=folder)
    assert said.code == 0, said
    return folder / "refund.jsonl"


@pytest.fixture
def session(recorded: Path, tmp_path: Path) -> Path:
    """A copy of it to do something with."""
    return Path(shutil.copy(recorded, tmp_path / "refund.jsonl"))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in, where sessions go to ``sessions``."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", state_beside(tmp_path))
    monkeypatch.delenv("TOOLTRACE_SESSIONS", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    return tmp_path
