"""A session gets another name or place with all that is its own, whatever stops it in between."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from errno import EXDEV
from pathlib import Path

import pytest

from tests.debugger.sitting import Sitting, clock
from tooltrace.core.model import events as e
from tooltrace.core.model.errors import BadCommand, BadSession, BadWorld, ReadOnly, ToolTraceError
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.debugger.session import move as session_move
from tooltrace.debugger.session.last_position import LastPosition, LastPositions
from tooltrace.debugger.session.move import move, plan
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.world.world_owner import adopt, find, folder_beside
from tooltrace.store.blobs import MAX_INLINE, blobs_of
from tooltrace.store.files import Files
from tooltrace.store.journal import Journal
from tooltrace.workflows.refund import refund


@pytest.fixture(params=["marked", "unmarked"])
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A refund that is half done, with its world."""
    folder = tmp_path / "sessions"
    folder.mkdir()
    with Sitting(folder, refund) as s:
        s.to_call("process_credit")
        s.steps(1)
    if request.param == "marked":
        adopt(s.file, "sitting")
    return s.file


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A session with a payload in a file of its own."""
    path = tmp_path / "large.jsonl"
    made = Session(clock, Journal.create(path))
    made.append(e.RunStarted(WorkflowSpec("free"), session="abc"), "live")
    made.append(e.UserSaid("x" * (MAX_INLINE + 1)), "live")
    made.close()
    return path


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and ".owner" not in path.name)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def own(file: Path) -> Path | None:
    return find(file, "sitting").own


def test_all_that_is_its_own_goes_with_it(session: Path, tmp_path: Path) -> None:
    places = LastPositions(tmp_path / "state")
    places.save(session, LastPosition("sitting", 9, 1, 9))
    data, world = session.read_bytes(), tree(session.with_name("s.world"))
    new = session.with_name("other name.jsonl")
    assert [part.path.name for part in plan(session, new).parts] == ["s.jsonl", "s.world"]
    assert session.exists() and names(session.parent) == {"s.jsonl", "s.world"}
    move(session, new, places)
    assert names(session.parent) == {"other name.jsonl", "other name.world"}
    assert new.read_bytes() == data and tree(folder_beside(new)) == world
    assert own(new) == folder_beside(new)
    assert places.load(new, "sitting", 9) is not None
    assert places.load(session, "sitting", 9) is None


def test_it_goes_on_where_it_is_now(session: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    moved = move(session, there)
    assert moved.new == there / "s.jsonl"
    assert names(session.parent) == set()
    with Sitting(there, refund) as s:
        assert s.do("go").kind == "finished"


def test_payloads_go_with_it(large: Path) -> None:
    move(large, large.with_name("l.jsonl"))
    assert names(large.parent) == {"l.jsonl", "l.jsonl.blobs"}
    with Journal.open(large.with_name("l.jsonl")) as journal:
        assert journal.problems == []


def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every other folder is on another file system."""
    real = Files.rename

    def rename(self: Files, old: Path, new: Path) -> None:
        if old.parent != new.parent:
            raise OSError(EXDEV, "Invalid cross-device link")
        real(self, old, new)

    monkeypatch.setattr(Files, "rename", rename)


def test_to_another_file_system(
    session: Path, large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere(monkeypatch)
    there = tmp_path / "there"
    there.mkdir()
    data, world = session.read_bytes(), tree(session.with_name("s.world"))
    payloads = tree(blobs_of(large))
    move(session, there / "t.jsonl")
    move(large, there)
    assert names(session.parent) == set()
    assert names(there) == {"t.jsonl", "t.world", "large.jsonl", "large.jsonl.blobs"}
    assert (there / "t.jsonl").read_bytes() == data
    assert tree(there / "t.world") == world and tree(blobs_of(there / "large.jsonl")) == payloads
    assert own(there / "t.jsonl") == there / "t.world"
    for file in ("t.jsonl", "large.jsonl"):
        assert (there / file).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("call", range(1, 14))
def test_a_copy_that_fails_leaves_the_old_one_whole(
    call: int, session: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere(monkeypatch)
    there = tmp_path / "there"
    there.mkdir()
    data, world = session.read_bytes(), tree(session.with_name("s.world"))
    count = 0

    def failing(real: Callable[..., object]) -> Callable[..., object]:
        def once(*args: object, **named: object) -> object:
            nonlocal count
            count += 1
            if count == call:
                raise OSError(28, "No space left on device")
            return real(*args, **named)

        return once

    with monkeypatch.context() as patched:
        for owner, name in ((os, "fsync"), (Files, "write"), (Files, "sync"), (Files, "open")):
            patched.setattr(owner, name, failing(getattr(owner, name)))
        try:
            move(session, there / "t.jsonl")
        except ToolTraceError as error:
            assert "\n" not in str(error)
    if session.exists():
        assert session.read_bytes() == data and tree(session.with_name("s.world")) == world
        if not (there / "t.jsonl").exists():
            assert names(there) == set()
    else:
        assert (there / "t.jsonl").read_bytes() == data
        assert tree(there / "t.world") == world


def test_nothing_is_ever_replaced(session: Path, large: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken.jsonl"
    taken.write_text("x")
    (tmp_path / "link.jsonl").symlink_to("nowhere")
    (tmp_path / "w.world").mkdir()
    (tmp_path / "p.jsonl.blobs").mkdir()
    before = names(tmp_path), names(session.parent)
    for name in ("taken.jsonl", "link.jsonl", "w.jsonl"):
        with pytest.raises(BadCommand, match="exists already: choose another name"):
            move(session, tmp_path / name)
    with pytest.raises(BadCommand, match="exists already"):
        move(large, tmp_path / "p.jsonl")
    with pytest.raises(BadCommand, match="exists already"):
        move(session, session)
    with pytest.raises(BadCommand, match="exists already"):
        shutil.copy(session, tmp_path / "s.jsonl")
        move(session, tmp_path)
    (tmp_path / "s.jsonl").unlink()
    assert (names(tmp_path), names(session.parent)) == before
    assert taken.read_text() == "x"


@pytest.mark.parametrize(
    "name",
    ["a\nb.jsonl", "\x1b[2J.jsonl", "\u202eb.jsonl", "a\ud800.jsonl", "-rf.jsonl", "x.removed"],
)
def test_what_is_no_name_is_refused(name: str, session: Path) -> None:
    before = names(session.parent)
    with pytest.raises(BadCommand) as caught:
        move(session, session.with_name(name))
    assert str(caught.value).isprintable()
    with pytest.raises(BadCommand, match="there is no folder"):
        move(session, session.parent / "none" / "s.jsonl")
    assert names(session.parent) == before


def test_a_session_with_such_a_name_can_be_given_a_better_one(session: Path) -> None:
    odd = session.with_name("a\nb\x1b]0;x\x07.jsonl")
    session.rename(odd)
    move(odd, session.with_name("good.jsonl"))
    assert "good.jsonl" in names(session.parent)


def test_a_running_session_stays(session: Path) -> None:
    before = names(session.parent)
    with Journal.open(session, writable=True), pytest.raises(ReadOnly, match=r"s\.jsonl stays"):
        move(session, session.with_name("t.jsonl"))
    assert names(session.parent) == before


def test_what_is_no_session_stays(tmp_path: Path, session: Path) -> None:
    (tmp_path / "picture.jsonl").write_bytes(b"\x89PNG" + bytes(400))
    (tmp_path / "folder.jsonl").mkdir()
    (tmp_path / "link.jsonl").symlink_to(session)
    before = names(tmp_path)
    for name in ("picture.jsonl", "folder.jsonl", "link.jsonl", "none.jsonl"):
        with pytest.raises(ToolTraceError):
            move(tmp_path / name, tmp_path / "new.jsonl")
    assert names(tmp_path) == before


@pytest.mark.parametrize("there", ["sessions", "there"])
def test_cut_short_after_the_file_it_is_gone_on_with(
    there: str, session: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Cut(BaseException):
        pass

    def cut(*_: object) -> Path:
        raise Cut

    (tmp_path / there).mkdir(exist_ok=True)
    new = tmp_path / there / "t.jsonl"
    world = tree(session.with_name("s.world"))
    with monkeypatch.context() as patched:
        patched.setattr(session_move, "_give", cut)
        with pytest.raises(Cut):
            move(session, new)
    assert new.exists() and session.with_name("s.world").exists()
    assert plan(session, new).renamed
    move(session, new)
    assert own(new) == folder_beside(new) and tree(folder_beside(new)) == world
    with pytest.raises(BadSession, match="nothing of"):
        move(session, new)


def test_renamed_with_other_tools_its_world_follows_when_asked(session: Path) -> None:
    adopt(session, "sitting")
    new = session.rename(session.with_name("t.jsonl"))
    offer = find(new, "sitting").offer
    assert "tooltrace mv s.jsonl t.jsonl" in offer
    assert plan(session, new).renamed
    move(session, new)
    assert own(new) == new.with_name("t.world")
    assert names(new.parent) == {"t.jsonl", "t.world"}


def test_copied_with_its_world_it_is_handed_over_when_asked(session: Path, tmp_path: Path) -> None:
    adopt(session, "sitting")
    copy = tmp_path / "copy"
    shutil.copytree(session.parent, copy)
    file = copy / "s.jsonl"
    assert own(file) is None
    assert "tooltrace mv s.jsonl s.jsonl" in find(file, "sitting").offer
    move(file, file)
    assert own(file) == copy / "s.world"
    assert own(session) == session.with_name("s.world")


def test_payloads_that_stayed_behind_follow(large: Path) -> None:
    new = large.rename(large.with_name("l.jsonl"))
    move(large, new)
    with Journal.open(new) as journal:
        assert journal.problems == []


def test_a_name_that_is_taken_meanwhile_is_not_replaced(
    session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = session.with_name("t.jsonl")
    real = Files.open

    def opening(self: Files, path: Path, flags: int) -> int:
        if path == new:
            new.write_text("somebody's")
        return real(self, path, flags)

    monkeypatch.setattr(Files, "open", opening)
    with pytest.raises(BadCommand, match="exists already"):
        move(session, new)
    assert new.read_text() == "somebody's" and session.exists()


@pytest.mark.parametrize("inside", ["", "snapshots"])
def test_no_session_goes_into_its_own_world(session: Path, inside: str) -> None:
    before = tree(session.parent)
    world = own(session) or folder_beside(session)
    with pytest.raises(BadCommand, match="in the session's own"):
        move(session, world / inside)
    assert tree(session.parent) == before


def test_a_world_that_cannot_be_marked_is_said_to_be_left_behind(
    session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise BadWorld("no world can be kept: permission denied")

    adopt(session, "sitting")
    monkeypatch.setattr(session_move, "mark", broken)
    with pytest.raises(BadSession, match=r"jsonl was not moved whole: no world can be kept"):
        move(session, session.with_name("y.jsonl"))
