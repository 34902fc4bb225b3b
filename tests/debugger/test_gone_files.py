"""A session's file that is deleted, replaced or changed while it is open can be saved whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.debugger.sitting import Sitting, records_of
from tests.events import event_of
from tooltrace import Workflow, call, say, tool
from tooltrace.core.model import events as e
from tooltrace.core.model.errors import NotSaved
from tooltrace.debugger.session.move import free_beside
from tooltrace.debugger.world.world_owner import find
from tooltrace.store.blobs import MAX_INLINE
from tooltrace.store.journal import Journal
from tooltrace.workflows.refund import refund


def delete(file: Path) -> None:
    file.unlink()


def replace(file: Path) -> None:
    file.with_name("other").write_text("somebody's\n")
    file.with_name("other").replace(file)


def add_to(file: Path) -> None:
    with file.open("ab") as out:
        out.write(b"somebody's\n")


WAYS = [(delete, "deleted"), (replace, "replaced"), (add_to, "changed")]
Way = Callable[[Path], None]


@pytest.mark.parametrize(("way", "word"), WAYS)
def test_it_is_saved_whole_under_another_name_and_goes_on(
    way: Way, word: str, tmp_path: Path
) -> None:
    with Sitting(tmp_path, refund) as s:
        s.to_call("process_credit")
        s.done("notes.bookmark", s.head, "here")
        assert s.debugger.gone is None
        way(s.file)
        # That something else was written to it only shows when it is written.
        assert way is add_to or word in (s.debugger.gone or "")
        stop = s.do("step")
        assert word in (s.debugger.gone or "")
        assert stop.kind == "error" and "save the session under another name" in stop.text
        theirs = s.file.read_bytes() if s.file.exists() else None
        new = free_beside(s.file)
        assert new.name == "s-saved.jsonl"
        stop = s.done("save_as", new)
        assert "saved as s-saved.jsonl" in stop.text and s.debugger.gone is None
        assert s.session.file == new
        stop = s.do("go")
        while stop.kind == "confirm":
            stop = s.do("confirm")
        assert stop.kind == "finished"
        mine = sorted([*s.session.tree.records.values(), *s.session.tree.notes], key=lambda r: r.id)
        assert records_of(new) == mine
        assert new.stat().st_mode & 0o777 == 0o600
        assert (s.file.read_bytes() if s.file.exists() else None) == theirs
    with Journal.open(new) as journal:
        assert journal.problems == []


def test_the_result_of_the_call_that_ran_meanwhile_is_saved_too(tmp_path: Path) -> None:
    @tool
    def pay() -> str:
        """Pay."""
        (tmp_path / "s.jsonl").unlink()
        return "paid once"

    flow = Workflow(
        "flow", tools=[pay], policy=lambda s: say("Done.") if s.result("pay") else call("pay")
    )
    with Sitting(tmp_path, flow) as s:
        s.to_call("pay")
        stop = s.do("step")
        assert stop.kind == "error" and "was deleted" in stop.text
        s.done("save_as", tmp_path / "t.jsonl")
        (returned,) = (
            record.event
            for record in records_of(tmp_path / "t.jsonl")
            if isinstance(record.event, e.ToolReturned)
        )
        assert returned.content == "paid once"
        assert s.do("go").kind == "finished"


def test_the_world_of_a_deleted_file_goes_on_with_the_new_one(tmp_path: Path) -> None:
    with Sitting(tmp_path, refund) as s:
        s.to_call("process_credit")
        s.file.unlink()
        new = tmp_path / "t.jsonl"
        s.done("save_as", new)
        assert find(new, "sitting").own == tmp_path / "s.world"
        assert s.do("go").kind == "finished"


def test_payloads_are_saved_with_it(tmp_path: Path) -> None:
    with Sitting(tmp_path, refund) as s:
        s.session.append(e.UserSaid("x" * (MAX_INLINE + 1)), "live")
        s.session.sync()
        s.file.unlink()
        shutil.rmtree(tmp_path / "s.jsonl.blobs")
        s.done("save_as", tmp_path / "t.jsonl")
    with Journal.open(tmp_path / "t.jsonl") as journal:
        assert journal.problems == []
        assert len(event_of(journal.records[-1], e.UserSaid).text) == MAX_INLINE + 1


def test_a_name_that_is_taken_or_cannot_be_made_changes_nothing(tmp_path: Path) -> None:
    with Sitting(tmp_path, refund) as s:
        s.steps(2)
        s.file.unlink()
        (tmp_path / "taken.jsonl").write_text("theirs")
        assert "exists already" in s.do("save_as", tmp_path / "taken.jsonl").text
        assert "cannot be made" in s.do("save_as", tmp_path / "taken.jsonl" / "t.jsonl").text
        assert s.debugger.gone is not None
        s.done("save_as", tmp_path / "t.jsonl")
    assert (tmp_path / "taken.jsonl").read_text() == "theirs"


@pytest.mark.parametrize(("way", "word"), WAYS)
def test_leaving_it_unsaved_is_an_error(way: Way, word: str, tmp_path: Path) -> None:
    s = Sitting(tmp_path, refund)
    s.steps(2)
    way(s.file)
    with pytest.raises(NotSaved, match=word):
        s.close(remember=True)


def test_what_was_written_but_not_synced_when_it_was_deleted_is_not_called_saved(
    tmp_path: Path,
) -> None:
    with Journal.create(tmp_path / "s.jsonl") as journal:
        journal.append(e.Record(1, None, "t", "live", e.UserSaid("x")))
        os.unlink(tmp_path / "s.jsonl")  # noqa: PTH108
        with pytest.raises(NotSaved, match="was deleted while it was open"):
            journal.sync()
        assert journal.saved == 0


def test_a_file_that_was_moved_is_still_written(tmp_path: Path) -> None:
    with Sitting(tmp_path, refund) as s:
        s.steps(2)
        s.file.rename(tmp_path / "moved.jsonl")
        gone = s.debugger.gone
        assert gone == "s.jsonl was moved while it was open"
        s.done("notes.bookmark", 2, "noted")
        (tmp_path / "moved.jsonl").rename(s.file)
        assert s.debugger.gone is None
        s.steps(2)
        s.file.rename(tmp_path / "moved.jsonl")
        count = s.session.tree.last_id
    assert len(records_of(tmp_path / "moved.jsonl")) == count


def test_a_reader_minds_nothing(tmp_path: Path) -> None:
    with Sitting(tmp_path, refund) as s:
        s.steps(2)
        reader = Sitting(tmp_path, refund)
        assert reader.session.read_only
        s.file.unlink()
        assert reader.debugger.gone is None
        reader.close(remember=True)
        s.do("save_as", tmp_path / "t.jsonl")
