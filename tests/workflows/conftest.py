from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.workflows.drive import Run, Start
from tooltrace import load


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts runs of shipped workflows; those of one test share a folder unless told otherwise."""
    runs: list[Run] = []

    def started(name: str, folder: str = "world", **options: Any) -> Run:
        where = tmp_path / folder
        where.mkdir(exist_ok=True)
        runs.append(Run(load(name), where, **options))
        return runs[-1]

    yield started
    for run in runs:
        run.close()
