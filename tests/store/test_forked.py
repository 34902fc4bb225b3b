"""A process that was forked while a session is open: it neither writes nor keeps the lock."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path
from weakref import WeakSet

import pytest

from tests.store.build import history, said, write
from tooltrace.core.model.errors import NotSaved
from tooltrace.store import Journal, appended_file


def in_a_fork(path: Path, fork: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a forked copy of the process is told when it writes to the journal."""
    reading, writing = os.pipe()
    with Journal.open(path, writable=True) as journal:
        if fork == "unheard":
            # As with one that Python does not hear of: nothing was let go of in the child.
            monkeypatch.setattr(appended_file, "_open", WeakSet())
        child = os.fork()
        if child == 0:
            try:
                journal.append(said(4))
                told = "written"
            except NotSaved as error:
                told = str(error)
            os.write(writing, told.encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as told_us:
            told = told_us.read()
        assert os.waitpid(child, 0)[1] == 0
    return told


@pytest.mark.parametrize("fork", ["heard", "unheard"])
def test_a_forked_copy_cannot_write(
    fork: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "s.jsonl"
    write(path, history(3))
    before = path.read_bytes()
    assert (
        in_a_fork(path, fork, monkeypatch) == "s.jsonl belongs to the process that forked this one"
    )
    assert path.read_bytes() == before


def test_a_forked_copy_does_not_keep_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    write(path, history(3))
    reading, writing = os.pipe()
    with Journal.open(path, writable=True):
        child = os.fork()
        if child == 0:
            os.write(writing, b".")
            signal.pause()
        os.read(reading, 1)
    try:
        with Journal.open(path, writable=True) as again:
            assert again.read_only is None
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)
        os.close(writing)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says who holds a lock")
def test_the_one_that_holds_it_now_is_named(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    write(path, history(3))
    reading, writing = os.pipe()
    taker = os.fork()
    if taker == 0:
        Journal.open(path, writable=True)
        # A fork that Python does not hear of keeps what it inherits.
        holder = ctypes.PyDLL(None).fork()
        if holder == 0:
            signal.pause()
        os.write(writing, str(holder).encode())
        os._exit(0)
    os.waitpid(taker, 0)
    holder = int(os.read(reading, 20))
    try:
        with Journal.open(path, writable=True) as second:
            assert second.read_only == f"open for writing in process {holder}"
    finally:
        os.kill(holder, signal.SIGKILL)
        os.close(reading)
        os.close(writing)


def test_a_forked_child_closes_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    write(path, history(3))
    journal = Journal.open(path, writable=True)
    taken = journal._fd
    assert taken is not None
    os.close(taken)  # As a tool does that closes whatever is open.
    (tmp_path / "other").touch()
    other = os.open(tmp_path / "other", os.O_RDONLY)
    assert other == taken
    child = os.fork()
    if child == 0:
        try:
            os.fstat(other)
        except OSError:
            os._exit(1)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    journal.close()
