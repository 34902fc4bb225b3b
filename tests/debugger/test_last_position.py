"""Where one stood in a session that one only looked at: kept outside it, while it holds."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tests.debugger.sitting import clock
from tooltrace.core.model import events as e
from tooltrace.core.model.notes import HeadSet
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.debugger.session.last_position import MOST, LastPosition, LastPositions
from tooltrace.debugger.session.session import Session
from tooltrace.store.journal import Journal


@pytest.fixture
def places(tmp_path: Path) -> LastPositions:
    return LastPositions(tmp_path / "state" / "places")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A recording: six records, finished."""
    path = tmp_path / "s.jsonl"
    made = Session(clock, Journal.create(path))
    made.append(e.RunStarted(WorkflowSpec("free"), session="abc"), "live")
    for text in ("one", "two", "three", "four"):
        made.append(e.UserSaid(text), "live")
    made.append(e.RunFinished("completed"), "live")
    made.close()
    return path


def opened(file: Path, places: LastPositions, writable: bool = True) -> Session:
    return Session(clock, Journal.open(file, writable=writable), places)


def left_at(head: int, file: Path, places: LastPositions, writable: bool = True) -> None:
    session = opened(file, places, writable)
    session.select(head)
    session.close(remember=True)


@pytest.mark.parametrize("writable", [True, False])
def test_one_is_back_where_one_stood_and_the_file_is_as_it_was(
    writable: bool, file: Path, places: LastPositions
) -> None:
    before = file.read_bytes()
    assert opened(file, places, False).head == 6
    for head in (4, 1, 6):
        left_at(head, file, places, writable)
        again = opened(file, places, False)
        assert (again.head, again.tip) == (head, 6)
    assert file.read_bytes() == before
    (kept,) = places.folder.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(places.folder.stat().st_mode) == 0o700


def test_who_did_not_move_leaves_nothing(file: Path, places: LastPositions) -> None:
    opened(file, places).close(remember=True)
    assert not places.folder.exists()


def test_what_was_written_since_counts_more(file: Path, places: LastPositions) -> None:
    left_at(2, file, places)
    writer = opened(file, places)
    assert writer.head == 2
    writer.append(e.UserSaid("another way"), "live")
    writer.append(e.UserSaid("and on"), "live")
    writer.close()  # As who was killed: nothing noted.
    assert opened(file, places, False).head == 8
    writer = opened(file, places)
    writer.append(e.UserSaid("more"), "live")
    writer.select(7)
    writer.close(remember=True)
    with Journal.open(file) as journal:
        assert journal.records[-1].event == HeadSet(7, 9)
    assert opened(file, places, False).head == 7
    left_at(3, file, places)
    assert opened(file, places, False).head == 3


def test_another_session_of_that_name_is_another(file: Path, places: LastPositions) -> None:
    left_at(2, file, places)
    file.unlink()
    made = Session(clock, Journal.create(file))
    made.append(e.RunStarted(WorkflowSpec("free"), session="xyz"), "live")
    for _ in range(5):
        made.append(e.UserSaid("x"), "live")
    made.close()
    assert opened(file, places, False).head == 6


def test_the_same_file_by_other_ways(
    file: Path, places: LastPositions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    left_at(2, tmp_path / "link" / "s.jsonl", places)
    monkeypatch.chdir(tmp_path)
    assert opened(Path("s.jsonl"), places, False).head == 2


def test_a_folder_that_changes_meanwhile(
    file: Path, places: LastPositions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    session = opened(Path("s.jsonl"), places)
    session.select(2)
    monkeypatch.chdir("/")
    session.close(remember=True)
    assert opened(file, places, False).head == 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b"{" * 99_999,
        b"\xff\x00",
        b'{"session":"abc","last":6,"head":4,"tip":99}',
        b'{"session":"abc","last":6,"head":5,"tip":2}',
        b'{"session":"abc","last":6,"head":-1,"tip":6}',
        b'{"session":"abc","last":6,"head":"4","tip":6}',
        b'{"session":"abc","last":7,"head":4,"tip":6}',
    ],
)
def test_what_cannot_be_right_counts_as_none(
    data: bytes, file: Path, places: LastPositions
) -> None:
    left_at(4, file, places)
    (kept,) = places.folder.iterdir()
    kept.write_bytes(data)
    assert opened(file, places, False).head == 6


def test_where_nothing_can_be_kept_one_does_without(file: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file" / "places", Path("/proc/nowhere"), tmp_path / ("x" * 300)):
        left_at(2, file, LastPositions(folder))
        assert opened(file, LastPositions(folder), False).head == 6


def test_a_place_is_handed_over_and_forgotten(file: Path, places: LastPositions) -> None:
    left_at(2, file, places)
    moved = file.rename(file.with_name("t.jsonl"))
    places.hand_over(file, moved)
    assert opened(moved, places, False).head == 2
    places.forget(moved)
    assert opened(moved, places, False).head == 6
    places.forget(moved)
    assert list(places.folder.iterdir()) == []


def test_not_more_than_so_many_are_kept(places: LastPositions, tmp_path: Path) -> None:
    first = tmp_path / "first.jsonl"
    places.save(first, LastPosition("a", 6, 1, 6))
    for number in range(MOST):
        other = places.folder / f"{number:032x}.json"
        other.touch()
        os.utime(other, (1_000 + number,) * 2)
    (kept,) = (path for path in places.folder.iterdir() if path.stat().st_size)
    os.utime(kept, (1, 1))
    last = tmp_path / "last.jsonl"
    places.save(last, LastPosition("a", 6, 1, 6))
    assert places.load(last, "a", 6) is not None
    assert len(list(places.folder.iterdir())) == MOST
    assert places.load(first, "a", 6) is None
