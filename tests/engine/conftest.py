"""Benches that are always closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.bench import Bench
from tooltrace import Workflow


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(workflow: Workflow, world: Any = None) -> Bench:
        made.append(Bench(workflow, tmp_path, world))
        return made[-1]

    yield make
    for one in made:
        one.port.close()
        one.session.close()
