"""A little of each attack in the suite, and that what an attack looks for would be found."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.attack.commands import Said, misbehaved
from tests.attack.findings import Finding, report
from tests.attack.forks import in_forks
from tests.attack.histories.history import history, numbers_of
from tests.attack.kills import _came_back, _printed
from tests.attack.links import _differs, _outside
from tests.store.build import root as root_record
from tests.store.build import said, write
from tooltrace.core.model.snapshot import Call, Snapshot
from tooltrace.debugger.run.consent import Consent
from tooltrace.debugger.run.live import Live
from tooltrace.debugger.stop import Stop
from tooltrace.tools.world.world import FolderWorld, SqliteWorld

ROOT = Path(__file__).parents[2]
SEEDS = range(40, 56)


@pytest.mark.parametrize(
    ("name", "size"), [("files", 6), ("kills", 5), ("payloads", 1), ("links", 8)]
)
def test_a_little_of_an_attack(name: str, size: int) -> None:
    # In a process of its own: it forks, and must have no threads then.
    done = subprocess.run(
        [sys.executable, "-m", "tests.attack", name, "--size", str(size), "--seed", "1"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{size} tried" in done.stdout and "0 findings" in done.stdout


def kinds(folder: Path) -> Iterator[str]:
    """What histories of these seeds find, as it is found."""
    for seed in SEEDS:
        yield from (kind for kind, _ in history(seed, numbers_of(seed), folder)[0])


def test_some_histories(tmp_path: Path) -> None:
    assert not set(kinds(tmp_path))


def test_a_write_that_runs_again_unasked_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Live, "_warnings", lambda self, s, calls, consent: None)
    assert "unasked" in kinds(tmp_path)


def test_a_needless_question_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def always(live: Live, s: Snapshot, calls: Sequence[Call], consent: Consent) -> Stop:
        warnings: Any = tuple(SimpleNamespace(call=call, undone=False) for call in calls)
        return Stop("confirm", "really?", warnings=warnings)

    monkeypatch.setattr(Live, "_warnings", always)
    assert "needless" in kinds(tmp_path)


def test_a_world_that_holds_something_else_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for world in (SqliteWorld, FolderWorld):
        monkeypatch.setattr(world, "restore", lambda self, folder, digest: None)
    assert "world" in kinds(tmp_path)


def _tried(seed: int, folder: Path) -> list[Finding]:
    match seed:
        case 1:
            time.sleep(60)
        case 2:
            os.kill(os.getpid(), signal.SIGKILL)
        case 3:
            raise ValueError("wrong")
    return []


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_try_that_hangs_dies_or_raises_is_found() -> None:
    found = [[one.kind for one in findings] for findings in in_forks(_tried, range(5), 0.5)]
    assert found == [[], ["hang"], ["died"], ["raised"], []]


def test_a_finding_says_how_to_repeat_it() -> None:
    told: list[str] = []
    done = report("files", iter([[], [Finding("code", "x", 17)]]), told.append)
    assert told[-1].endswith("python -m tests.attack files --size 1 --seed 17")
    assert "2 tried" in done.summary() and "1 findings (1 code)" in done.summary()


@pytest.mark.parametrize(
    ("code", "out", "err", "kind"),
    [
        (3, "", "", "code"),
        (0, "a\x1b[2J\n", "", "escape"),
        (1, "", "Traceback (most recent call last)\n", "insides"),
        (2, "", "", "line"),
        (0, "no object\n", "", "json"),
    ],
)
def test_a_command_that_misbehaves_is_found(code: int, out: str, err: str, kind: str) -> None:
    assert not list(misbehaved(Said(["show", "--json"], 2, "", "tooltrace: no\n", 0.1)))
    assert kind in dict(misbehaved(Said(["show", "--json"], code, out, err, 0.1)))


def test_what_a_killed_process_lost_is_found(tmp_path: Path) -> None:
    write(tmp_path / "s.jsonl", [root_record(), said(2)])
    out = tmp_path / "out"
    out.write_text('{"type":"user_said","record":2}\n')
    assert not list(_printed(tmp_path, out))
    out.write_text('{"type":"user_said","record":3}\n')
    assert [kind for kind, _ in _printed(tmp_path, out)] == ["lost"]
    (tmp_path / "ran.txt").write_text('["began", 1, 1.0]\n["came back", 1, 2.0]\n')
    assert [kind for kind, _ in _came_back(tmp_path, 3.0)] == ["unsaved", "lost"]


def test_what_changes_outside_is_found(tmp_path: Path) -> None:
    for name in ("mine", "x.world/own", "gone"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("as it was")
    before = _outside(tmp_path)
    (tmp_path / "x.world/own").write_text("other")
    assert _outside(tmp_path) == before
    (tmp_path / "mine").chmod(0o400)
    (tmp_path / "gone").unlink()
    assert _differs(before, _outside(tmp_path)) == "gone gone; changed mine"
