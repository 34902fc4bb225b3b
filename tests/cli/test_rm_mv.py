"""``rm`` and ``mv`` ask first, say what goes, and refuse what they should not touch."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.calling import assert_refused, call, spawn
from tests.events import event_of
from tests.terminal.pty_app import PtyApp
from tooltrace.core.model.events import RunStarted
from tooltrace.debugger.world.world_mark import mark
from tooltrace.store import Journal

Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def two(here: Path, recorded: Path) -> tuple[Path, Path]:
    """Two sessions with their worlds, in this folder."""
    for name in ("a", "b"):
        shutil.copy(recorded, here / f"{name}.jsonl")
        shutil.copytree(recorded.with_name("refund.world"), here / f"{name}.world")
    return here / "a.jsonl", here / "b.jsonl"


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_nobody_there_to_say_yes(two: tuple[Path, Path], here: Path) -> None:
    before = names(here)
    for arguments in (("rm", "a.jsonl"), ("mv", "a.jsonl", "c.jsonl")):
        said = spawn(*arguments, cwd=here)
        assert said.code == 2 and "give --yes" in said.err
    assert names(here) == before


def test_several_at_once_each_named_with_what_goes(
    two: tuple[Path, Path], here: Path, capsys: Capsys
) -> None:
    said = call(capsys, "rm", "a.jsonl", here / "a.jsonl", "./b.jsonl", "none.jsonl", "--yes")
    assert said.code == 2 and said.err.count("none.jsonl") == 1
    assert "none.jsonl does not exist" in said.err
    lines = said.out.splitlines()
    assert [line for line in lines if line.startswith("a.jsonl  ") or "a.jsonl  12" in line]
    assert "  a.world  its world  " in said.out and "  b.world  its world  " in said.out
    assert len([line for line in lines if line.startswith("removed ")]) == 2
    assert names(here) == set()


def test_what_is_not_its_own_is_named_and_stays(
    two: tuple[Path, Path], here: Path, capsys: Capsys
) -> None:
    mark(here / "b.world", two[1], "another session")
    said = call(capsys, "rm", "b.jsonl", "--yes")
    assert said.code == 0 and "its world" not in said.out
    assert names(here) == {"a.jsonl", "a.world", "b.world"}


def test_one_that_is_open_stays_and_the_others_go(
    two: tuple[Path, Path], here: Path, capsys: Capsys
) -> None:
    with Journal.open(two[0], writable=True):
        said = call(capsys, "rm", "a.jsonl", "b.jsonl", "--yes")
        assert said.code == 2 and "a.jsonl stays: already open for writing" in said.err
        assert_refused(call(capsys, "mv", "a.jsonl", "c.jsonl", "--yes"), "a.jsonl stays")
    assert names(here) == {"a.jsonl", "a.world"}


def test_a_removal_that_was_cut_short_is_ended_by_the_same_command(
    two: tuple[Path, Path], here: Path, capsys: Capsys
) -> None:
    mark(here / "a.world", two[0], event_of(Journal.open(two[0]).records[0], RunStarted).session)
    two[0].rename(here / "a.jsonl.removed")
    said = call(capsys, "rm", "a.jsonl", "--yes")
    assert (said.code, said.err) == (0, "")
    assert names(here) == {"b.jsonl", "b.world"}


def test_mv_takes_all_with_it(two: tuple[Path, Path], here: Path, capsys: Capsys) -> None:
    (here / "there").mkdir()
    said = call(capsys, "mv", "a.jsonl", "there", "--yes")
    assert (said.code, said.err) == (0, "") and "a.jsonl is there/a.jsonl now" in said.out
    assert names(here / "there") == {"a.jsonl", "a.world"}
    assert_refused(call(capsys, "mv", "b.jsonl", "there/a.jsonl", "--yes"), "exists already")
    assert_refused(call(capsys, "mv", "b.jsonl", "nowhere/", "--yes"), "no folder nowhere/")
    assert_refused(call(capsys, "mv", "b.jsonl", "x" * 300, "--yes"), "cannot be moved: ")
    assert call(capsys, "mv", "b.jsonl", "c.jsonl", "--yes").code == 0
    assert names(here) == {"there", "c.jsonl", "c.world"}
    assert call(capsys, "check", "c.jsonl", "--workflow", "refund").code == 0


def test_a_terminal_is_asked_and_no_means_no(two: tuple[Path, Path], here: Path) -> None:
    for arguments, question in (
        (("rm", "a.jsonl", "b.jsonl"), "Remove 2 sessions for good"),
        (("mv", "a.jsonl", "c.jsonl"), "Move a.jsonl, a.world to c.jsonl?"),
    ):
        for answer, code in (("\r", 1), ("n\r", 1), ("\x04", 2)):
            with PtyApp(*arguments, cwd=here) as app:
                app.wait(question)
                app.type(answer)
                app.ended(code)
            assert {"a.jsonl", "a.world", "b.jsonl", "b.world"} <= names(here)
    with PtyApp("rm", "a.jsonl", cwd=here) as app:
        app.wait("Remove this session for good")
        app.type("y\r")
        app.ended(0)
    assert {"b.jsonl", "b.world"} <= names(here) and "a.world" not in names(here)


@pytest.mark.parametrize("name", ["", ".", "/", "a.jsonl.removed"])
def test_what_no_session_can_be_called_is_refused_everywhere(
    name: str, here: Path, capsys: Capsys
) -> None:
    assert_refused(call(capsys, "run", "refund", "--headless", "--session", name), "is no name")
    assert call(capsys, "rm", "--yes", name).code == 2
    assert_refused(call(capsys, "mv", "--yes", name, "b.jsonl"), name)
    assert names(here) == set()
