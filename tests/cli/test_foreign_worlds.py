"""Folders beside a session that are not its own or hold links: they are named, and no more."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.calling import Said, assert_refused, call, spawn
from tests.debugger.sitting import Sitting
from tooltrace.debugger.world.world_owner import find
from tooltrace.store import Journal
from tooltrace.workflows.refund import refund
from tooltrace.workflows.release import release

Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def session(here: Path) -> Path:
    """A refund with snapshots that no branch needs any more."""
    with Sitting(here, refund) as s:
        assert s.do("go").kind == "finished"
    return s.file


@pytest.fixture
def released(here: Path) -> Path:
    """A release, whose world is a folder."""
    with Sitting(here, release) as s:
        assert s.do("go").kind == "finished"
    return s.file


def state(folder: Path) -> list[tuple[str, int, int]]:
    return sorted((str(p), p.lstat().st_mode, p.lstat().st_mtime_ns) for p in folder.rglob("*"))


def snapshots(session: Path) -> list[str]:
    return sorted(path.name for path in (session.with_name("s.world") / "snapshots").iterdir())


def prune(capsys: Capsys, *arguments: object) -> Said:
    return call(capsys, "prune", *arguments)


def ident(session: Path) -> str:
    with Journal.open(session) as journal:
        return str(journal.records[0].event.session)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["s.bak", "s.json", "copy.jsonl", "s"])
def test_pruning_a_copy_takes_nothing_from_the_first(
    name: str, session: Path, capsys: Capsys
) -> None:
    copy = session.with_name(name)
    shutil.copy(session, copy)
    before = state(session.parent)
    said = prune(capsys, copy)
    assert (said.code, f"{name}: freed 0 bytes" in said.out) == (0, True)
    assert "s.world belongs to another file of this session" in said.err
    assert state(session.parent) == before
    assert "0 snapshots" not in prune(capsys, session).out.partition(";")[0]


def test_a_world_that_is_a_link_is_not_pruned(session: Path, capsys: Capsys) -> None:
    other = session.parent / "other"
    (other / "snapshots").mkdir(parents=True)
    for name in ("ab" * 32, ".partial-1", f"{'cd' * 32}.sqlite"):
        (other / "snapshots" / name).write_text("theirs")
    before = state(other)
    for place in ("s.world", "s.world/snapshots"):
        shutil.rmtree(session.with_name("s.world"))
        session.with_name("s.world").mkdir()
        if place == "s.world":
            session.with_name("s.world").rmdir()
            session.with_name("s.world").symlink_to(other)
        else:
            session.with_name("s.world").joinpath("snapshots").symlink_to(other / "snapshots")
        for more in ((), ("--dry-run",)):
            said = prune(capsys, session, *more)
            assert said.code == 2 and said.err.count("\n") == 1
            assert "is a link to" in said.err
        assert state(other) == before
        if place == "s.world":
            session.with_name("s.world").unlink()
            session.with_name("s.world").mkdir()


def test_only_what_the_records_name_goes(session: Path, capsys: Capsys) -> None:
    folder = session.with_name("s.world") / "snapshots"
    theirs = folder / ("ab" * 32)
    theirs.mkdir()
    outside = session.parent / "outside"
    outside.mkdir()
    (outside / "x").write_text("x")
    spare = next(path for path in folder.glob("*.sqlite"))
    said = prune(capsys, session, "--dry-run", "--json").objects[0]
    assert said["removed"] > 0
    with Journal.open(session) as journal:
        names = {getattr(record.event, "world", None) for record in journal.records}
    assert spare.name.partition(".")[0] in names
    for path in folder.glob("*.sqlite"):  # A snapshot of ours that became a link goes as a link.
        path.unlink()
        path.symlink_to(outside)
    prune(capsys, session)
    assert theirs.is_dir() and (outside / "x").exists()


def test_what_a_crash_left_in_a_folder_that_came_along_stays(session: Path, capsys: Capsys) -> None:
    folder = session.with_name("s.world") / "snapshots"
    (folder / ".partial-1").mkdir()
    (folder / ".owner").unlink()
    assert prune(capsys, session, "--dry-run").code == 0
    assert not (folder / ".owner").exists()
    said = prune(capsys, session, "--json").objects[0]
    assert said["removed"] > 0 and (folder / ".partial-1").exists()
    prune(capsys, session)  # It is the session's own from now on.
    assert not (folder / ".partial-1").exists()


def test_a_renamed_session_says_how_to_get_its_world(session: Path, capsys: Capsys) -> None:
    renamed = session.rename(session.with_name("new.jsonl"))
    before = state(session.parent)
    said = prune(capsys, renamed)
    assert said.code == 2 and "tooltrace mv s.jsonl new.jsonl" in said.err
    assert said.err.count("\n") == 1
    assert state(session.parent) == before
    assert find(renamed, ident(renamed)).own is None


def live(session: Path, workflow: str, here: Path) -> Said:
    return spawn("check", session, "--workflow", workflow, "--tools", "live", cwd=here)


@pytest.mark.parametrize("name", ["s.jsonl", "copy.jsonl", "elsewhere/s.jsonl"])
def test_live_tools_of_a_copy_read_the_first_ones_snapshots(name: str, released: Path) -> None:
    copy = released.with_name("x").parent / name
    if name.startswith("elsewhere"):
        copy.parent.mkdir()
        shutil.copytree(released.with_name("s.world"), copy.with_name("s.world"))
    if copy != released:
        shutil.copy(released, copy)
    # A world that is made otherwise now: only its snapshot is as it was.
    flow = released.parent / "flow.py"
    flow.write_text(
        "from pathlib import Path\n"
        "from dataclasses import replace\n"
        "from tooltrace import FolderWorld\n"
        "from tooltrace.workflows.release import release\n"
        "def empty(folder):\n"
        "    (folder / 'projects').mkdir(exist_ok=True)\n"
        "    return FolderWorld(folder / 'projects')\n"
        "release.world = empty\n"
    )
    before = state(released.parent / "s.world")
    said = live(copy, "flow.py:release", released.parent)
    assert (said.code, said.err) == (0, ""), said
    assert state(released.parent / "s.world") == before


def test_live_tools_write_through_no_link_in_a_snapshot(released: Path) -> None:
    outside = released.parent / "outside"
    outside.mkdir()
    (outside / "VERSION").write_text("mine")
    for snapshot in (released.with_name("s.world") / "snapshots").iterdir():
        if snapshot.is_dir():
            version = snapshot / "atlas" / "VERSION"
            version.unlink()
            version.symlink_to(outside / "VERSION")
    flow = released.parent / "flow.py"
    flow.write_text(
        "from tooltrace import FolderWorld\n"
        "from tooltrace.workflows.release import release\n"
        "release.world = lambda folder: FolderWorld(folder / 'projects')\n"
    )
    said = live(released, "flow.py:release", released.parent)
    assert said.code == 2 and said.err.count("\n") == 1
    assert "atlas/VERSION is a link to" in said.err
    assert (outside / "VERSION").read_text() == "mine"


def test_live_tools_reach_no_snapshots_through_a_link(released: Path) -> None:
    elsewhere = released.parent / "elsewhere"
    (released.with_name("s.world") / "snapshots").rename(elsewhere)
    (released.with_name("s.world") / "snapshots").symlink_to(elsewhere)
    before = state(elsewhere)
    said = live(released, "release", released.parent)
    assert said.code == 2 and "is a link to" in said.err and said.err.count("\n") == 1
    assert state(elsewhere) == before


def test_a_world_under_the_name_of_a_new_session_is_not_taken(here: Path) -> None:
    (here / "outside").mkdir()
    (here / "s.world").symlink_to("outside")
    run = ("run", "refund", "--headless", "--session", "s.jsonl")
    assert_refused(spawn(*run, cwd=here), "s.world", "is a link to outside")
    assert list((here / "outside").iterdir()) == [] and not (here / "s.jsonl").exists()


def test_a_new_session_marks_its_world_as_its_own(here: Path) -> None:
    assert spawn("run", "refund", "--headless", "--session", "s.jsonl", cwd=here).code == 0
    file = here / "s.jsonl"
    assert find(file, ident(file)).own == here / "s.world"
    mark = here / "s.world" / "snapshots" / ".owner"
    assert mark.stat().st_mode & 0o777 == 0o600
    assert snapshots(file)
