"""A session is removed with all that is its own, nothing else, and never half without a word."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.debugger.sitting import Sitting, clock
from tooltrace.core.model import events as e
from tooltrace.core.model.errors import BadCommand, BadSession, ReadOnly, ToolTraceError
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.debugger.session import removal as session_removal
from tooltrace.debugger.session.files import SessionFiles, look, opened
from tooltrace.debugger.session.last_position import LastPosition, LastPositions
from tooltrace.debugger.session.removal import remove
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.world.world_owner import adopt, folder_beside
from tooltrace.store.blobs import MAX_INLINE, blobs_of
from tooltrace.store.files import Files
from tooltrace.store.journal import Journal
from tooltrace.tools.world.folder import Folder
from tooltrace.workflows.refund import refund


@pytest.fixture
def session(tmp_path: Path) -> Path:
    """A refund that ran to its end: its world has no mark yet."""
    folder = tmp_path / "sessions"
    folder.mkdir()
    with Sitting(folder, refund) as s:
        assert s.do("go").kind == "finished"
    return s.file


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A session with two payloads in files of their own, and none of a world."""
    path = tmp_path / "large.jsonl"
    made = Session(clock, Journal.create(path))
    made.append(e.RunStarted(WorkflowSpec("free"), session="abc"), "live")
    made.append(e.UserSaid("x" * (MAX_INLINE + 1)), "live")
    made.append(e.UserSaid("y" * (MAX_INLINE + 1)), "live")
    made.close()
    assert len(list(blobs_of(path).iterdir())) == 2
    return path


def seen(file: Path) -> SessionFiles:
    with opened(file, lock=False) as there:
        return look(file, there)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def tree(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
        if not path.is_symlink()
    }


@pytest.mark.parametrize("marked", [True, False])
def test_file_world_and_place_go(marked: bool, session: Path, tmp_path: Path) -> None:
    places = LastPositions(tmp_path / "state")
    places.save(session, LastPosition("sitting", 9, 1, 9))
    if marked:
        adopt(session, "sitting")
    found = seen(session)
    assert found.world is not None and found.world.path == session.with_name("s.world")
    assert found.world.size > 8_000 and found.size > found.world.size
    remove(session, places)
    assert names(session.parent) == set()
    assert names(tmp_path / "state") == set()


def test_payloads_go_and_what_else_lies_there_stays(large: Path) -> None:
    folder = blobs_of(large)
    kept = max(folder.iterdir())
    (folder / f".{kept.name}.part").write_bytes(b"half")
    found = seen(large)
    assert found.payloads is not None and found.payloads.size > 2 * MAX_INLINE
    assert found.left == ()
    (folder / "notes.txt").write_text("mine")
    (folder / ("0" * 64)).write_text("of another session")
    found = remove(large)
    assert [line for line in found.left if "2 that this session does not name" in line]
    assert names(folder) == {"notes.txt", "0" * 64}
    assert names(large.parent) == {folder.name}


def test_payloads_in_a_folder_of_their_own_go_with_it(large: Path) -> None:
    remove(large)
    assert names(large.parent) == set()


@pytest.mark.long
def test_nothing_is_removed_through_a_link(session: Path, large: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    shutil.copytree(session.with_name("s.world"), outside / "world")
    shutil.copytree(blobs_of(large), outside / "blobs")
    (session.with_name("s.world") / "out").symlink_to(outside)
    before = tree(outside)
    remove(session)
    assert names(session.parent) == set()
    # The folders themselves as links.
    with Sitting(session.parent, refund) as s:
        s.steps(2)
    shutil.rmtree(s.file.with_name("s.world"))
    s.file.with_name("s.world").symlink_to(outside / "world")
    with pytest.raises(ToolTraceError, match="link"):
        remove(s.file)
    assert s.file.exists()
    shutil.rmtree(blobs_of(large))
    blobs_of(large).symlink_to(outside / "blobs")
    found = remove(large)
    assert [line for line in found.left if "is a link" in line]
    assert blobs_of(large).is_symlink()
    assert tree(outside) == before


def test_a_link_to_a_session_is_not_the_session(session: Path) -> None:
    link = session.with_name("link.jsonl")
    link.symlink_to(session.name)
    before = tree(session.parent)
    with pytest.raises(BadCommand, match=r"link\.jsonl is a link to s\.jsonl"):
        remove(link)
    assert tree(session.parent) == before and link.is_symlink()


def test_a_copy_goes_without_the_world_of_the_original(session: Path) -> None:
    adopt(session, "sitting")
    before = tree(session.with_name("s.world"))
    for name in ("s.bak", "copy.jsonl", "s.json"):
        copy = Path(shutil.copy(session, session.with_name(name)))
        found = remove(copy)
        assert found.world is None
        assert not copy.exists()
    assert tree(session.with_name("s.world")) == before


def test_the_world_of_another_session_stays(session: Path) -> None:
    adopt(session, "sitting")
    other = session.with_name("t.jsonl")
    session.rename(other)
    with Sitting(session.parent, refund, runs=False) as s:
        pass  # A new session, under the name that the world's folder has.
    before = tree(session.with_name("s.world"))
    found = remove(s.file)
    assert found.world is None
    assert tree(session.with_name("s.world")) == before


def test_an_unmarked_folder_that_no_record_names_stays(session: Path) -> None:
    shutil.rmtree(session.with_name("s.world"))
    mine = session.with_name("s.world") / "snapshots"
    mine.mkdir(parents=True)
    (mine / ("0" * 64 + ".sqlite")).write_text("x")
    found = remove(session)
    assert found.left == ("s.world is not known to be this session's: it stays",)
    assert names(session.parent) == {"s.world"}


def test_nobody_s_session_is_removed_while_they_write(session: Path) -> None:
    before = tree(session.parent)
    held, why = Journal.open(session, writable=True), r"s\.jsonl stays: already open"
    with held, pytest.raises(ReadOnly, match=why):
        remove(session)
    assert tree(session.parent) == before


def test_what_is_no_session_is_not_removed(tmp_path: Path, session: Path) -> None:
    (tmp_path / "folder.jsonl").mkdir()
    (tmp_path / "picture.jsonl").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(400))
    (tmp_path / "half.jsonl").write_bytes(session.read_bytes()[:80])
    os.mkfifo(tmp_path / "pipe.jsonl")
    newer = session.read_bytes().replace(b'"event":{', b'"event":{"format":9,', 1)
    (tmp_path / "newer.jsonl").write_bytes(newer)
    before = names(tmp_path)
    for name in before - {"sessions"}:
        with pytest.raises(BadSession) as caught:
            remove(tmp_path / name)
        assert str(caught.value).isprintable()
    with pytest.raises(BadSession, match="does not exist"):
        remove(tmp_path / "none.jsonl")
    assert names(tmp_path) == before


def test_an_empty_session_goes(tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    file.touch()
    adopt(file, "killed")
    folder_beside(tmp_path / "t.jsonl").mkdir()
    (tmp_path / "t.jsonl").touch()
    remove(file)
    remove(tmp_path / "t.jsonl")
    assert names(tmp_path) == {"t.world"}


@pytest.mark.parametrize("marked", [True, False])
def test_cut_short_anywhere_it_is_whole_or_a_rest_that_can_be_removed(
    marked: bool, session: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every step of a removal fails once; then the same command ends it."""

    class Cut(BaseException):
        pass

    if marked:
        adopt(session, "sitting")
    keep = tmp_path / "keep"
    shutil.copytree(session.parent, keep, symlinks=True)
    left, calls = 0, 0

    def counted(real: object) -> object:
        def call(*args: object, **named: object) -> object:
            nonlocal calls
            calls += 1
            if calls == left:
                raise Cut
            return real(*args, **named)  # type: ignore[operator]

        return call

    for owner, name in (
        (Files, "rename"),
        (Files, "remove"),
        (Files, "sync_folder"),
        (Folder, "rename"),
        (Folder, "remove_file"),
        (os, "rmdir"),
    ):
        monkeypatch.setattr(owner, name, counted(getattr(owner, name)))
    rest = session.with_name("s.jsonl.removed")
    whole = gone = 0
    while True:
        left, calls = left + 1, 0
        try:
            remove(session)
        except Cut:
            calls = -1_000_000
        else:
            break
        if session.exists():
            whole += 1
            found = seen(session)
            assert found.world is not None and found.left == ()
            assert tree(found.world.path) == tree(keep / "s.world") or not marked
            continue
        gone += 1
        if rest.exists():
            assert names(session.parent) <= {rest.name, "s.world", "s.jsonl.removed.world"}
            remove(rest)
        assert names(session.parent) == set()
        shutil.rmtree(session.parent)
        with Sitting(_made(session.parent), refund) as s:
            s.do("go")
        if marked:
            adopt(session, "sitting")
        keep = tmp_path / f"keep{left}"
        shutil.copytree(session.parent, keep, symlinks=True)
    assert whole >= 1 and gone >= 5
    assert names(session.parent) == set()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_what_cannot_be_removed_is_named_with_how_to_go_on(
    session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Folder, name: str) -> None:
        raise PermissionError(13, "Permission denied", str(self.path / name))

    adopt(session, "sitting")
    with monkeypatch.context() as patched:
        patched.setattr(Folder, "remove_file", refused)
        with pytest.raises(BadSession) as caught:
            remove(session)
    assert "was removed only in part: " in str(caught.value)
    assert "permission denied" in str(caught.value)
    rest = session.with_name("s.jsonl.removed")
    assert f"tooltrace rm {rest} goes on" in str(caught.value)
    assert session_removal.started_removal(session) == rest
    remove(rest)
    assert names(session.parent) == set()


def test_a_world_that_is_nested_too_deep_is_refused_whole(
    session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopt(session, "sitting")
    monkeypatch.chdir(session.with_name("s.world"))
    for _ in range(1_100):
        os.mkdir("x")  # noqa: PTH102 - the whole path would be too long
        os.chdir("x")
    try:
        with pytest.raises(BadSession, match=r"(nested too deep|too many open files)"):
            remove(session)
        assert names(session.parent) == {"s.jsonl", "s.world"}
    finally:
        for _ in range(1_100):
            os.chdir("..")
            os.rmdir("x")  # noqa: PTH106


def test_a_file_that_is_replaced_in_between_is_put_back(
    session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = session.with_name("other")
    other.write_text("somebody's")
    real = Files.rename

    def swap(self: Files, old: Path, new: Path) -> None:
        if old == session and other.exists():
            other.replace(session)
        real(self, old, new)

    monkeypatch.setattr(Files, "rename", swap)
    with pytest.raises(BadSession, match="was just replaced"):
        remove(session)
    assert session.read_text() == "somebody's"


def test_a_new_session_of_that_name_keeps_its_payloads(large: Path) -> None:
    data = large.read_bytes()
    rest = large.rename(large.with_name("large.jsonl.removed"))
    large.write_bytes(data)
    remove(rest)
    assert len(names(blobs_of(large))) == 2 and large.read_bytes() == data


def test_what_two_names_of_a_file_share_goes_with_the_last_one(session: Path, large: Path) -> None:
    for file in (session, large):
        other = file.with_name("other.jsonl")
        other.hardlink_to(file)
        world, payloads = folder_beside(file), blobs_of(file)
        before = tree(file.parent)
        found = seen(other)
        assert found.removable == (found.file,) and found.size == other.stat().st_size
        assert any("another name here" in line for line in found.left)
        remove(other)
        del before["other.jsonl"]
        assert tree(file.parent) == before
        backup = file.parent / "backup"
        backup.mkdir()
        (backup / file.name).hardlink_to(file)
        remove(file)  # The name in another folder needs nothing of what is in this one.
        assert not any(map(os.path.lexists, (file, world, payloads)))
        assert names(backup) == {file.name}
        shutil.rmtree(backup)
        assert not names(file.parent) - {"large.jsonl", "large.jsonl.blobs", "sessions"}
