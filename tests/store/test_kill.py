"""A process that is really killed while it writes: nothing that it acknowledged is lost."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.store.build import AT, assert_tree, last_place, root, whole
from tooltrace.core.model.events import ContextEdited, Record
from tooltrace.store import Journal

KILLS = 20


def event(number: int) -> ContextEdited:
    return ContextEdited("k", [number, "x" * (number * 37 % 3_000)])


def write_for_ever(path: Path, pipe: int) -> None:
    """Append in groups of one to four, and tell the pipe what is saved."""
    journal = Journal.open(path, writable=True)
    assert journal.read_only is None, journal.read_only
    while True:
        for _ in range(1 + journal.next_id % 4):
            number = journal.next_id
            journal.append(Record(number, 1, AT, "live", event(number)))
        journal.sync()
        os.write(pipe, journal.saved.to_bytes(8, "big"))


def killed_after(path: Path, acknowledgements: int, spins: int) -> int:
    """Let a child write, kill it, and give the last id that it said was saved."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(read)
            write_for_ever(path, write)
        finally:
            os._exit(70)
    os.close(write)
    got = b""
    while len(got) < 8 * acknowledgements:
        part = os.read(read, 8)
        assert part, "the child stopped by itself"
        got += part
    until = time.perf_counter_ns() + spins
    while time.perf_counter_ns() < until:
        pass
    os.kill(child, signal.SIGKILL)
    while part := os.read(read, 4096):
        got += part
    os.close(read)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    return int.from_bytes(got[-8:] if len(got) % 8 == 0 else got[: len(got) // 8 * 8][-8:], "big")


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
def test_nothing_acknowledged_is_lost_to_sigkill(tmp_path: Path) -> None:
    draw = random.Random(20_26)
    path = tmp_path / "s.jsonl"
    with Journal.create(path) as journal:
        journal.append(root())
        journal.sync()
    before: list[Record] = []
    for _ in range(KILLS):
        acknowledged = killed_after(path, draw.randint(1, 6), draw.randint(0, 1_500_000))
        left = path.read_bytes()
        with Journal.open(path, writable=True) as journal:
            records = whole(journal)
            assert_tree(journal.records)
            assert records[: len(before)] == before
            found = {record.id: record.event for record in records}
            missing = set(range(2, acknowledged + 1)) - found.keys()
            assert missing <= {p.record for p in journal.problems}
            assert all(found[n] == event(n) for n in found if n > 1)
            assert acknowledged in found
            number = journal.next_id
            journal.append(Record(number, last_place(records), AT, "live", event(number)))
            journal.sync()
        assert path.read_bytes().startswith(left)
        with Journal.open(path) as journal:
            before = whole(journal)
            assert before[:-1] == records
            assert before[-1].id == number
