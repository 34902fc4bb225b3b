"""The journal on a real disk: who may write, who may look, and what opening leaves untouched."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from errno import EIO, EROFS
from hashlib import sha256
from pathlib import Path

import pytest

from tests.store.build import AT, history, problems, root, said, write
from tooltrace.core.model.errors import BadSession, NotSaved, ReadOnly
from tooltrace.core.model.events import ContextEdited, Record
from tooltrace.store import Journal
from tooltrace.store.files import Files
from tooltrace.store.lines import encode
from tooltrace.store.locks import holder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def traces(path: Path) -> tuple[str, int, int, int]:
    """What opening must not change."""
    found = path.stat()
    return sha256(path.read_bytes()).hexdigest(), found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def test_a_new_session_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "data" / "sessions" / "s.jsonl"
    before = os.umask(0)
    try:
        with Journal.create(path) as made:
            made.append(root())
            made.sync()
    finally:
        os.umask(before)
    assert mode(path) == 0o600
    assert mode(path.parent) == mode(path.parent.parent) == 0o700
    with pytest.raises(NotSaved, match=r"s\.jsonl exists already: choose another name"):
        Journal.create(path)
    assert Journal.open(path).records == [root()]


def test_a_session_that_cannot_be_made_leaves_nothing_behind(tmp_path: Path) -> None:
    class Failing(Files):
        def sync_folder(self, path: Path) -> None:
            raise OSError(5, "Input/output error")

    with pytest.raises(NotSaved, match=r"s\.jsonl cannot be made: input/output error"):
        Journal.create(tmp_path / "s.jsonl", Failing())
    with pytest.raises(NotSaved, match="cannot be made"):
        Journal.create(Path("/proc/nowhere/s.jsonl"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("writable", [False, True])
@pytest.mark.parametrize("tail", [b"", b'{"id":4,"par', b"\x00\x00"])
def test_opening_changes_neither_bytes_nor_times(
    writable: bool, tail: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "s.jsonl"
    write(path, history(3))
    path.write_bytes(path.read_bytes() + tail)
    os.utime(path, ns=(1_000_000_000, 1_000_000_000))
    before = traces(path)
    with Journal.open(path, writable=writable) as opened:
        assert opened.records == history(3)
        assert (opened.written, opened.saved) == (3, 3)
        opened.sync()
        opened.refresh()
    assert traces(path) == before
    assert [p.name for p in tmp_path.iterdir()] == ["s.jsonl"]


def test_one_writer_and_the_second_is_told_who(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    write(path, history(3))
    script = (
        "import sys; from pathlib import Path; from tooltrace.store import Journal\n"
        "journal = Journal.open(Path(sys.argv[1]), writable=True)\n"
        "print(journal.read_only, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdin is not None and writer.stdout is not None
        assert writer.stdout.readline() == "None\n"
        with Journal.open(path, writable=True) as second:
            assert second.read_only == f"open for writing in process {writer.pid}"
            with pytest.raises(ReadOnly, match=f"read-only here: .*process {writer.pid}"):
                second.append(said(4))
        writer.stdin.close()
        assert writer.wait() == 0
    with Journal.open(path, writable=True) as third:
        assert third.read_only is None
        with Journal.open(path, writable=True) as fourth:
            assert fourth.read_only == f"already open for writing in this process ({os.getpid()})"
        third.append(said(4))


def test_a_holder_that_the_system_does_not_name(tmp_path: Path) -> None:
    status = tmp_path.stat()
    assert holder(status, tmp_path / "nothing") is None
    listed = tmp_path / "locks"
    here = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    listed.write_text(
        f"1: POSIX ADVISORY WRITE 7 {here} 0 EOF\n2: FLOCK\n3: FLOCK a b c 0:0:1 0 EOF\n"
    )
    assert holder(status, tmp_path) is None
    listed.write_text(
        f"1: FLOCK ADVISORY WRITE 8 00:99:{status.st_ino} 0 EOF\n"
        f"2: FLOCK ADVISORY WRITE 7 {here} 0 EOF\n"
    )
    assert holder(status, tmp_path) is None  # Both are gone, and nobody else has it.
    for pid, lock in ((9, "lock:\t1: FLOCK  ADVISORY  WRITE 7"), (7, "pos:\t0"), (8, "")):
        descriptors = tmp_path / str(pid) / "fd"
        descriptors.mkdir(parents=True)
        (descriptors / "3").symlink_to(tmp_path)
        (tmp_path / str(pid) / "fdinfo").mkdir()
        (tmp_path / str(pid) / "fdinfo" / "3").write_text(f"flags:\t02\n{lock}\n")
    assert holder(status, tmp_path) == 9  # It has what 7 took.
    (tmp_path / "7" / "fdinfo" / "3").write_text("lock:\t1: FLOCK  ADVISORY  WRITE 7\n")
    assert holder(status, tmp_path) == 7


def test_what_cannot_be_written_is_read_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    write(path, history(3))

    class OnReadOnlyDisk(Files):
        def open(self, path: Path, flags: int) -> int:
            if flags & os.O_RDWR:
                raise OSError(EROFS, "Read-only file system")
            return super().open(path, flags)

    class WithFailingLocks(Files):
        def lock(self, fd: int) -> None:
            raise OSError(EIO, "Input/output error")

    for files, why in (
        (OnReadOnlyDisk(), "the file cannot be written (read-only file system)"),
        (WithFailingLocks(), "the file cannot be locked (input/output error)"),
    ):
        with Journal.open(path, writable=True, files=files) as opened:
            assert opened.read_only == why
            assert opened.records == history(3)
            with pytest.raises(ReadOnly):
                opened.append(said(4))


def test_a_follower_sees_whole_lines_as_they_come(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    lines = write(path, history(3))
    line = encode(said(4))
    with path.open("ab", buffering=0) as writer, Journal.open(path) as follower:
        assert follower.refresh() == []
        writer.write(line[:60])
        assert follower.refresh() == []
        late = Journal.open(path)
        assert problems(late) == ["line 4: incomplete, set aside"]
        writer.write(line[60:] + encode(said(5))[:-1])
        for reader in (follower, late):
            assert reader.refresh() == [said(4)]
            assert problems(reader) == []
            assert (reader.written, reader.next_id) == (4, 5)
        writer.write(b"\n" + line + b'{"id":9,\n' + encode(said(6)))
        assert follower.refresh() == [said(5), said(6)]
        assert problems(follower) == [
            "line 6: #4 is not where it belongs, set aside",
            "line 7: incomplete, set aside",
        ]
        late.close()
    assert path.read_bytes().startswith(b"".join(lines))


def test_the_writer_is_followed_across_processes_of_thought(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    with Journal.create(path) as writer:
        writer.append(root())
        with Journal.open(path) as follower:
            for number in range(2, 40):
                writer.append(said(number))
                assert follower.refresh() == [said(number)]
            assert writer.refresh() == []
            assert (writer.written, writer.saved) == (39, 0)
            writer.sync()
            assert (writer.written, writer.saved) == (39, 39)


def test_nothing_is_written_of_what_no_session_can_hold(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    with Journal.create(path) as opened:
        opened.append(root())
        opened.append(said(2))
        before = path.read_bytes()
        for bad in (
            Record(3, 2, AT, "live", ContextEdited("k", float("nan"))),
            Record(3, 2, AT, "live", ContextEdited("k", {1: {2}})),
            said(2),
            said(3, parent=3),
            said(1),
        ):
            with pytest.raises(ValueError):
                opened.append(bad)
        assert path.read_bytes() == before
        opened.append(said(3))


def test_a_file_that_goes_away_or_changes_is_not_written_behind_ones_back(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    write(path, history(3))
    with Journal.open(path, writable=True) as opened:
        path.unlink()
        with pytest.raises(NotSaved, match="was deleted"):
            opened.append(said(4))
        with pytest.raises(NotSaved, match="was deleted"):
            opened.reopen()
    write(path, history(3))
    with Journal.open(path, writable=True) as opened:
        path.write_bytes(path.read_bytes() + encode(said(4)))
        left = path.read_bytes()
        for attempt in (lambda: opened.append(said(4, "other")), opened.sync, opened.reopen):
            with pytest.raises(NotSaved, match="changed by something else while it was open: save"):
                attempt()
        assert path.read_bytes() == left
    opened.close()
    with pytest.raises(NotSaved):
        opened.append(said(5))


def test_an_interrupted_write_leaves_no_half_line(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"

    class Interrupted(Files):
        armed = False

        def write(self, fd: int, data: bytes | memoryview) -> int:
            if self.armed and len(data) > 20:
                return super().write(fd, data[:20])
            if self.armed:
                raise KeyboardInterrupt
            return super().write(fd, data)

    files = Interrupted()
    with Journal.create(path, files) as opened:
        opened.append(root())
        files.armed = True
        with pytest.raises(KeyboardInterrupt):
            opened.append(said(2, "x" * 11))
        files.armed = False
        assert path.read_bytes() == encode(root())
        opened.append(said(2))
        opened.sync()
    assert Journal.open(path).records == history(2)


def test_a_large_file_that_is_no_session_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "film.mkv"
    path.touch()
    os.truncate(path, 1 << 36)
    with pytest.raises(BadSession, match="is not a session"):
        Journal.open(path)
