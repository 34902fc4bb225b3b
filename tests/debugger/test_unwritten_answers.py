"""What came back and could not be saved: it is known, written where it belongs, and never lost."""

from __future__ import annotations

import gc
import os
import threading
from errno import EIO
from pathlib import Path
from typing import Any

import pytest

from tests.debugger.conftest import Sit
from tests.debugger.flows import Ran, bill, pair
from tests.debugger.sitting import WAIT, Sitting, records_of
from tests.debugger.test_saving import Failing, same_as_on_disk
from tooltrace.core.model import events as e
from tooltrace.core.model.errors import NotSaved
from tooltrace.store.files import Files
from tooltrace.store.lines import decode


class Once(Files):
    """The real disk; the next sync or cut fails while ``sync`` or ``cut`` is above 0."""

    def __init__(self) -> None:
        self.syncs = self.cuts = 0

    def sync(self, fd: int) -> None:
        if self.syncs:
            self.syncs -= 1
            raise OSError(EIO, os.strerror(EIO))
        super().sync(fd)

    def truncate(self, fd: int, size: int) -> None:
        if self.cuts:
            self.cuts -= 1
            raise OSError(EIO, os.strerror(EIO))
        super().truncate(fd, size)


def starts(path: Path, tool: str) -> int:
    events = [record.event for record in records_of(path)]
    return sum(isinstance(event, e.ToolStarted) and event.tool == tool for event in events)


@pytest.mark.parametrize("cut", [0, 1])
def test_a_call_whose_start_was_not_saved_never_began(sit: Sit, tmp_path: Path, cut: int) -> None:
    files = Once()
    s = sit(bill(tmp_path), files=files)
    s.to_call("pay")
    files.syncs, files.cuts = 1, cut
    stop = s.do("step")
    assert (stop.kind, stop.saving) == ("error", True)
    assert s.snapshot.calls[0].status == "waiting"
    assert Ran(tmp_path).times("pay") == 0
    if not cut:
        # Also for who is killed now.
        assert starts(s.file, "pay") == 0
    s.close()
    assert starts(s.file, "pay") == 0
    r = sit(bill(tmp_path))
    assert r.do("go").kind == "finished"
    assert Ran(tmp_path).times("pay") == 1


def test_after_that_it_is_made_once_and_asked_about_never(sit: Sit, tmp_path: Path) -> None:
    files = Once()
    s = sit(bill(tmp_path), files=files)
    s.to_call("pay")
    files.syncs = 1
    assert s.do("go").kind == "error"
    assert s.do("go").kind == "finished"
    assert Ran(tmp_path).times("pay") == 1
    same_as_on_disk(s)


def test_of_calls_side_by_side_all_began_or_none(sit: Sit, tmp_path: Path) -> None:
    files = Once()
    s = sit(pair(tmp_path), files=files)
    while s.names[-1] != "model_replied":
        s.done("step")
    files.syncs = 1
    assert s.do("go").kind == "error"
    assert [call.status for call in s.snapshot.calls] == ["waiting", "waiting"]
    assert "tool_started" not in [r.event.name for r in records_of(s.file)]
    assert s.do("go").kind == "finished"
    assert len(Ran(tmp_path).all) == 2
    same_as_on_disk(s)


def test_what_was_read_while_the_disk_failed_is_not_read_again(sit: Sit, tmp_path: Path) -> None:
    files = Once()
    s = sit(bill(tmp_path), files=files)
    s.to_call("look")
    files.syncs = 1
    assert s.do("step").kind == "error"
    assert s.names[-1] == "tool_returned"
    assert s.do("go").kind == "finished"
    assert Ran(tmp_path).times("look") == 1
    same_as_on_disk(s)


def unpaid(sit: Sit, folder: Path, files: Failing) -> Sitting:
    """Somebody who paid, on a disk that then failed."""
    s = sit(bill(folder, paying=files.fail), files=files)
    assert s.do("go").kind == "error"
    assert s.snapshot.calls[0].status == "started"
    return s


def test_it_is_written_where_it_belongs_from_anywhere(sit: Sit, tmp_path: Path) -> None:
    files = Failing()
    s = unpaid(sit, tmp_path, files)
    started = s.head
    s.done("goto", s.view.path[0])
    files.mend()
    s.close()
    r = sit(bill(tmp_path))
    last = list(r.session.tree.records.values())[-1]
    assert (last.parent, last.event.name) == (started, "tool_returned")
    r.done("goto", last.id)
    assert r.do("go").kind == "finished"
    assert Ran(tmp_path).times("pay") == 1


def test_the_way_goes_on_to_it(sit: Sit, tmp_path: Path) -> None:
    files = Failing()
    s = unpaid(sit, tmp_path, files)
    tip = s.head
    s.done("back")
    files.mend()
    assert s.do("go").kind == "end"  # Along what was there, the answer at its end.
    assert s.do("go").kind == "finished"
    paths = s.session.tree
    assert [paths[child].event.name for child in paths.children(tip)] == ["tool_returned"]
    assert Ran(tmp_path).times("pay") == 1
    same_as_on_disk(s)


def test_leaving_tells_the_line_that_it_would_be(sit: Sit, tmp_path: Path) -> None:
    files = Failing()
    s = unpaid(sit, tmp_path, files)
    with pytest.raises(NotSaved):
        s.close()
    lines = s.session.unsaved
    files.mend()
    kept = records_of(s.file)
    with s.file.open("ab") as file:
        file.write(b"".join(lines))
    r = sit(bill(tmp_path))
    assert [record.id for record in records_of(s.file)][: len(kept)] == [r.id for r in kept]
    found = decode(lines[-1].rstrip(b"\n"))
    assert isinstance(found, e.Record) and isinstance(found.event, e.ToolReturned)
    assert found.event.content == {"paid": 25}
    assert r.do("go").kind in ("finished", "end")
    assert r.do("go").kind == "finished"
    assert Ran(tmp_path).times("pay") == 1


def test_two_that_are_owed_stand_one_after_the_other(sit: Sit, tmp_path: Path) -> None:
    files = Failing()
    s = sit(pair(tmp_path, left=files.fail, right=files.fail), files=files)
    assert s.do("go").kind == "error"
    with pytest.raises(NotSaved):
        s.close()
    with s.file.open("ab") as file:
        file.write(b"".join(s.session.unsaved))
    files.mend()
    r = sit(pair(tmp_path))
    r.done("goto", r.session.tree.last_id)
    assert [call.status for call in r.snapshot.calls] == ["returned", "returned"]
    assert r.do("go").kind == "finished"
    assert len(Ran(tmp_path).all) == 2


def test_what_no_file_can_hold_still_returned(
    sit: Sit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    s = sit(bill(tmp_path))
    s.to_call("pay")
    real = s.journal.append

    def append(record: e.Record) -> e.Record:
        event: Any = record.event
        if isinstance(event, e.ToolReturned) and event.content == {"paid": 25}:
            raise ValueError("it is too deep")
        return real(record)

    monkeypatch.setattr(s.journal, "append", append)
    s.done("step")
    event = s.path[-1].event
    assert isinstance(event, e.ToolReturned)
    assert event.is_error
    assert event.content == "it returned, but its result cannot be written down: it is too deep"


def test_a_failure_of_the_model_is_owed_too(sit: Sit, tmp_path: Path) -> None:
    class Down:
        files = Failing()

        async def ask(self, request: object, heard: object = None) -> object:
            from tooltrace.core.model.events import ModelFailed
            from tooltrace.core.model.ports import PortAnswer

            self.files.fail()
            return PortAnswer(ModelFailed("529", status=529), "live")

        def cancel(self) -> bool:
            return False

    down = Down()
    s = sit(bill(tmp_path), files=down.files, model=down)
    assert s.do("step").kind == "error"
    down.files.mend()
    s.close()
    assert records_of(s.file)[-1].event.name == "model_failed"


def test_where_one_stood_is_no_fact_that_is_missed(sit: Sit, tmp_path: Path) -> None:
    files = Failing()
    s = sit(bill(tmp_path), files=files)
    s.steps(2)
    s.do("back")
    files.fail()
    with pytest.raises(NotSaved):
        s.close(remember=True)
    assert s.session.unsaved == ()


def test_nothing_is_owed_by_who_only_reads(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    s.steps(1)
    r = sit(bill(tmp_path))
    assert r.session.unsaved == ()


@pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning")
def test_who_leaves_while_the_world_is_still_being_kept_knows_the_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping, go_on = threading.Event(), threading.Event()
    s = Sitting(tmp_path, bill(tmp_path, world=True))
    s.to_call("pay")
    assert s.worlds is not None
    real = s.worlds.world.snapshot

    def slowly(folder: Path) -> str:
        keeping.set()
        go_on.wait(WAIT)
        return real(folder)

    monkeypatch.setattr(s.worlds.world, "snapshot", slowly)
    s.debugger.submit.step()
    assert keeping.wait(WAIT)
    s.debugger.close(timeout=0.01)
    try:
        (line,) = s.session.unsaved
        found = decode(line.rstrip(b"\n"))
        assert isinstance(found, e.Record) and isinstance(found.event, e.ToolReturned)
        assert found.event.content == {"paid": 25}
    finally:
        go_on.set()
        s.port.close()
        s.debugger._parts.loop._thread.join(WAIT)
        gc.collect()  # What was to be done on leaving never began.
