"""Sessions that version 0.1.0 wrote: they open, fold, replay and check as they did under it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.loopback.rules import complaint
from tests.old.record import HERE, MODEL, STORIES
from tests.old.verdicts import verdicts
from tooltrace.core.decide.next_action import request_at
from tooltrace.core.fold.fold import fold_path
from tooltrace.core.model.events import ModelCalled, Record
from tooltrace.core.model.messages import Message
from tooltrace.models.anthropic import request_body
from tooltrace.store.journal import Journal
from tooltrace.store.lines import decode, encode

FILES = sorted(HERE.glob("*.jsonl"))
VERDICTS: dict[str, Any] = json.loads((HERE / "verdicts.json").read_text("utf-8"))
REFUSED = ("counted-ids", "equal-ids", "odd-names")
"""Those with a request that the API refuses as 0.1.0 made it."""


def as_it_came(messages: Iterable[Message], official: bool = False) -> Iterator[Message]:
    return iter(messages)


def test_each_story_has_its_file_and_verdict() -> None:
    assert set(STORIES) == set(VERDICTS) == {path.stem for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_old_file_means_what_it_meant(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()
    found, known = verdicts(path), VERDICTS[path.stem]
    if path.stem in REFUSED:
        assert found["requests"] != known["requests"]
        # Nothing but what had to be mended for the API is another than it was.
        monkeypatch.setattr(request_body, "outgoing", as_it_came)
        found = verdicts(path)
    assert found == known
    assert path.read_bytes() == before


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_request_of_it_would_be_taken(path: Path) -> None:
    with Journal.open(path) as journal:
        records = journal.records
    by_id = {record.id: record for record in records}
    for record in records:
        if not isinstance(record.event, ModelCalled):
            continue
        way = [record]
        while way[-1].parent is not None:
            way.append(by_id[way[-1].parent])
        s = fold_path(way[::-1])
        assert s is not None and s.form == 1
        made = request_body.body(request_at(s), model=MODEL)
        assert complaint(made, system_turns=False) is None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_whole_line_of_it_is_written_as_it_was(path: Path) -> None:
    for line in path.read_bytes().splitlines(keepends=True):
        found = decode(line[:-1]) if line.endswith(b"\n") else None
        if isinstance(found, Record) and path.stem != "tampered":
            assert encode(found) == line
