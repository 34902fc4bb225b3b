"""Who only reads a session goes where its writer goes: back, elsewhere, onto other branches."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from tests.debugger.flows import bill
from tests.debugger.sitting import WAIT, Sitting, clock
from tooltrace.debugger import debugger as face
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.session.last_position import LastPosition
from tooltrace.debugger.session.published_place import PublishedPlaces
from tooltrace.debugger.session.session import Session
from tooltrace.store.journal import Journal


@contextmanager
def two(tmp_path: Path, steps: int = 6) -> Iterator[tuple[Sitting, Debugger, PublishedPlaces]]:
    """A writer some steps into a run, and somebody who reads the same file."""
    places = PublishedPlaces(tmp_path / "standing")
    with Sitting(tmp_path, bill(tmp_path)) as s:
        s.debugger.share(places)
        s.steps(steps)
        reader = Debugger(Session(clock, Journal.open(s.file, writable=True)))
        try:
            reader.share(places)
            meets(s, reader)
            yield s, reader, places
        finally:
            reader.close()


def meets(s: Sitting, reader: Debugger) -> None:
    """Both stand at one place of one branch, at last."""
    late = time.monotonic() + WAIT
    while (view := reader.view()).head != s.head or view.tip != s.debugger.view().tip:
        assert time.monotonic() < late, (view.head, s.head)
        time.sleep(0.005)


def published(places: PublishedPlaces) -> Path:
    (only,) = places.folder.iterdir()
    return only


def test_it_follows_back_and_forward_onto_branches_and_past_undo(tmp_path: Path) -> None:
    with two(tmp_path) as (s, reader, _):
        for command, arguments in (
            ("back", ()),
            ("back", ()),
            ("step", ()),
            ("edit.fork", ("other",)),
            ("edit.undo", ()),
            ("switch", ("other",)),
            ("goto", (2,)),
            ("switch", ("main",)),
            ("step", ()),
            ("back", ("beat",)),
        ):
            s.done(command, *arguments)
            meets(s, reader)
        assert reader.view().read_only


def test_what_is_looked_at_often_enough_is_seen_in_a_fifth_of_a_second() -> None:
    assert face.FOLLOW_EVERY <= 0.1  # The screen looks thirty times a second on top of that.


def test_nothing_is_written_into_the_session_and_the_file_is_the_persons_own(
    tmp_path: Path,
) -> None:
    with two(tmp_path) as (s, reader, places):
        before = s.file.read_bytes()
        s.done("back")
        meets(s, reader)
        assert s.file.read_bytes() == before
        assert stat.S_IMODE(places.folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(published(places).stat().st_mode) == 0o600
        s.debugger.close()
        assert list(places.folder.iterdir()) == []


def test_who_went_elsewhere_stays_there_and_follows_again_from_where_they_meet(
    tmp_path: Path,
) -> None:
    with two(tmp_path) as (s, reader, _):
        reader.submit.goto(2).result(WAIT)
        s.done("back")
        time.sleep(3 * face.FOLLOW_EVERY)
        assert reader.view().head == 2
        reader.submit.goto(s.head).result(WAIT)
        time.sleep(3 * face.FOLLOW_EVERY)
        s.done("back")
        meets(s, reader)


@pytest.mark.parametrize(
    "what",
    [
        "gone",
        "another session",
        "no record",
        "another branch",
        "no JSON",
        "deep",
        "large",
        "a link",
        "a folder",
        "a pipe",
    ],
)
def test_a_file_that_cannot_be_believed_counts_as_none(tmp_path: Path, what: str) -> None:
    with two(tmp_path) as (s, reader, places):
        file, head = published(places), reader.view().head
        good = places.read(s.file)
        assert good is not None
        place = {
            "another session": LastPosition("another", good.last, 1, good.tip),
            "no record": LastPosition(good.session, good.last, 999, 999),
            "another branch": LastPosition(good.session, good.last, good.tip, 1),
        }.get(what, LastPosition(good.session, good.last, 2, good.tip))
        data = msgspec.json.encode(place)
        file.unlink()
        aside = tmp_path / "aside.json"
        match what:
            case "gone":
                pass
            case "no JSON":
                file.write_bytes(b"{" + data)
            case "deep":
                file.write_bytes(b"[" * 3000)
            case "large":
                file.write_bytes(data + b" " * 5000)
            case "a link":
                aside.write_bytes(data)
                file.symlink_to(aside)
            case "a folder":
                file.mkdir()
            case "a pipe":
                os.mkfifo(file)
            case _:
                file.write_bytes(data)
        time.sleep(3 * face.FOLLOW_EVERY)
        assert reader.view().head == head
        assert reader.view().problems == ()
        if file.is_dir() and not file.is_symlink():
            file.rmdir()
        s.done("back")
        meets(s, reader)


def test_looking_again_costs_one_status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with two(tmp_path) as (s, reader, places):
        s.done("back")
        meets(s, reader)
        read: list[Path] = []
        monkeypatch.setattr(places, "read", read.append)
        time.sleep(3 * face.FOLLOW_EVERY)
        assert read == []
