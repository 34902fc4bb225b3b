"""Events too large for a line: kept beside the session, durable before they are named."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from tests.store.build import AT, history, problems, root, said
from tooltrace.core.model.errors import NotSaved
from tooltrace.core.model.events import CallRef, Record, ToolReturned, Unknown
from tooltrace.store import Journal, blobs, journal
from tooltrace.store.files import Files
from tooltrace.store.lines import encode


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def small_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MAX_INLINE", 5_000)


def large(number: int, size: int = 9_000) -> Record:
    content = {"text": "\ud800x" * (size // 2), "big": 2**70, "$blob": "no"}
    return Record(number, number - 1, AT, "live", ToolReturned(CallRef(2, 0), content, ms=2.5))


def kept(path: Path) -> list[Path]:
    return sorted((path.parent / f"{path.name}.blobs").iterdir())


@pytest.mark.usefixtures("small_lines")
def test_large_events_live_in_files_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    records = [*history(2), large(3), large(4, 8_000), large(5)]
    with Journal.create(path) as opened:
        for record in records:
            opened.append(record)
        opened.sync()
    assert path.stat().st_size < 5_000
    assert b'"type":"tool_returned","event":{"$blob":"' in path.read_bytes()
    first, second = kept(path)
    assert mode(first) == mode(second) == 0o600
    assert mode(first.parent) == 0o700
    assert {sha256(p.read_bytes()).hexdigest() for p in (first, second)} == {
        first.name,
        second.name,
    }
    with Journal.open(path) as again:
        assert again.records == records
        assert problems(again) == []


def replaced_by(make: Callable[[Path], None]) -> Callable[[Path], None]:
    def replace(path: Path) -> None:
        path.unlink()
        make(path)

    return replace


@pytest.mark.usefixtures("small_lines")
@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (lambda p: p.unlink(), "cannot be read: no such file or directory"),
        (lambda p: p.write_bytes(p.read_bytes()[:-1]), "is damaged: it does not match its name"),
        (replaced_by(Path.mkdir), "cannot be read: is a folder"),
        (replaced_by(os.mkfifo), "cannot be read: is not a regular file"),
    ],
)
def test_a_lost_blob_is_named_and_costs_its_record_only(
    harm: Callable[[Path], object], why: str, tmp_path: Path
) -> None:
    path = tmp_path / "s.jsonl"
    with Journal.create(path) as opened:
        for record in [*history(2), large(3), said(4)]:
            opened.append(record)
    harm(kept(path)[0])
    before = path.read_bytes()
    with Journal.open(path, writable=True) as again:
        lost = again.records[2]
        assert isinstance(lost.event, Unknown)
        assert lost.event.type == "tool_returned"
        assert why in lost.event.problem
        assert [again.records[n] for n in (0, 1, 3)] == [root(), said(2), said(4)]
        assert [p.record for p in again.problems] == [3]
        copy = Record(5, 4, AT, "recorded", lost.event, of=3)
        again.append(copy)
    assert path.read_bytes().startswith(before)
    assert Journal.open(path).records[-1] == copy


@pytest.mark.usefixtures("small_lines")
def test_a_blob_is_on_the_disk_before_the_line_that_names_it(tmp_path: Path) -> None:
    order: list[str] = []

    class Watched(Files):
        def write(self, fd: int, data: bytes | memoryview) -> int:
            order.append(f"write {Path(f'/proc/self/fd/{fd}').readlink().suffix}")
            return super().write(fd, data)

        def sync(self, fd: int) -> None:
            order.append(f"sync {Path(f'/proc/self/fd/{fd}').readlink().suffix}")
            super().sync(fd)

        def rename(self, old: Path, new: Path) -> None:
            order.append("rename")
            super().rename(old, new)

        def sync_folder(self, path: Path) -> None:
            order.append(f"sync {path.suffix}")
            super().sync_folder(path)

    path = tmp_path / "s.jsonl"
    with Journal.create(path, Watched()) as opened:
        opened.append(root())
        order.clear()
        opened.append(large(2))
    assert order == ["sync ", "write .part", "sync .part", "rename", "sync .blobs", "write .jsonl"]


@pytest.mark.usefixtures("small_lines")
def test_a_blob_that_cannot_be_kept_leaves_no_record(tmp_path: Path) -> None:
    class Full(Files):
        full = True

        def write(self, fd: int, data: bytes | memoryview) -> int:
            if self.full and len(data) > 5_000:
                raise OSError(28, "No space left on device")
            return super().write(fd, data)

    path = tmp_path / "s.jsonl"
    files = Full()
    with Journal.create(path, files) as opened:
        opened.append(root())
        with pytest.raises(
            NotSaved, match=r"#2 was not saved .*free some disk space, then try again"
        ):
            opened.append(large(2))
        assert path.read_bytes() == encode(root())
        assert kept(path) == []
        files.full = False
        opened.append(large(2))
    assert Journal.open(path).records == [root(), large(2)]


def test_blobs_are_found_by_hash_only(tmp_path: Path) -> None:
    store = blobs.Blobs(tmp_path / "s.jsonl", Files())
    for name in ("../s.jsonl", "x" * 64, "a" * 63, "/etc/passwd"):
        with pytest.raises(ValueError, match="is not a SHA-256"):
            store.get(name)


def test_a_real_large_event_and_the_line_limit(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    event = ToolReturned(CallRef(1, 0), "x" * (17 << 20))
    with Journal.create(path) as opened:
        opened.append(root())
        opened.append(Record(2, 1, AT, "live", event))
    assert path.stat().st_size < 2_000
    assert Journal.open(path).records[1].event == event
