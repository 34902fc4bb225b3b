"""What is on disk and what is not: where one stood, a second opener, a disk that fills up."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from errno import EIO, ENOSPC
from pathlib import Path

import pytest

from tests.debugger.conftest import Sit
from tests.debugger.flows import Ran, bill, pair, till
from tests.debugger.sitting import WAIT, Sitting, clock, records_of
from tooltrace import Workflow
from tooltrace.core.model import events as e
from tooltrace.core.model.errors import NotSaved
from tooltrace.core.model.notes import HeadSet
from tooltrace.debugger.session.session import Session
from tooltrace.store.files import Files
from tooltrace.store.journal import Journal


class Failing(Files):
    """The real disk, until ``at`` more of its writes and syncs have been made; then it fails."""

    def __init__(self) -> None:
        self.at: int | None = None
        self.calls = 0

    def fail(self, after: int = 0) -> None:
        self.at = self.calls + after

    def mend(self) -> None:
        self.at = None

    def _count(self, error: int) -> None:
        self.calls += 1
        if self.at is not None and self.calls > self.at:
            raise OSError(error, os.strerror(error))

    def write(self, fd: int, data: bytes | memoryview) -> int:
        self._count(ENOSPC)
        return super().write(fd, data)

    def sync(self, fd: int) -> None:
        self._count(EIO)
        super().sync(fd)


def same_as_on_disk(s: Sitting) -> None:
    """A session read back is the one in memory, record for record and snapshot for snapshot."""
    kept = records_of(s.file)
    mine = sorted([*s.session.tree.records.values(), *s.session.tree.notes], key=lambda r: r.id)
    assert kept == mine
    with Journal.open(s.file) as journal:
        again = Session(clock, journal)
        for record_id in again.tree.records:
            assert again.tree.snapshot_at(record_id) == s.session.tree.snapshot_at(record_id)


# -- where one stood --------------------------------------------------------------------------


def test_where_one_stood_survives_closing(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.do("go")
    s.done("edit.result", s.last(e.ToolReturned, "look"), {"amount": 1, "good": True})
    s.done("turn")
    s.do("back")
    place = (s.head, s.view.path, s.snapshot)
    s.close(remember=True)
    s = sit(bill(tmp_path))
    assert (s.head, s.view.path, s.snapshot) == place
    size = s.file.stat().st_size
    s.close(remember=True)  # Looking alone changes nothing.
    assert s.file.stat().st_size == size


def test_an_undone_change_stays_undone_after_closing(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    ref = s.to_call("pay")
    s.done("edit.answer", ref, {"paid": 0})
    s.done("edit.undo")
    s.close(remember=True)
    s = sit(bill(tmp_path))
    assert [c.status for c in s.snapshot.calls] == ["waiting"] and s.view.at_tip
    s.steps(1)
    assert Ran(tmp_path).times("pay") == 1


def test_a_place_noted_before_a_crash_is_not_taken_for_the_last_one(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(bill(tmp_path))
    s.steps(2)
    s.do("back")
    s.close(remember=True)
    s = sit(bill(tmp_path))
    s.to_call("pay")
    s.steps(1)
    last = s.head
    s.die()
    s = sit(bill(tmp_path))
    assert (s.head, s.view.tip) == (last, last)


def test_a_note_that_makes_no_sense_is_left_alone(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.steps(2)
    s.session.note(HeadSet(4, 2))  # A head behind its tip.
    s.session.note(HeadSet(99, 99))
    s.close()
    s = sit(bill(tmp_path))
    assert s.view.head in s.view.path
    assert s.do("go").kind in ("finished", "end")


# -- a second opener --------------------------------------------------------------------------


def test_a_second_opener_reads_along(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.steps(2)
    r = sit(bill(tmp_path))
    assert r.view.read_only and str(os.getpid()) in r.view.read_only
    assert (r.view.path, r.snapshot) == (s.view.path, s.snapshot)
    s.steps(3)
    before = r.view.changes
    r.done("follow")
    assert r.view.changes > before
    assert (r.head, r.view.path, r.snapshot) == (s.head, s.view.path, s.snapshot)
    # Who looks at something stays there, and sees that there is more.
    r.do("back")
    place = r.head
    s.steps(2)
    r.done("follow")
    assert r.head == place and r.view.path == s.view.path
    # Another branch of the writer is there, and is not switched to.
    way = s.view.path
    s.done("edit.result", s.last(e.ToolReturned, "look"), {"amount": 1, "good": True})
    r.done("follow")
    assert r.view.path == way
    assert [b.name for b in r.view.branches] == ["main", "edit"]
    for command in ("edit.undo", "edit.fork", "finish"):
        assert r.do(command).kind == "error"
    r.done("goto", r.view.path[-1])
    stop = r.do("step")
    assert stop.kind == "error" and "read" in stop.text
    assert records_of(s.file) == list(s.session.tree.records.values())


def test_reading_along_needs_no_command(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    r = sit(bill(tmp_path))
    s.steps(2)
    late = time.monotonic() + WAIT
    while len(r.session.path) <= 2:
        assert time.monotonic() < late
        time.sleep(0.01)
    r.done("follow")
    assert r.head == s.head


def test_when_the_writer_has_left_somebody_else_may_write(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.close()
    r = sit(bill(tmp_path))
    assert r.view.read_only is None
    assert r.do("go").kind == "finished"


# -- a disk that fills up ---------------------------------------------------------------------


def total(tmp_path: Path, flow: str) -> int:
    """How many writes and syncs a whole run takes."""
    folder = tmp_path / "whole"
    folder.mkdir()
    files = Failing()
    with Sitting(folder, FLOWS[flow](folder), files=files) as s:
        begun = files.calls
        assert s.do("go").kind == "finished"
        return files.calls - begun


FLOWS: dict[str, Callable[[Path], Workflow]] = {
    "bill": bill,
    "pair": pair,
    "till": lambda folder: till(folder, rounds=1),
}


@pytest.mark.parametrize("flow", FLOWS)
def test_a_disk_that_fails_anywhere_is_said_and_nothing_is_lost_or_run_twice(
    sit: Sit, tmp_path: Path, flow: str
) -> None:
    for after in range(total(tmp_path, flow)):
        folder = tmp_path / str(after)
        folder.mkdir()
        files = Failing()
        workflow = FLOWS[flow](folder)
        acts = {tool.name for tool in workflow.spec.tools if tool.effect != "reads"}
        s = sit(workflow, files=files, folder=folder)
        files.fail(after)
        stop = s.do("go")
        assert stop.kind == "error", after
        assert "saved" in stop.text and "\n" not in stop.text
        assert s.do("go").kind == "error"
        saved, head = s.view.saved, s.head
        assert [r.id for r in records_of(s.file)][: saved - 1] == list(range(1, saved))
        files.mend()
        assert s.do("go").kind == "finished", (after, head)
        assert s.view.saved == s.head
        ran = [name for name, _, _ in Ran(folder).all if name in acts]
        assert sorted(ran) == sorted(set(ran)), after
        same_as_on_disk(s)
        s.close()


def test_an_edit_that_cannot_be_saved_leaves_one_where_one_stood(sit: Sit, tmp_path: Path) -> None:
    files = Failing()
    s = sit(pair(tmp_path), files=files)
    s.steps(3)
    first = next(r.id for r in s.path if isinstance(r.event, e.ToolReturned))
    for after in (0, 1):  # The edited record itself, and what is repeated behind it.
        place = (s.head, s.view.path, s.snapshot)
        files.fail(after)
        assert s.do("edit.result", first, "mine").kind == "error"
        assert (s.head, s.view.path, s.snapshot) == place
        assert not s.view.can_undo
        files.mend()
    s.done("edit.result", first, "mine")
    same_as_on_disk(s)
    assert s.do("go").kind == "finished"


def test_closing_says_what_could_not_be_saved_and_lets_go(sit: Sit, tmp_path: Path) -> None:
    files = Failing()
    s = sit(bill(tmp_path), files=files)
    s.steps(2)
    s.do("back")
    files.fail()
    with pytest.raises(NotSaved):
        s.close(remember=True)
    assert sit(bill(tmp_path)).view.read_only is None


def test_a_yes_that_came_to_nothing_is_no_yes_for_later(sit: Sit, tmp_path: Path) -> None:
    files = Failing()
    s = sit(bill(tmp_path), files=files)
    s.to_call("pay")
    s.steps(1)
    assert s.do("edit.retry", s.head).kind == "confirm"
    files.fail()
    assert s.do("confirm").kind == "error"
    files.mend()
    here = s.head
    s.done("goto", s.view.path[0])
    s.done("goto", here)
    assert s.do("step").kind == "confirm"
    assert Ran(tmp_path).times("pay") == 1


def test_a_result_that_could_not_be_saved_is_saved_on_leaving(sit: Sit, tmp_path: Path) -> None:
    files = Failing()
    s = sit(bill(tmp_path, paying=files.fail), files=files)
    assert s.do("go").kind == "error"
    assert [c.status for c in s.snapshot.calls] == ["started"]
    files.mend()
    s.close()
    r = sit(bill(tmp_path))
    assert [(c.status, c.content) for c in r.snapshot.calls] == [("returned", {"paid": 25})]
    assert r.do("go").kind == "finished"
    assert Ran(tmp_path).times("pay") == 1


def test_a_file_that_was_deleted_is_said(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.steps(1)
    s.file.unlink()
    stop = s.do("step")
    assert stop.kind == "error" and "deleted" in stop.text
    assert Ran(tmp_path).all == []
    assert s.do("back").kind == "step"  # Looking at it still works.
    with pytest.raises(NotSaved, match="deleted"):
        s.close()


def test_ids_of_damaged_lines_are_not_given_out_again(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.steps(3)
    s.close()
    lines = s.file.read_bytes().splitlines(keepends=True)
    s.file.write_bytes(b"".join(lines[:-1]) + lines[-1][:60])  # Torn while it was written.
    s = sit(bill(tmp_path))
    torn = len(lines)
    assert torn not in s.session.tree
    s.do("go")
    if s.view.stop.kind == "end":
        s.do("go")
    assert torn not in s.session.tree
    assert len(records_of(s.file)) == len(s.session.tree)
    same_as_on_disk(s)
