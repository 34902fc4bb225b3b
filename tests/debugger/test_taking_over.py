"""Who could only read a session writes it with the next command, once its writer has left."""

from __future__ import annotations

import os
from pathlib import Path

from tests.debugger.flows import bill
from tests.debugger.sitting import WAIT, Sitting, clock, records_of
from tooltrace.assemble import reopen
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.session.session import Session
from tooltrace.store.journal import Journal


def reader(path: Path) -> Debugger:
    return Debugger(Session(clock, Journal.open(path, writable=True)))


def test_the_next_command_tries_the_lock_again(tmp_path: Path) -> None:
    with Sitting(tmp_path, bill(tmp_path)) as s:
        s.steps(2)
        second = reader(s.file)
        assert second.submit.edit.say("no").result(WAIT).refused
        assert f"({os.getpid()})" in (second.view().read_only or "")
        s.done("step")
        last = s.session.tree.last_id
    assert second.view().read_only
    stop = second.submit.notes.bookmark(1, "here").result(WAIT)
    assert stop.kind == "step" and second.view().read_only is None
    assert last in second.view().tree
    second.submit.back().result(WAIT)
    assert second.submit.edit.fork("mine").result(WAIT).kind == "step"
    with Journal.open(s.file, writable=True) as third:
        assert third.read_only is not None  # It has the lock, too.
    second.close()
    with Journal.open(s.file) as again:
        assert again.problems == [] and again.records[-2].id > last
    with Sitting(tmp_path, bill(tmp_path)) as s:
        assert "mine" in s.branch_names


def test_what_was_cut_meanwhile_is_gone_on_after(tmp_path: Path) -> None:
    with Sitting(tmp_path, bill(tmp_path)) as s:
        s.steps(2)
        second = reader(s.file)
        s.done("step")
    whole = len(records_of(s.file))
    with s.file.open("ab") as file:
        file.write(b'{"id": 99, "par')
    assert second.submit.notes.bookmark(1, "here").result(WAIT).kind == "step"
    second.close()
    records = records_of(s.file)
    assert len(records) == whole + 1 and len({r.id for r in records}) == len(records)


def test_looking_on_alone_takes_no_lock(tmp_path: Path) -> None:
    with Sitting(tmp_path, bill(tmp_path)) as s:
        s.steps(2)
        second = reader(s.file)
    assert second.submit.follow().result(WAIT).kind == "step"
    assert second.view().read_only
    second.close()


def test_a_file_that_is_another_one_now_stays_alone(tmp_path: Path) -> None:
    with Sitting(tmp_path, bill(tmp_path)) as s:
        s.steps(2)
        second = reader(s.file)
    other = s.file.read_bytes()
    s.file.unlink()
    s.file.write_bytes(other)
    assert second.submit.notes.bookmark(1, "here").result(WAIT).refused
    assert "replaced" in (second.view().read_only or "")
    second.close()
    assert s.file.read_bytes() == other


def test_what_may_only_be_read_stays_so(tmp_path: Path) -> None:
    with Sitting(tmp_path, bill(tmp_path)) as s:
        s.steps(2)
    second = Debugger(Session(clock, Journal.open(s.file)))
    assert second.submit.notes.bookmark(1, "here").result(WAIT).refused
    assert second.view().read_only == "opened for reading"
    second.close()


def test_who_asked_to_look_alone_never_takes_the_lock(tmp_path: Path) -> None:
    with Sitting(tmp_path, bill(tmp_path)) as s:
        s.steps(2)
        watching = reopen(s.file, writable=False)
        s.done("step")
        assert watching.submit.follow().result(WAIT).kind == "step"
        assert s.session.tree.last_id in watching.view().tree
    before = s.file.read_bytes()
    assert watching.submit.notes.bookmark(1, "here").result(WAIT).refused
    assert not watching.take_over()
    assert "opened for reading" in (watching.view().read_only or "")
    with Journal.open(s.file, writable=True) as other:
        assert other.read_only is None
    watching.close()
    assert s.file.read_bytes() == before
