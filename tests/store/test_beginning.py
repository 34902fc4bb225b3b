"""How a session's file begins: new, or empty and begun anew; with locks, or told that there are
none; and which formats it may name."""

from __future__ import annotations

import os
import stat
from errno import EACCES, EINVAL, EIO, ENOLCK, ENOSYS, ENOTSUP, ENOTTY, EPERM
from pathlib import Path
from typing import Any

import pytest

from tests.store.build import AT, history, root, said, write
from tooltrace.core.model.errors import BadSession, NotSaved
from tooltrace.core.model.events import Record, RunStarted, Unknown
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.store import Journal
from tooltrace.store.files import Files
from tooltrace.store.lines import encode


class LocksAnswer(Files):
    """A folder that answers a request for a lock with an error."""

    def __init__(self, number: int) -> None:
        self.number = number

    def lock(self, fd: int) -> None:
        raise OSError(self.number, os.strerror(self.number))


@pytest.mark.parametrize("number", [ENOLCK, ENOSYS, ENOTSUP, EINVAL, ENOTTY, EPERM, 524])
def test_without_locks_one_writes_and_it_is_known(number: int, tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    with Journal.create(path, LocksAnswer(number)) as made:
        assert made.read_only is None and not made.locked
        made.append(root())
        made.sync()
    with Journal.open(path, writable=True, files=LocksAnswer(number)) as opened:
        assert opened.read_only is None and not opened.locked
        opened.append(said(2))
        opened.sync()
    with Journal.open(path, writable=True) as opened:
        assert opened.locked and opened.records == history(2)


@pytest.mark.parametrize("number", [EIO, EACCES])
def test_a_lock_that_fails_is_not_the_same_as_none(number: int, tmp_path: Path) -> None:
    with pytest.raises(NotSaved, match=r"cannot be made: (input/output error|permission)"):
        Journal.create(tmp_path / "s.jsonl", LocksAnswer(number))
    write(tmp_path / "t.jsonl", history(2))
    with Journal.open(tmp_path / "t.jsonl", writable=True, files=LocksAnswer(number)) as opened:
        assert opened.read_only


def test_an_empty_file_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.touch(mode=0o644)
    path.chmod(0o644)
    inode = path.stat().st_ino
    with Journal.create(path) as made:
        assert made.was_there and made.locked
        made.append(root())
        made.sync()
    assert path.stat().st_ino == inode
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(NotSaved, match="exists already"):
        Journal.create(path)
    assert Journal.open(path).records == [root()]


def test_nothing_else_of_that_name_is_taken(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty").touch()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "text").write_text("\n")
    before = {path.name for path in tmp_path.iterdir()}
    for name in ("folder", "pipe", "link", "dangling", "text"):
        with pytest.raises(NotSaved, match=f"{name} exists already: choose another name"):
            Journal.create(tmp_path / name)
    assert {path.name for path in tmp_path.iterdir()} == before
    assert (tmp_path / "empty").read_bytes() == b""


def test_an_empty_file_that_somebody_is_about_to_begin_is_theirs(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    with Journal.create(path) as first:
        with pytest.raises(NotSaved, match="exists already"):
            Journal.create(path)
        first.append(root())
    assert path.exists()


def test_who_was_slower_to_lock_a_new_file_leaves_it_to_the_other(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    other: list[Journal] = []

    class Slow(Files):
        def lock(self, fd: int) -> None:
            other.append(Journal.create(path))
            super().lock(fd)

    with pytest.raises(NotSaved, match="exists already"):
        Journal.create(path, Slow())
    other[0].append(root())
    other[0].sync()
    other[0].close()
    assert Journal.open(path).records == [root()]


@pytest.mark.parametrize("number", [-1, 0, -(2**40)])
def test_a_format_that_never_was_is_refused(number: int, tmp_path: Path) -> None:
    for event in (
        RunStarted(WorkflowSpec("w"), format=number),
        Unknown("run_started", {"format": number, "flow": []}),
    ):
        path = tmp_path / "s.jsonl"
        path.write_bytes(encode(Record(1, None, AT, "live", event)) + encode(said(2)))
        with pytest.raises(BadSession, match=rf"s\.jsonl names a format that never was \({number}"):
            Journal.open(path)


@pytest.mark.parametrize("odd", ["1", 1.0, True, None, [1], {"a": 1}, -1.5, "\x1b[2J" * 99])
def test_a_format_that_is_no_whole_number_is_refused(odd: Any, tmp_path: Path) -> None:
    event = Unknown("run_started", {"format": odd, "workflow": {"name": "w"}})
    path = tmp_path / "s.jsonl"
    path.write_bytes(encode(Record(1, None, AT, "live", event)) + encode(said(2)))
    with pytest.raises(BadSession, match=r"s\.jsonl names a format that never was") as caught:
        Journal.open(path)
    assert str(caught.value).isprintable() and len(str(caught.value)) < 150


def test_the_newline_that_is_missing_is_no_longer_once_more_came(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    write(path, history(3))
    path.write_bytes(path.read_bytes()[:-1])
    with Journal.open(path) as reader:
        (problem,) = reader.problems
        assert (problem.line, problem.record, problem.set_aside) == (3, 3, False)
        with Journal.open(path, writable=True) as writer:
            writer.append(said(4))
        assert reader.refresh() == [said(4)]
        assert reader.problems == []
