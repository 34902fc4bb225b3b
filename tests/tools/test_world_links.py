"""A world's folder is input, too: nothing in it leads out of it, and only what is not there counts
as missing."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import sqlite3
import stat
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.tools.unprivileged import obeying_permissions
from tooltrace.core.model.errors import BadWorld
from tooltrace.tools.world.folder import Folder
from tooltrace.tools.world.tree_copy import check_links
from tooltrace.tools.world.world import FolderWorld, SqliteWorld, hold


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """What nothing may touch."""
    folder = tmp_path / "outside"
    (folder / "deep").mkdir(parents=True)
    (folder / "precious").write_text("mine")
    return folder


def state(folder: Path) -> list[tuple[str, int, int, bytes]]:
    found = []
    for path in sorted(folder.rglob("*")):
        info = path.lstat()
        data = path.read_bytes() if stat.S_ISREG(info.st_mode) else b""
        found.append((str(path), info.st_mode, info.st_mtime_ns, data))
    return found


LEADING_OUT = {
    "absolute": {"l": "/etc/passwd"},
    "relative": {"a/l": "../../outside"},
    "in two steps": {"a/b/up": "..", "l": "a/b/up/../../outside"},
    "and back in": {"l": "../w/f"},
    "through a folder that is a link": {"d": "a", "l": "d/../../outside"},
    "to its own folder by its whole path": {"l": "{root}/f"},
}
STAYING = {
    "beside": {"l": "f"},
    "down": {"l": "a/b"},
    "up and down": {"a/b/l": "../../f"},
    "the whole": {"a/l": ".."},
    "nowhere": {"l": "a/none"},
    "in circles": {"l": "m", "m": "l"},
    "deeper than it looks": {"d": "a/b", "l": "d/../../f"},
}


def tree(root: Path, links: dict[str, str]) -> FolderWorld:
    (root / "a" / "b").mkdir(parents=True)
    (root / "f").write_text("file")
    for name, target in links.items():
        (root / name).symlink_to(target.format(root=root))
    return FolderWorld(root)


@pytest.mark.parametrize("links", LEADING_OUT.values(), ids=LEADING_OUT)
def test_a_link_that_leads_out_is_refused_and_named(
    links: dict[str, str], tmp_path: Path, outside: Path
) -> None:
    world, before = tree(tmp_path / "w", links), state(outside)
    for doing in (world.digest, lambda: world.snapshot(tmp_path / "kept")):
        with pytest.raises(BadWorld, match="leads out of") as caught:
            doing()
        assert any(str(tmp_path / "w" / name) in str(caught.value) for name in links)
        assert str(caught.value).isprintable()
    assert not list((tmp_path / "kept").iterdir())
    assert state(outside) == before


@pytest.mark.parametrize("links", STAYING.values(), ids=STAYING)
def test_a_link_that_stays_inside_is_kept_as_a_link(links: dict[str, str], tmp_path: Path) -> None:
    world = tree(tmp_path / "w", links)
    digest = world.snapshot(tmp_path / "kept")
    for name in links:
        (world.path / name).unlink()
    world.restore(tmp_path / "kept", digest)
    for name, target in links.items():
        assert (world.path / name).readlink() == Path(target)


names = st.sampled_from(["a", "b", "c"])
targets = st.lists(st.sampled_from(["a", "b", "c", "..", "."]), min_size=1, max_size=6)


@settings(max_examples=examples(100), deadline=None)
@given(links=st.dictionaries(st.tuples(names, names), targets.map("/".join), max_size=5))
def test_leading_out_is_what_the_system_says_it_is(
    links: dict[tuple[str, str], str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("t") / "root"
    for top in "abc":
        (root / top).mkdir(parents=True)
    for (top, name), target in links.items():
        (root / top / name).symlink_to(target)
    allowed = True
    with Folder.open(root) as folder:
        try:
            check_links(folder)
        except ValueError:
            allowed = False
    real = root.resolve()
    for (top, name), _ in links.items():
        try:
            end = (root / top / name).resolve(strict=True)
        except (OSError, RuntimeError):
            continue  # Nowhere, or in circles.
        if not end.is_relative_to(real):
            assert not allowed
    shutil.rmtree(root.parent)


def planted(kept: Path, outside: Path) -> str:
    """A snapshot as a stranger would make it, with the digest that belongs to it."""
    draft = kept / "draft"
    draft.mkdir(parents=True)
    target = os.fsencode(outside)
    (draft / "l").symlink_to(outside)
    digest = hashlib.sha256(b"l 0 1 %d l%s" % (len(target), target)).hexdigest()
    draft.rename(kept / digest)
    return digest


def test_a_snapshot_with_such_a_link_is_not_put_back(tmp_path: Path, outside: Path) -> None:
    digest, before = planted(tmp_path / "kept", outside), state(outside)
    world = tree(tmp_path / "w", {})
    was = world.digest()
    with pytest.raises(BadWorld, match="leads out of") as caught:
        world.restore(tmp_path / "kept", digest)
    assert f"{digest}/l" in str(caught.value)
    assert (world.digest(), state(outside)) == (was, before)


@pytest.mark.parametrize("suffix", ["", ".sqlite"])
@pytest.mark.parametrize("what", ["link", "garbage", "other kind", "folder link"])
def test_a_planted_snapshot_is_no_snapshot(
    what: str, suffix: str, tmp_path: Path, outside: Path
) -> None:
    world: FolderWorld | SqliteWorld = tree(tmp_path / "w", {})
    if suffix:
        world = SqliteWorld(tmp_path / "w.db")
        with closing(world.connect()) as db:
            db.execute("CREATE TABLE t (a)")
    kept, before = tmp_path / "kept", state(outside)
    digest = world.snapshot(kept)
    snapshot = kept / f"{digest}{suffix}"
    snapshot.rename(tmp_path / "was")
    match what:
        case "link":
            snapshot.symlink_to(outside / "precious")
        case "folder link":
            snapshot.symlink_to(outside)
        case "garbage":
            snapshot.write_text("x" * 200)
        case _ if suffix:
            snapshot.mkdir()
            (snapshot / "x").write_text("x")
        case _:
            snapshot.write_text("")
    other = type(world)(world.path)  # Another sitting, which has not seen it yet.
    with pytest.raises(BadWorld, match="damaged"):
        other.restore(kept, digest)
    assert other.snapshot(kept) == digest  # It is kept anew, in place of what was planted.
    other.restore(kept, digest)
    assert [path.name for path in kept.iterdir()] == [f"{digest}{suffix}"]
    assert state(outside) == before


@pytest.mark.parametrize("beside", ["", "-wal", "-journal", "-shm"])
@pytest.mark.parametrize("kind", ["file", "folder", "nothing", "fifo"])
def test_a_database_in_a_session_is_no_link(
    beside: str, kind: str, tmp_path: Path, outside: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with closing(sqlite3.connect(outside / "theirs.db")) as db:
        db.execute("CREATE TABLE t (a)")
    world = SqliteWorld(home / "shop.db")
    digest = world.snapshot(tmp_path / "kept")
    (home / "shop.db").unlink(missing_ok=True)
    place = home / f"shop.db{beside}"
    if kind == "fifo":
        os.mkfifo(place)
    else:
        place.symlink_to({"file": outside / "theirs.db", "folder": outside}.get(kind, "none"))
    before = state(outside)
    with Folder.open(home) as folder:
        if kind == "fifo" or beside:
            hold(world, folder)
        else:
            world.hold_to(home)  # ``hold`` itself refuses.
            with pytest.raises(OSError, match="is a link"):
                hold(world, folder)
    for doing in (
        world.connect,
        world.digest,
        lambda: world.snapshot(tmp_path / "kept"),
        lambda: world.restore(tmp_path / "kept", digest),
    ):
        with pytest.raises(BadWorld, match=r"is a link|is no regular file") as caught:
            doing()
        assert str(place) in str(caught.value)
    assert state(outside) == before


def test_a_world_somewhere_else_may_stand_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    home = tmp_path / "home"
    home.mkdir()
    for world in (SqliteWorld(tmp_path / "link" / "a.db"), FolderWorld(tmp_path / "link")):
        with Folder.open(home) as folder:
            hold(world, folder)
        digest = world.snapshot(tmp_path / "kept")
        world.restore(tmp_path / "kept", digest)
        assert world.digest() == digest


@pytest.mark.parametrize("part", ["w", "w/a"])
def test_a_folder_in_a_session_is_reached_through_no_link(
    part: str, tmp_path: Path, outside: Path
) -> None:
    home = tmp_path / "home"
    world = tree(home / "w", {})
    digest = world.snapshot(tmp_path / "kept")
    inner = FolderWorld(home / "w" / "a")
    with Folder.open(home) as folder:
        hold(world, folder)
        hold(inner, folder)
    shutil.rmtree(home / part)
    (home / part).symlink_to(outside)
    before = state(outside)
    with pytest.raises(BadWorld, match=r"is a link to|leads out of"):
        world.digest()
    with pytest.raises(BadWorld, match="is a link to"):
        inner.digest()
    if part == "w":
        with pytest.raises(BadWorld, match="is a link to"):
            world.restore(tmp_path / "kept", digest)
    else:
        world.restore(tmp_path / "kept", digest)  # The link itself goes.
        assert (home / part).is_dir() and not (home / part).is_symlink()
    assert state(outside) == before


def test_the_folder_of_the_snapshots_is_no_link(tmp_path: Path, outside: Path) -> None:
    world = tree(tmp_path / "w", {})
    (tmp_path / "kept").symlink_to(outside)
    before = state(outside)
    with pytest.raises(BadWorld, match="is a link to"):
        world.snapshot(tmp_path / "kept")
    with pytest.raises(BadWorld, match="is a link to"):
        world.restore(tmp_path / "kept", "0" * 64)
    assert state(outside) == before


def test_another_name_of_a_file_keeps_its_content_and_its_permissions(
    tmp_path: Path, outside: Path
) -> None:
    world = tree(tmp_path / "w", {})
    (world.path / "f").write_text("mine")
    (world.path / "g").write_text("other")
    for name in "fg":
        (world.path / name).chmod(0o640)
    digest = world.snapshot(tmp_path / "kept")
    for name in "fg":
        (world.path / name).unlink()
        os.link(outside / "precious", world.path / name)
    before = state(outside)
    world.restore(tmp_path / "kept", digest)
    assert state(outside) == before
    with Folder.open(world.path) as folder:
        check_links(folder, hard=True)
        os.link(outside / "precious", world.path / "h")
        with pytest.raises(ValueError, match="w/h is a file of somewhere else, too"):
            check_links(folder, hard=True)
        os.link(world.path / "f", world.path / "i")
        (world.path / "h").unlink()
        check_links(folder, hard=True)  # Both names of it are inside.


def test_what_is_neither_file_nor_folder_is_never_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = tree(tmp_path / "w", {})
    digest = world.snapshot(tmp_path / "kept")
    os.mkfifo(world.path / "pipe")
    with closing(socket.socket(socket.AF_UNIX)) as server:
        monkeypatch.chdir(world.path)  # Such an address may not be long.
        server.bind("socket")
    with pytest.raises(BadWorld, match="neither a file, a folder nor a link"):
        world.digest()
    world.restore(tmp_path / "kept", digest)
    assert sorted(path.name for path in world.path.iterdir()) == ["a", "f"]


@pytest.mark.parametrize("name", ["x" * 300, "loop/w"])
def test_only_what_is_not_there_is_missing(name: str, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for world in (FolderWorld(tmp_path / name), SqliteWorld(tmp_path / name)):
        with pytest.raises(BadWorld) as caught:
            world.snapshot(tmp_path / "kept")
        assert str(tmp_path / name) in str(caught.value)
    assert not list((tmp_path / "kept").glob("*")) or not (tmp_path / "kept").exists()


def test_below_a_file_there_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    empty = FolderWorld(tmp_path / "none").digest()
    assert FolderWorld(tmp_path / "file" / "w").digest() == empty
    with pytest.raises(BadWorld, match="is not a folder"):
        FolderWorld(tmp_path / "file").digest()


def _kept_while_closed(root: Path, kept: Path) -> str:
    try:
        return FolderWorld(root / "w").snapshot(kept)
    except BadWorld as error:
        return str(error)


def test_a_world_that_may_not_be_looked_at_is_not_taken_for_empty(tmp_path: Path) -> None:
    root, kept = tmp_path / "root", tmp_path / "kept"
    tree(root / "w", {})
    kept.mkdir()
    with obeying_permissions(root, kept) as run:
        root.chmod(0)
        said = run(_kept_while_closed, root, kept)
        root.chmod(0o755)
        assert f"{root / 'w'}: permission denied" in said
        (root / "w" / "f").chmod(0)
        said = run(_kept_while_closed, root, kept)
        assert f"{root / 'w' / 'f'}: permission denied" in said
    assert list(kept.iterdir()) == []


@pytest.mark.parametrize("written", ["plain", "dots", "real"])
def test_a_world_is_held_however_its_folder_is_written(
    written: str, tmp_path: Path, outside: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "link").symlink_to(tmp_path)
    named = {"plain": home, "dots": home / ".." / "home", "real": tmp_path / "link" / "home"}
    place = Path(os.path.realpath(home)) if written == "real" else named[written]
    for world in (FolderWorld(place / "w"), SqliteWorld(place / "w" / "a.db")):
        with Folder.open(named[written]) as folder:
            hold(world, folder)
    (home / "w").symlink_to(outside)
    before = state(outside)
    for world in (FolderWorld(place / "w"), SqliteWorld(place / "w" / "a.db")):
        with Folder.open(named[written]) as folder, pytest.raises(OSError, match="is a link to"):
            hold(world, folder)
        with pytest.raises(BadWorld, match="is a link to"):
            world.digest()
    assert state(outside) == before


def test_folders_too_deep_for_anybody_are_said(tmp_path: Path) -> None:
    world = tree(tmp_path / "w", {})
    digest = world.snapshot(tmp_path / "kept")
    at = os.open(world.path, os.O_RDONLY)
    for _ in range(1_500):
        os.mkdir("d", dir_fd=at)
        below = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
    try:
        for doing in (world.digest, lambda: world.restore(tmp_path / "kept", digest)):
            with pytest.raises(BadWorld) as caught:
                doing()
            assert str(caught.value).isprintable() and len(str(caught.value)) < 10_000
    finally:
        subprocess.run(["rm", "-rf", world.path], check=True)
