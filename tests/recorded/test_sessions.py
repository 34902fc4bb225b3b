"""The recorded sessions in ``sessions/``: each loads, folds, round-trips, replays, and can be
recorded again to the same effect."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from scripts.record import DEMOS, SESSIONS, record
from tooltrace.authoring.load import load
from tooltrace.core.fold.fold import fold_path
from tooltrace.core.model.events import Record, RunStarted
from tooltrace.debugger.replay.check import check_session
from tooltrace.debugger.session.clock import now
from tooltrace.debugger.session.session import Session
from tooltrace.models.scripted import ScriptedModel
from tooltrace.store.journal import Journal
from tooltrace.store.lines import decode, encode

FILES = sorted(SESSIONS.glob("demo-*.jsonl"))
OUTCOMES = {
    "refund": ["completed"],
    "refund-edited": ["completed", "failed", "failed"],
    "refund-failed": ["failed"],
    "refund-too-old": ["failed"],
    "loan": ["completed"],
    "release": ["completed"],
    "backfill": ["completed"],
    "backfill-stuck": ["stuck"],
}


def opened(path: Path) -> Session:
    """The session of a file, which stays as it is."""
    journal = Journal.open(path)
    session = Session(now, journal)
    assert [str(problem) for problem in journal.problems] == []
    journal.close()
    return session


def test_every_demo_is_recorded() -> None:
    names = {path.stem.removeprefix("demo-") for path in FILES}
    assert names == set(DEMOS) == set(OUTCOMES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_line_round_trips(path: Path) -> None:
    for line in path.read_bytes().splitlines(keepends=True):
        found = decode(line[:-1])
        assert isinstance(found, Record)
        assert encode(found) == line


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_branch_folds_to_its_outcome(path: Path) -> None:
    tree = opened(path).tree
    branches = tree.branches()
    snapshots = [tree.snapshot_at(branch.tip) for branch in branches]
    assert [s.outcome for s in snapshots] == OUTCOMES[path.stem.removeprefix("demo-")]
    assert [fold_path(tree.path(branch.tip)) for branch in branches] == snapshots
    assert [s.problems for s in snapshots] == [()] * len(snapshots)


@pytest.mark.parametrize("today", [False, True], ids=["as recorded", "as the code is now"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_branch_replays(path: Path, today: bool) -> None:
    session = opened(path)
    root = session.tree[session.tree.roots[0]].event
    assert isinstance(root, RunStarted)
    workflow = load(root.ref) if today else None
    model = ScriptedModel(workflow.policy) if workflow and workflow.policy else None
    spec = workflow.spec if workflow else None
    checked = asyncio.run(check_session(session, now, spec, model))
    assert [(one.branch, one.text) for one in checked if one.divergence] == []
    assert all(one.steps > 5 for one in checked)


def facts(session: Session) -> list[tuple[int, str, str]]:
    """Each record by which one it follows, counted without the notes between them."""
    rank: dict[int | None, int] = {None: -1}
    rank |= {record_id: at for at, record_id in enumerate(session.tree.records)}
    records = session.tree.records.values()
    return [(rank[r.parent], r.source, r.event.name) for r in records]


def test_recording_again_gives_the_same_sessions(tmp_path: Path) -> None:
    for path in record(tmp_path):
        kept, fresh = opened(SESSIONS / path.name), opened(path)
        assert facts(fresh) == facts(kept)
        for ours, theirs in zip(fresh.tree.branches(), kept.tree.branches(), strict=True):
            a, b = fresh.tree.snapshot_at(ours.tip), kept.tree.snapshot_at(theirs.tip)
            assert (a.state, a.context, a.outcome) == (b.state, b.context, b.outcome)
