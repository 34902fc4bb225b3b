"""A world's folder names its owner: found again after a rename, never shared or taken unasked."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tooltrace.core.model.errors import BadWorld
from tooltrace.debugger.world.world_owner import adopt, find, folder_beside, hand_over, remove

DIGEST = "ab" * 32


@pytest.fixture
def session(tmp_path: Path) -> Path:
    """A session's file whose world is marked, with one snapshot in it."""
    file = tmp_path / "x.jsonl"
    file.write_text("{}")
    (adopt(file, "one") / "snapshots" / f"{DIGEST}.sqlite").write_text("kept")
    return file


def listing(folder: Path) -> list[tuple[str, int]]:
    return sorted((str(path), path.lstat().st_mtime_ns) for path in folder.rglob("*"))


def test_every_whole_name_has_a_folder_of_its_own(tmp_path: Path) -> None:
    names = ["x.jsonl", "x.bak", "x.json", "x.jsonl.bak", ".x", "x..jsonl", ".jsonl"]
    folders = {folder_beside(tmp_path / name).name for name in names}
    assert len(folders) == len(names) and "x.world" in folders


def test_looking_changes_nothing_and_finds_its_own(session: Path) -> None:
    before = listing(session.parent)
    found = find(session, "one")
    assert (found.own, found.moved, found.old) == (session.with_name("x.world"), None, None)
    assert find(session, "another").own is None
    assert find(session, "another").readable == ()
    assert listing(session.parent) == before


@pytest.mark.parametrize("name", ["x.bak", "x.json", "y.jsonl", "x"])
def test_a_copied_file_may_read_and_gets_a_folder_of_its_own(session: Path, name: str) -> None:
    copy = session.with_name(name)
    shutil.copy(session, copy)
    found = find(copy, "one")
    assert (found.own, found.moved, found.old) == (None, None, None)
    assert found.others == found.readable == (session.with_name("x.world"),)
    made = adopt(copy, "one")
    assert made != session.with_name("x.world")
    assert (find(copy, "one").own, find(session, "one").own) == (made, folder_beside(session))


def test_a_renamed_file_is_offered_its_folder_once(session: Path) -> None:
    renamed = session.rename(session.with_name("y.jsonl"))
    found = find(renamed, "one")
    assert (found.own, found.moved) == (None, session.with_name("x.world"))
    assert "x.jsonl is called y.jsonl now" in found.offer and "\n" not in found.offer
    assert "tooltrace mv x.jsonl y.jsonl" in found.offer
    with pytest.raises(BadWorld, match="say yes once"):
        adopt(renamed, "one")
    assert hand_over(found.readable[0], renamed, "one") == renamed.with_name("y.world")
    assert find(renamed, "one").own == renamed.with_name("y.world")
    assert (renamed.with_name("y.world") / "snapshots" / f"{DIGEST}.sqlite").exists()


def test_a_file_and_its_folder_copied_elsewhere_are_offered_each_other(
    session: Path, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    there.mkdir()
    shutil.copy(session, there)
    shutil.copytree(session.with_name("x.world"), there / "x.world")
    found = find(there / "x.jsonl", "one")
    assert (found.own, found.moved) == (None, there / "x.world")
    assert "copied with its world" in found.offer
    hand_over(there / "x.world", there / "x.jsonl", "one")
    assert find(there / "x.jsonl", "one").own == there / "x.world"
    assert find(session, "one").own == session.with_name("x.world")


def test_both_copied_under_another_name_beside_the_first(session: Path) -> None:
    shutil.copy(session, session.with_name("y.jsonl"))
    shutil.copytree(session.with_name("x.world"), session.with_name("y.world"))
    found = find(session.with_name("y.jsonl"), "one")
    assert (found.own, found.moved) == (None, session.with_name("y.world"))
    assert find(session, "one").own == session.with_name("x.world")


def test_a_copy_under_the_first_ones_name_does_not_get_the_renamed_ones_folder(
    session: Path,
) -> None:
    renamed = session.rename(session.with_name("y.jsonl"))
    shutil.copy(renamed, session)
    assert find(session, "one").moved is None
    assert find(session, "one").others == (session.with_name("x.world"),)
    assert find(renamed, "one").moved == session.with_name("x.world")
    own = adopt(session, "one")
    assert own.name == "x.jsonl-2.world" and find(session, "one").own == own


def test_a_file_written_anew_under_its_name_is_offered_its_folder(session: Path) -> None:
    new = session.with_name("saved by an editor")
    new.write_text("{}")
    new.replace(session)
    assert find(session, "one").moved == session.with_name("x.world")


def test_two_names_of_one_file_have_one_folder(session: Path) -> None:
    os.link(session, session.with_name("y.jsonl"))
    session.with_name("z.jsonl").symlink_to(session.name)
    for name in ("x.jsonl", "y.jsonl", "z.jsonl"):
        assert find(session.with_name(name), "one").own == session.with_name("x.world")


def test_an_old_folder_is_adopted_when_somebody_writes_and_only_then(tmp_path: Path) -> None:
    file, old = tmp_path / "x.bak", tmp_path / "x.world"
    file.write_text("{}")
    (old / "snapshots").mkdir(parents=True)
    assert find(file, "one").old == old  # As its name was made before.
    assert list((old / "snapshots").iterdir()) == []
    (tmp_path / "x.jsonl").write_text("{}")
    assert find(file, "one").old is None  # It belongs to this one rather.
    assert adopt(tmp_path / "x.jsonl", "one") == old
    assert find(file, "one").others == (old,)


@pytest.mark.parametrize("what", ["world", "snapshots", "mark", "file", "fifo", "garbage"])
def test_what_is_in_the_way_is_named_and_not_followed(tmp_path: Path, what: str) -> None:
    file, world, real = tmp_path / "x.jsonl", tmp_path / "x.world", tmp_path / "real"
    file.write_text("{}")
    (real / "snapshots").mkdir(parents=True)
    (real / "snapshots" / ".owner").write_text("not a mark")
    before = listing(real)
    if what == "world":
        world.symlink_to(real)
    elif what == "file":
        world.write_text("in the way")
    else:
        world.mkdir()
        if what == "snapshots":
            (world / "snapshots").symlink_to(real / "snapshots")
        else:
            (world / "snapshots").mkdir()
            mark = world / "snapshots" / ".owner"
            if what == "mark":
                mark.symlink_to(real / "snapshots" / ".owner")
            elif what == "fifo":
                os.mkfifo(mark)
            else:
                mark.write_text('{"session": 1}')
    for ask in (find, adopt):
        with pytest.raises(BadWorld) as caught:
            ask(file, "one")
        assert "x.world" in str(caught.value) and "\n" not in str(caught.value)
    assert listing(real) == before


def test_a_world_is_removed_with_its_session_and_nobody_elses_is(
    session: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("x")
    world = session.with_name("x.world")
    (world / "deep").mkdir(mode=0o500)
    (world / "link").symlink_to(outside)
    copy = session.with_name("y.jsonl")
    shutil.copy(session, copy)
    assert remove(copy, "one", {DIGEST}) is None and world.exists()
    assert remove(session, "one", set()) is None and not world.exists()
    assert (outside / "kept").read_text() == "x"


def test_an_old_folder_is_removed_only_if_the_records_name_what_is_in_it(tmp_path: Path) -> None:
    file, old = tmp_path / "x.jsonl", tmp_path / "x.world"
    file.write_text("{}")
    (old / "snapshots" / DIGEST).mkdir(parents=True)
    assert remove(file, "one", set()) == old and old.exists()
    assert remove(file, "one", {DIGEST}) is None and not old.exists()


@pytest.mark.parametrize("ident", ["", "\ud800", "x" * 100_000, "\x1b]0;x\x07\n"])
def test_any_name_and_any_id_can_be_marked(ident: str, tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"\xff\x1b \n.jsonl")
    file.write_text("{}")
    folder = adopt(file, ident)
    assert find(file, ident).own == folder
    assert find(file, f"{ident}x").own is None
    renamed = file.rename(tmp_path / "y.jsonl")
    found = find(renamed, ident)
    assert found.moved == folder and found.offer.isprintable()
    assert hand_over(folder, renamed, ident) == tmp_path / "y.world"
