"""Every call to the disk, failing in every way: what was acknowledged is still there afterwards,
once, and whatever is not whole is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.build import AT, assert_tree, history, is_placeholder, root, said, write
from tests.store.memory import Crash, Fault, Memory
from tooltrace.core.model.errors import BadSession, NotSaved, ToolTraceError
from tooltrace.core.model.events import CallRef, Record, ToolReturned
from tooltrace.store import Journal
from tooltrace.store.lines import encode

PATH = Path("/session.jsonl")
GROUPS = ((2, 3), (4,))


def record(number: int) -> Record:
    content = {"order": number, "items": ["mug"] * 9, "note": "x" * (210 * number), "big": 2**70}
    event = ToolReturned(CallRef(number - 1, 0), content, ms=1.5)
    return Record(number, number - 1, AT, "live", event)


RECORDS = {1: root(), **{number: record(number) for number in range(2, 10)}}


class Teller:
    """A person at work: appends in groups, tries again when told to, notes what was saved."""

    def __init__(self, disk: Memory) -> None:
        self.disk = disk
        self.acknowledged = 0

    def work(self, content: bytes | None) -> None:
        journal = self._opened(content)
        if journal is None or journal.read_only:
            return
        try:
            if not journal.written:
                self._append(journal, 1)
                self._sync(journal)
            for group in GROUPS:
                for number in group:
                    if number > journal.written:
                        self._append(journal, number)
                self._sync(journal)
        except NotSaved:
            return
        journal.close()

    def _opened(self, content: bytes | None) -> Journal | None:
        for _ in range(2):
            try:
                if content is None:
                    return Journal.create(PATH, self.disk)
                return Journal.open(PATH, writable=True, files=self.disk)
            except ToolTraceError as error:
                assert "\n" not in str(error)
        return None

    def _append(self, journal: Journal, number: int) -> None:
        try:
            journal.append(RECORDS[number])
        except NotSaved:
            try:
                journal.append(RECORDS[number])
            except NotSaved:
                journal.reopen()
                journal.append(RECORDS[number])

    def _sync(self, journal: Journal) -> None:
        try:
            journal.sync()
        except NotSaved:
            assert journal.saved == self.acknowledged or journal.saved < journal.written
            with pytest.raises(NotSaved):
                journal.sync()
            journal.reopen()
        assert journal.saved == journal.written
        self.acknowledged = journal.saved


def check(content: bytes | None, acknowledged: int) -> Memory | None:
    """Read what was left: nothing acknowledged is missing, nothing is there twice or unnamed."""
    if content is None:
        assert acknowledged == 0
        return None
    disk = Memory(content)
    try:
        journal = Journal.open(PATH, writable=True, files=disk)
    except BadSession:
        assert acknowledged == 0
        return None
    assert disk.after_kill() == content
    assert_tree(journal.records)
    real = {r.id: r for r in journal.records if not is_placeholder(r)}
    assert set(range(1, acknowledged + 1)) <= real.keys()
    for number, found in real.items():
        assert found == RECORDS.get(number, found)
    lines = [line for line in content.split(b"\n") if line]
    assert len(lines) == len(real) + sum(problem.set_aside for problem in journal.problems)
    journal.append(said(journal.next_id, "afterwards", parent=journal.written))
    journal.sync()
    assert disk.after_power_cut() == disk.after_kill()
    again = Journal.open(PATH, files=Memory(disk.after_power_cut()))
    assert again.records == [*journal.records, again.records[-1]]
    assert again.records[-1].event == said(1, "afterwards", 0).event
    assert len(again.problems) == len(journal.problems)
    return disk


def faults(calls: list[tuple[str, int]]) -> Iterator[Fault]:
    for call, (name, size) in enumerate(calls):
        for kind in ("crash", "EIO", "ENOSPC", "EINTR"):
            yield Fault(call, kind, then="")
            yield Fault(call, kind, then="EIO")
        if name == "write":
            for taken in range(1, size + 1):
                yield Fault(call, "crash", taken)
            for taken in range(1, size):
                yield Fault(call, "short", taken)
                yield Fault(call, "short", taken, "ENOSPC")
                if taken % 9 == 0:
                    yield Fault(call, "short", taken, "crash")
                    yield Fault(call, "short", taken, "EINTR")


TORN = encode(RECORDS[1]) + encode(RECORDS[2]) + encode(RECORDS[3])[:90]


@pytest.mark.long
@pytest.mark.parametrize("content", [None, TORN], ids=["new", "torn"])
def test_every_call_failing_in_every_way(content: bytes | None) -> None:
    rehearsal = Memory(content)
    Teller(rehearsal).work(content)
    tried = 0
    checked = set()
    for fault in faults(rehearsal.calls):
        disk = Memory(content, fault)
        teller = Teller(disk)
        try:
            teller.work(content)
        except Crash:
            pass
        else:
            assert disk.fired
        for left in (disk.after_kill(), disk.after_power_cut()):
            if (left, teller.acknowledged) not in checked:
                checked.add((left, teller.acknowledged))
                check(left, teller.acknowledged)
        tried += 1
    assert tried >= 5_000


def test_a_failed_write_is_undone_and_the_same_record_can_be_tried_again() -> None:
    disk = Memory(None, Fault(-1))
    journal = Journal.create(PATH, disk)
    journal.append(RECORDS[1])
    before = disk.after_kill()
    assert before is not None
    disk.fault = Fault(len(disk.calls), "short", 40, "ENOSPC")
    with pytest.raises(
        NotSaved, match=r"#2 was not saved to session\.jsonl: .*disk space, then try"
    ):
        journal.append(RECORDS[2])
    assert disk.after_kill() == before
    journal.append(RECORDS[2])
    assert disk.after_kill() == before + encode(RECORDS[2])
    assert journal.written == 2


def test_when_undoing_fails_too_nothing_more_is_written_until_reopened() -> None:
    disk = Memory()
    journal = Journal.create(PATH, disk)
    journal.append(RECORDS[1])
    journal.sync()
    journal.append(RECORDS[2])

    class Failing(Memory):
        def truncate(self, fd: int, size: int) -> None:
            raise OSError(5, "Input/output error")

    disk.fault = Fault(len(disk.calls), "short", 40, "EIO")
    disk.__class__ = Failing
    with pytest.raises(NotSaved):
        journal.append(RECORDS[3])
    torn = disk.after_kill()
    for attempt in (lambda: journal.append(RECORDS[3]), journal.sync, journal.reopen):
        with pytest.raises(NotSaved, match=r"session\.jsonl"):
            attempt()
    assert disk.after_kill() == torn
    assert check(torn, 1)
    disk.__class__ = Memory
    journal.reopen()
    assert journal.saved == 2
    assert disk.after_power_cut() == encode(RECORDS[1]) + encode(RECORDS[2])


def test_a_second_sync_never_vouches_for_what_a_failed_one_lost() -> None:
    disk = Memory()
    journal = Journal.create(PATH, disk)
    journal.append(RECORDS[1])
    journal.sync()
    journal.append(RECORDS[2])
    disk.fault = Fault(len(disk.calls), "EIO")
    with pytest.raises(NotSaved, match="nothing after #1 is known to be saved"):
        journal.sync()
    for attempt in (journal.sync, lambda: journal.append(RECORDS[3])):
        with pytest.raises(NotSaved):
            attempt()
    assert journal.saved == 1
    assert disk.after_power_cut() == encode(RECORDS[1])
    journal.reopen()
    assert journal.saved == 2
    assert disk.after_power_cut() == encode(RECORDS[1]) + encode(RECORDS[2])


def test_a_signal_at_any_call_goes_unnoticed() -> None:
    rehearsal = Memory()
    Teller(rehearsal).work(None)
    for call in range(len(rehearsal.calls)):
        disk = Memory(None, Fault(call, "EINTR", then="EINTR"))
        with Journal.create(PATH, disk) as journal:
            for number in (1, 2, 3, 4):
                journal.append(RECORDS[number])
                journal.sync()
        with Journal.open(PATH, files=disk) as journal:
            assert journal.records == [RECORDS[number] for number in (1, 2, 3, 4)]
        assert disk.fired


def test_one_record_is_one_write() -> None:
    disk = Memory()
    journal = Journal.create(PATH, disk)
    for number in range(1, 9):
        journal.append(RECORDS[number])
    journal.sync()
    writes = [size for name, size in disk.calls if name == "write"]
    assert writes == [len(encode(RECORDS[number])) for number in range(1, 9)]
    assert [name for name, _ in disk.calls].count("sync") == 1


@pytest.mark.long
def test_torn_at_every_byte_of_the_last_three_records(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    records = history(6)
    lines = write(path, records)
    data = path.read_bytes()
    for cut in range(len(b"".join(lines[:3])), len(data)):
        path.write_bytes(data[:cut])
        kept = data[:cut].count(b"\n")
        torn, why = data[:cut].rpartition(b"\n")[2], "incomplete, set aside"
        if torn.endswith(b'"}') and len(torn) == len(lines[kept]) - 1:
            kept += 1
            why = "there is no newline at its end: the file may have been cut off there"
        line = kept if why.startswith("there") else kept + 1
        with Journal.open(path, writable=True) as journal:
            assert journal.records == records[:kept]
            assert [str(p) for p in journal.problems] == ([f"line {line}: {why}"] if torn else [])
            assert path.read_bytes() == data[:cut]
            journal.append(said(9, parent=kept))
        with Journal.open(path) as journal:
            assert [r.id for r in journal.records] == [*range(1, kept + 1), 9]
        assert path.read_bytes().startswith(data[:cut])
