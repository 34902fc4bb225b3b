"""Snapshots that no branch needs are removed when somebody says so; the session stays as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import Said, call
from tests.debugger.sitting import Sitting
from tests.events import event_of
from tooltrace.core.model import events as e
from tooltrace.core.model.notes import Bookmarked
from tooltrace.debugger.world.retention import kept_in
from tooltrace.store import Journal
from tooltrace.tools.world.folder import Folder
from tooltrace.workflows.refund import refund

Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def session(here: Path) -> Path:
    """A refund that was credited on one branch, and not yet on another."""
    with Sitting(here, refund) as s:
        s.to_call("process_credit")
        before = s.head
        assert s.do("go").kind == "finished"
        s.done("goto", before)
        s.done("edit.arguments", s.snapshot.calls[0].ref, {"order_id": "1001", "amount": 10.0})
        assert s.do("step").kind == "confirm"  # A credit was given elsewhere.
        s.done("confirm")
    return s.file


def kept(session: Path) -> set[str]:
    with Folder.open(session.with_name("s.world") / "snapshots") as snapshots:
        return {one.digest for one in kept_in(snapshots)}


def prune(capsys: Capsys, *arguments: object) -> Said:
    return call(capsys, "prune", *arguments)


def test_what_no_branch_ends_at_goes(session: Path, capsys: Capsys) -> None:
    before, there = session.read_bytes(), kept(session)
    tried = prune(capsys, session, "--dry-run", "--json")
    assert kept(session) == there
    done = prune(capsys, session, "--json")
    assert (tried.code, done.code, done.err) == (0, 0, "")
    (would,), (did,) = tried.objects, done.objects
    assert {**would, "dry_run": False} == did
    assert did["removed"] == len(there) - did["kept"] > 0 and did["freed"] > 0
    assert session.read_bytes() == before
    with Journal.open(session) as journal:
        tips = [r.event.world for r in journal.records if isinstance(r.event, e.ToolReturned)]
    assert len(kept(session)) == 2 and kept(session) <= set(tips)
    again = prune(capsys, session)
    assert "freed 0 bytes, 0 snapshots; 2 snapshots kept" in again.out


def test_the_newest_of_the_others_can_stay(session: Path, capsys: Capsys) -> None:
    there = kept(session)
    assert json.loads(prune(capsys, session, "--keep", 99, "--json").out)["removed"] == 0
    assert kept(session) == there
    prune(capsys, session, "--keep", 1)
    assert len(kept(session)) == 3


def test_what_is_marked_stays(session: Path, capsys: Capsys) -> None:
    with Journal.open(session, writable=True) as journal:
        root = next(r for r in journal.records if isinstance(r.event, e.RunStarted))
        at = journal.records[-1].at
        journal.append(e.Record(journal.next_id, 1, at, "live", Bookmarked(root.id)))
        journal.sync()
    prune(capsys, session)
    assert event_of(root, e.RunStarted).world in kept(session)


def test_what_a_crash_left_goes_too(session: Path, capsys: Capsys) -> None:
    left = session.with_name("s.world") / "snapshots" / ".partial-0123"
    (left / "a").mkdir(parents=True)
    (left / "a" / "b").write_text("x" * 10)
    prune(capsys, session)
    assert not left.exists()


def test_branches_go_on_after_it(session: Path, capsys: Capsys) -> None:
    prune(capsys, session)
    with Sitting(session.parent, refund) as s:
        for branch in s.view.branches:
            s.done("switch", branch.tip)
            if s.snapshot.outcome is None:
                s.to_call("send_email")
                stop = s.do("step")
                assert stop.world is None


def test_nothing_goes_while_somebody_writes(session: Path, capsys: Capsys) -> None:
    there = kept(session)
    with Journal.open(session, writable=True):
        said = prune(capsys, session)
    assert said.code == 2 and "already open" in said.err
    assert said.err.count("\n") == 1
    assert kept(session) == there


def test_a_session_without_a_world(here: Path, capsys: Capsys, session: Path) -> None:
    alone = here / "alone.jsonl"
    alone.write_bytes(session.read_bytes())
    said = prune(capsys, alone, here / "none.jsonl", session)
    assert said.code == 2
    assert "alone.jsonl: freed 0 bytes" in said.out and "s.jsonl: freed" in said.out
    assert "none.jsonl does not exist" in said.err
