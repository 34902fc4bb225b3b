"""A file of another program as a session: looked at in memory, followed, kept if asked."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.formats.importers.files import assistant, call, lines_file, person, result, tool_result
from tests.plugins.installed import installed
from tooltrace.assemble import reopen
from tooltrace.core.model.errors import BadImport, ReadOnly
from tooltrace.core.model.events import ModelReplied
from tooltrace.debugger.session.any_file import open_any
from tooltrace.debugger.session.clock import now
from tooltrace.debugger.session.import_files import import_file, session_beside
from tooltrace.debugger.session.imported_file import ImportedFile
from tooltrace.debugger.session.session import Session
from tooltrace.formats import import_registry
from tooltrace.formats.imported.session import imported_session
from tooltrace.store.journal import Journal

DONE = {"type": "text", "text": "done"}
LINES = [
    person("u1", None, "go"),
    assistant("a1", "u1", "m1", call("t1"), stop="tool_use"),
    result("r1", "a1", tool_result("t1", "found")),
    assistant("a2", "r1", "m2", DONE, stop="end_turn"),
]


def everything(folder: Path) -> dict[str, tuple[int, int]]:
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            status = Path(place, name).stat()
            found[str(Path(place, name))] = (status.st_size, status.st_mtime_ns)
    return found


def test_it_is_stepped_through_and_nothing_is_written_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    path = lines_file(tmp_path, LINES)
    before = everything(tmp_path)
    with reopen(path) as debugger:
        view = debugger.view()
        assert view.read_only is not None and "tooltrace import" in view.read_only
        first = debugger.session.tree.branches()[0]
        debugger.goto(first.begin)
        seen = []
        while debugger.session.head != first.tip:
            debugger.step()
            seen.append(debugger.session.head)
        assert len(seen) >= 3
        with pytest.raises(ReadOnly, match="imported"):
            debugger.edit.fork()
    assert everything(tmp_path) == before


def test_saving_it_under_a_name_makes_a_session_that_replays(tmp_path: Path) -> None:
    path = lines_file(tmp_path, LINES)
    with reopen(path) as debugger:
        debugger.save_as(tmp_path / "kept.jsonl")
        assert debugger.session.read_only is None
    with reopen(tmp_path / "kept.jsonl") as debugger:
        assert debugger.session.snapshot.tool_calls == 1


def test_a_file_that_is_still_written_is_followed(tmp_path: Path) -> None:
    path = lines_file(tmp_path, LINES[:2])
    journal = ImportedFile(path, follow=True)
    session = Session(now, journal)
    assert session.snapshot.tool_calls == 0
    with path.open("a", encoding="utf-8") as file:
        for line in LINES[2:]:
            text = json.dumps(line)
            file.write(text[:50])
            file.flush()
            journal._not_before = 0.0
            assert session.refresh() == 0 or line is LINES[3]
            file.write(text[50:] + "\n")
            file.flush()
            journal._not_before = 0.0
            session.refresh()
    assert session.snapshot.tool_calls == 1
    os.utime(path, (1_700_000_000, 1_700_000_000))  # Nobody has written to it for long.
    journal._not_before = 0.0
    session.refresh()
    last = session.tree[session.tree.last_id].event
    assert isinstance(last, ModelReplied)
    assert last.reply["content"] == [DONE]
    session.close()


def test_a_call_without_a_result_holds_nothing_back_once_nobody_writes(tmp_path: Path) -> None:
    lines = [*LINES[:2], person("u2", "a1", "stop that"), *LINES[3:]]
    path = lines_file(tmp_path, lines)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    journal = ImportedFile(path, follow=True)
    assert journal.counts.unanswered == 1
    assert sum(isinstance(record.event, ModelReplied) for record in journal.records) == 2
    journal.close()


def test_importing_writes_a_session_for_its_owner_and_over_nothing(tmp_path: Path) -> None:
    key = "sk-ant-api03-" + "a1B2" * 24
    lines = [person("u1", None, f"use {key}"), *LINES[1:]]
    path = lines_file(tmp_path, lines)
    to = session_beside(path, tmp_path / "new" / "folder")
    imported = import_file(path, to)
    assert imported.counts.calls == 1
    assert to.stat().st_mode & 0o777 == 0o600
    assert key not in to.read_text()
    before = to.read_bytes()
    with pytest.raises(Exception, match="is there already"):
        import_file(path, to)
    assert to.read_bytes() == before
    with open_any(to) as journal:
        assert type(journal) is Journal
        assert journal.problems == []


def test_what_cannot_be_imported_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "odd.json"
    path.write_text('{"schema_version": "ATIF-v1.5"}')
    with pytest.raises(BadImport, match="there is no run in it"):
        import_file(path, tmp_path / "out" / "odd.jsonl")
    assert not (tmp_path / "out" / "odd.jsonl").exists()


@pytest.mark.parametrize(
    ("name", "session"),
    [
        ("a.jsonl.gz", "a.jsonl"),
        ("b.eval", "b.jsonl"),
        ("c.traj", "c.jsonl"),
        ("d", "d.jsonl"),
        (".jsonl", ".jsonl.jsonl"),
    ],
)
def test_a_session_is_called_as_the_file(tmp_path: Path, name: str, session: str) -> None:
    assert session_beside(tmp_path / name, tmp_path).name == session


def test_an_importer_of_other_people_is_used_only_when_it_is_named(tmp_path: Path) -> None:
    package = """
from tooltrace.formats import Importer, ImportedRun, ImportedReply

def read(source, out, follow):
    run = ImportedRun(out, "notes")
    for line in source.lines():
        yield from run.said(line.decode())
    yield from run.replied(ImportedReply([{"type": "text", "text": "noted"}]))
    yield from run.end()

NOTES = Importer("notes", "notes of mine", lambda source: True, read)
"""
    path = tmp_path / "notes.txt"
    path.write_text("one\ntwo\n")
    with installed(tmp_path / "site", "mynotes", package, formats="notes = mynotes:NOTES"):
        with pytest.raises(BadImport):
            imported_session(path)
        assert len(imported_session(path, "notes")) == 5
    assert "notes" not in import_registry.importer_names()
