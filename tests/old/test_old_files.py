"""Sessions that version 0.1.0 wrote: they open, fold, replay and check as they did under it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.old.record import HERE, STORIES
from tests.old.verdicts import verdicts
from tooltrace.core.events import Record
from tooltrace.store.lines import decode, encode

FILES = sorted(HERE.glob("*.jsonl"))
VERDICTS: dict[str, Any] = json.loads((HERE / "verdicts.json").read_text("utf-8"))


def test_each_story_has_its_file_and_verdict() -> None:
    assert set(STORIES) == set(VERDICTS) == {path.stem for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_old_file_means_what_it_meant(path: Path) -> None:
    before = path.read_bytes()
    assert verdicts(path) == VERDICTS[path.stem]
    assert path.read_bytes() == before


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_whole_line_of_it_is_written_as_it_was(path: Path) -> None:
    for line in path.read_bytes().splitlines(keepends=True):
        found = decode(line[:-1]) if line.endswith(b"\n") else None
        if isinstance(found, Record) and path.stem != "tampered":
            assert encode(found) == line
