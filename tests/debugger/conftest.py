"""Sittings that are always closed, whatever a test does in them; and a recording."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.debugger.flows import bill
from tests.debugger.recordings import Records
from tests.debugger.sitting import Sitting, records_of
from tooltrace import Workflow

Sit = Callable[..., Sitting]


@pytest.fixture
def sit(tmp_path: Path) -> Iterator[Sit]:
    """Sit down at ``tmp_path/s.jsonl``, or at another folder's session."""
    made: list[Sitting] = []

    def down(workflow: Workflow, text: str | None = None, **options: Any) -> Sitting:
        made.append(Sitting(options.pop("folder", tmp_path), workflow, text, **options))
        return made[-1]

    yield down
    for sitting in made:
        sitting.close()


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Records:
    """A whole run of the bill, as records."""
    folder = tmp_path_factory.mktemp("bill")
    with Sitting(folder, bill(folder)) as s:
        assert s.do("go").kind == "finished"
    return records_of(folder / "s.jsonl")
