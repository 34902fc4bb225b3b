"""A copy of the world that a run began in: only the copy is written to, and it goes away."""

from __future__ import annotations

from pathlib import Path

import pytest

from tooltrace import FolderWorld
from tooltrace.core.model.errors import BadWorld
from tooltrace.debugger.world.scratch_copy import world_copy


def kept(tmp_path: Path) -> tuple[Path, str, FolderWorld]:
    """A world, its snapshots, and the digest of one; the world has changed since."""
    real = FolderWorld(tmp_path / "real")
    real.path.mkdir()
    (real.path / "a").write_text("then")
    digest = real.snapshot(tmp_path / "snapshots")
    (real.path / "a").write_text("now")
    return tmp_path / "snapshots", digest, real


def inside(folder: Path) -> FolderWorld:
    return FolderWorld(folder / "w")


def test_it_is_as_the_world_was_and_the_world_stays_as_it_is(tmp_path: Path) -> None:
    snapshots, digest, real = kept(tmp_path)
    before = FolderWorld(snapshots).digest(), real.digest()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with world_copy(inside, snapshots, digest, scratch) as world:
        place = world.path / "a"  # type: ignore[attr-defined]
        assert place.read_text() == "then" and place.is_relative_to(scratch)
        place.write_text("written by a tool")
    assert list(scratch.iterdir()) == []
    assert (FolderWorld(snapshots).digest(), real.digest()) == before


def test_no_snapshot_is_needed_for_a_world_that_is_always_made_so(tmp_path: Path) -> None:
    def made(folder: Path) -> FolderWorld:
        world = inside(folder)
        world.path.mkdir()
        (world.path / "a").write_text("made")
        return world

    other = tmp_path / "other"
    other.mkdir()
    digest = made(other).digest()
    with world_copy(made, tmp_path / "none", digest, tmp_path) as world:
        assert world.digest() == digest
    with (
        pytest.raises(BadWorld, match="no snapshot"),
        world_copy(made, tmp_path / "none", "0" * 64, tmp_path),
    ):
        pass


def test_a_world_somewhere_else_is_left_alone(tmp_path: Path) -> None:
    snapshots, digest, real = kept(tmp_path)
    (tmp_path / "link").symlink_to(real.path)
    worlds = [lambda _: real, lambda folder: FolderWorld(folder / ".." / "real")]

    def linked(folder: Path) -> FolderWorld:
        (folder / "w").symlink_to(real.path)
        return inside(folder)

    for factory in (*worlds, linked):
        with (
            pytest.raises(BadWorld, match=r"not in the folder it was given|is a link to"),
            world_copy(factory, snapshots, digest, tmp_path),
        ):
            pass
    assert (real.path / "a").read_text() == "now"


def test_a_recording_without_a_world_and_a_factory_that_raises(tmp_path: Path) -> None:
    with (
        pytest.raises(BadWorld, match="at its beginning"),
        world_copy(inside, tmp_path, None, tmp_path),
    ):
        pass

    def broken(folder: Path) -> FolderWorld:
        raise KeyError("x")

    with (
        pytest.raises(BadWorld, match=r"cannot be made: KeyError: 'x' \(.*\w+\.py:\d+\)"),
        world_copy(broken, tmp_path, "0" * 64, tmp_path),
    ):
        pass

    class Theirs(FolderWorld):
        def digest(self) -> str:
            raise OSError(5, "their disk")

    with (
        pytest.raises(BadWorld, match=r"put back: OSError: .*their disk \(.*\w+\.py:\d+\)"),
        world_copy(lambda folder: Theirs(folder / "w"), tmp_path, "0" * 64, tmp_path),
    ):
        pass
    assert list(tmp_path.iterdir()) == []
