"""A disk that is full: what came back still has room, and nothing begins that would have none."""

from __future__ import annotations

import os
from errno import EACCES, EDQUOT, EIO, ENOSPC, ENOTSUP
from pathlib import Path

import pytest

from tests.store.build import AT, root
from tooltrace.core.model.errors import NotSaved
from tooltrace.core.model.events import (
    CallRef,
    ModelCalled,
    ModelReplied,
    Record,
    ToolReturned,
    ToolStarted,
    UserSaid,
)
from tooltrace.store import Journal
from tooltrace.store.disk_reserve import ROOM, Reserve
from tooltrace.store.files import Files


class Disk(Files):
    """The real files on a disk of ``free`` bytes."""

    def __init__(self, free: int = 1 << 30, error: int = ENOSPC) -> None:
        self.free = free
        self.error = error
        self.nameless: dict[int, int] = {}
        self.refused: int | None = None

    def _take(self, size: int) -> None:
        if size > self.free:
            raise OSError(self.error, os.strerror(self.error))
        self.free -= size

    def open_nameless(self, folder: Path) -> int:
        if self.refused is not None:
            raise OSError(self.refused, os.strerror(self.refused))
        fd = super().open_nameless(folder)
        self.nameless[fd] = 0
        return fd

    def allocate(self, fd: int, size: int) -> None:
        self._take(size - self.nameless[fd])
        super().allocate(fd, size)
        self.nameless[fd] = size

    def truncate(self, fd: int, size: int) -> None:
        before = os.fstat(fd).st_size
        super().truncate(fd, size)
        self.free += before - size
        if fd in self.nameless:
            self.nameless[fd] = 0

    def write(self, fd: int, data: bytes | memoryview) -> int:
        self._take(len(data))
        return super().write(fd, data)


def start(number: int) -> Record:
    return Record(number, number - 1, AT, "live", ToolStarted(CallRef(1, 0), "pay"))


def result(number: int, size: int = 1000) -> Record:
    event = ToolReturned(CallRef(1, 0), "x" * size)
    return Record(number, number - 1, AT, "live", event)


def journal_on(disk: Disk, folder: Path) -> Journal:
    journal = Journal.create(folder / "s.jsonl", disk)
    journal.append(root())
    journal.sync()
    return journal


@pytest.mark.parametrize("error", [ENOSPC, EDQUOT])
def test_a_result_has_room_where_there_is_no_other(tmp_path: Path, error: int) -> None:
    disk = Disk(error=error)
    with journal_on(disk, tmp_path) as journal:
        journal.append(start(2))
        journal.sync()
        disk.free = 10
        journal.append(result(3))
        journal.sync()
        assert journal.saved == 3
    with Journal.open(tmp_path / "s.jsonl") as again:
        assert again.problems == []
        assert [record.id for record in again.records] == [1, 2, 3]
    assert list(tmp_path.iterdir()) == [tmp_path / "s.jsonl"]  # The room has no name.


@pytest.mark.parametrize(
    "event", [ModelReplied({"content": []}), UserSaid("x" * 500), ToolReturned(CallRef(1, 0), 1)]
)
def test_whatever_is_no_beginning_may_use_the_room(tmp_path: Path, event: ModelReplied) -> None:
    disk = Disk()
    with journal_on(disk, tmp_path) as journal:
        journal.append(start(2))
        disk.free = 0
        journal.append(Record(3, 2, AT, "live", event))
        journal.sync()


@pytest.mark.parametrize("event", [ToolStarted(CallRef(1, 0), "pay"), ModelCalled("d")])
def test_nothing_begins_without_room_for_what_comes_of_it(
    tmp_path: Path, event: ModelCalled
) -> None:
    disk = Disk()
    with journal_on(disk, tmp_path) as journal:
        disk.free = ROOM - 1  # Enough for the line.
        with pytest.raises(NotSaved, match=r"#2 was not saved .*free some disk space, then try"):
            journal.append(Record(2, 1, AT, "live", event))
        assert journal.written == 1
        disk.free = ROOM + 1000
        journal.append(start(2))
        disk.free = 0
        journal.append(result(3))
        # The room is spent: there has to be some again before anything else begins.
        with pytest.raises(NotSaved):
            journal.append(start(4))
        journal.sync()
        disk.free = ROOM + 1000
        journal.append(start(4))
        disk.free = 0
        journal.append(result(5))
        journal.sync()
        assert journal.saved == 5


def test_a_start_does_not_use_the_room(tmp_path: Path) -> None:
    disk = Disk()
    with journal_on(disk, tmp_path) as journal:
        journal.append(start(2))
        disk.free = 20
        with pytest.raises(NotSaved):
            journal.append(start(3))
        journal.append(result(3))
        journal.sync()


def test_what_is_larger_than_the_room_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    disk = Disk()
    with journal_on(disk, tmp_path) as journal:
        journal.append(start(2))
        journal.sync()
        before = (tmp_path / "s.jsonl").read_bytes()
        disk.free = 0
        with pytest.raises(NotSaved):
            journal.append(result(3, ROOM + 1))
        assert (tmp_path / "s.jsonl").read_bytes() == before
        journal.append(result(3))
        journal.sync()


@pytest.mark.parametrize("error", [EACCES, ENOTSUP, EIO])
def test_where_no_room_can_be_kept_it_is_done_without(tmp_path: Path, error: int) -> None:
    disk = Disk()
    disk.refused = error
    with journal_on(disk, tmp_path) as journal:
        journal.append(start(2))
        journal.append(result(3))
        journal.sync()
        assert journal.saved == 3


def test_the_room_is_real_and_given_back(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path, Files())
    reserve.hold()
    if reserve._impossible:
        pytest.skip("this file system keeps no room")
    fd = reserve._fd
    assert fd is not None
    assert os.fstat(fd).st_blocks * 512 >= ROOM
    assert os.fstat(fd).st_nlink == 0
    assert reserve.spend()
    assert not reserve.spend()
    assert os.fstat(fd).st_size == 0
    reserve.hold()
    assert os.fstat(fd).st_size == ROOM
    reserve.close()
    assert list(tmp_path.iterdir()) == []


def test_a_sync_that_finds_no_room_is_mended_by_writing_again(tmp_path: Path) -> None:
    class Late(Disk):
        late = False

        def sync(self, fd: int) -> None:
            if self.late and fd not in self.nameless:
                self.late = False
                raise OSError(ENOSPC, os.strerror(ENOSPC))
            super().sync(fd)

    disk = Late()
    with journal_on(disk, tmp_path) as journal:
        journal.append(start(2))
        journal.sync()
        journal.append(result(3))
        disk.late = True
        with pytest.raises(NotSaved):
            journal.sync()
        disk.free = 0
        journal.reopen()
        assert journal.saved == 3


def test_what_never_happened_is_taken_out_again(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    with journal_on(Disk(), tmp_path) as journal:
        journal.append(result(2))
        before = path.read_bytes()
        journal.append(start(3))
        journal.append(start(4))
        journal.take_back(2)
        assert path.read_bytes() == before
        assert (journal.written, journal.saved) == (2, 1)
        journal.append(result(3))
        journal.sync()
        journal.take_back(1)  # What is saved stays.
        assert journal.saved == journal.written == 3
    with Journal.open(path) as again:
        assert [type(record.event).__name__ for record in again.records][1:] == ["ToolReturned"] * 2


def test_a_torn_end_is_still_closed_off_after_what_followed_was_taken_out(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    journal_on(Disk(), tmp_path).close()
    torn = path.read_bytes() + b'{"id":2,"par'
    path.write_bytes(torn)
    with Journal.open(path, writable=True) as journal:
        number = journal.next_id
        journal.append(Record(number, 1, AT, "live", ToolStarted(CallRef(1, 0), "pay")))
        journal.take_back(1)
        assert path.read_bytes() == torn
        journal.append(Record(number, 1, AT, "live", UserSaid("on")))
        journal.sync()
    with Journal.open(path) as again:
        assert [record.id for record in again.records] == [1, number]
        assert len(again.problems) == 1
