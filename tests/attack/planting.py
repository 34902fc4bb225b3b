"""What is put into a world, and where; and the things of the person's own that stand beside it."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from random import Random

from tooltrace.debugger.world.branch_worlds import folder_beside

__all__ = ["THINGS", "canary_in", "make_room", "place_in"]


def canary_in(folder: Path) -> Path:
    """Things of the person's own, some of which look like ours."""
    folder.mkdir()
    (folder / "letter.txt").write_text("mine")
    (folder / "letter.txt").chmod(0o640)
    (folder / "deep" / "deeper").mkdir(parents=True)
    (folder / "deep" / "deeper" / "photo.jpg").write_bytes(bytes(range(256)))
    (folder / "empty").mkdir(mode=0o750)
    (folder / ("ab" * 32)).write_text("looks like a snapshot")
    (folder / f"{'cd' * 32}.sqlite").write_text("looks like one, too")
    (folder / ("ef" * 32)).mkdir()
    (folder / ("ef" * 32) / "inside").write_text("a folder that looks like one")
    (folder / ".partial-0123456789abcdef").write_text("looks like a leftover")
    (folder / "snapshots").mkdir()
    (folder / "snapshots" / ("12" * 32)).write_text("not yours")
    (folder / "branches" / "5").mkdir(parents=True)
    (folder / "branches" / "5" / "thing").write_text("not yours")
    with closing(sqlite3.connect(folder / "data.db")) as db, db:
        db.execute("CREATE TABLE t (x)")
        db.execute("INSERT INTO t VALUES ('mine')")
    return folder


def place_in(path: Path, data: str, random: Random) -> Path:
    """Somewhere at or below the session's world."""
    world = folder_beside(path)
    branches, snapshots = world / "branches", world / "snapshots"
    there = sorted(branches.glob("*")) or [branches / "9"]
    kept = sorted(snapshots.glob("*")) or [snapshots / ("ab" * 32)]
    soon = 1 + max(int(line.split(b":")[1].split(b",")[0]) for line in _tail(path))
    inside = sorted(path for path in (world / data).rglob("*")) if (world / data).is_dir() else []
    choices: list[Callable[[], Path]] = [
        lambda: world,
        lambda: world / data,
        lambda: world / f"{data}{random.choice(['-wal', '-shm', '-journal', '.new', '/more'])}",
        lambda: branches,
        lambda: random.choice(there),
        lambda: random.choice(there) / data,
        lambda: random.choice(there) / f"{data}{random.choice(['-wal', '-shm', '/more'])}",
        lambda: random.choice([world, *there]) / f"{data}-journal",
        lambda: random.choice(there).with_name(f"{random.choice(there).name}.new"),
        lambda: branches / str(soon + random.randrange(4)),
        lambda: branches / str(soon + random.randrange(4)) / data,
        lambda: branches / f"{soon + random.randrange(4)}.new",
        lambda: snapshots,
        lambda: random.choice(kept),
        lambda: random.choice([p for one in kept for p in (one, *one.rglob("*"))]),
        lambda: snapshots / ("77" * 32),
        lambda: snapshots / f".partial-{random.randrange(9)}",
        lambda: random.choice(inside) if inside else world / data,
        lambda: world / "more",
        lambda: world / random.choice(["owner", "owner.json", ".owner", "lock", ".tooltrace"]),
    ]
    return random.choice(choices)()


def _tail(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines()[-3:]


def make_room(place: Path) -> None:
    """Whatever stands there goes, and what it stands in comes."""
    if place.is_symlink() or place.is_file():
        place.unlink()
    elif place.is_dir():
        shutil.rmtree(place)
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)


def _journal(place: Path, canary: Path, folder: Path) -> None:
    """Makes SQLite delete a file, where it stands beside a database."""
    name = str(canary / "letter.txt").encode()
    end = name + len(name).to_bytes(4) + sum(name).to_bytes(4)
    place.write_bytes(b"\1" * 1024 + end + bytes.fromhex("d9d505f920a163d7"))


def _fifo(place: Path, canary: Path, folder: Path) -> None:
    os.mkfifo(place)


def _socket(place: Path, canary: Path, folder: Path) -> None:
    os.chdir(place.parent)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(place.name[:100])


def _chain(place: Path, canary: Path, folder: Path) -> None:
    between = place.with_name("between")
    between.symlink_to(canary)
    place.symlink_to(between.name)


def _closed(place: Path, canary: Path, folder: Path) -> None:
    place.mkdir()
    (place / "inside").write_text("x")
    place.chmod(0)


def _file(place: Path, canary: Path, folder: Path) -> None:
    place.write_text("a file")


def _twin(place: Path, canary: Path, folder: Path) -> None:
    os.link(canary / "data.db", place)


def _with_link_inside(place: Path, canary: Path, folder: Path) -> None:
    (place / "deep").mkdir(parents=True)
    (place / "deep" / "out").symlink_to(canary)


def _link(to: Callable[[Path, Path, Path], str | Path]) -> Callable[[Path, Path, Path], None]:
    return lambda place, canary, folder: place.symlink_to(to(place, canary, folder))


THINGS: dict[str, Callable[[Path, Path, Path], None]] = {
    "link to a folder": _link(lambda p, c, f: c),
    "link to an empty folder": _link(lambda p, c, f: c / "empty"),
    "link to a file": _link(lambda p, c, f: c / "letter.txt"),
    "link to a database": _link(lambda p, c, f: c / "data.db"),
    "link to snapshots of others": _link(lambda p, c, f: f / "other.world" / "snapshots"),
    "link to another world": _link(lambda p, c, f: f / "other.world"),
    "link to a folder of snapshots": _link(lambda p, c, f: c / "snapshots"),
    "relative link": _link(lambda p, c, f: os.path.relpath(c, p.parent)),
    "link to what is not there yet": _link(lambda p, c, f: c / "new"),
    "link to itself": _link(lambda p, c, f: p.name),
    "link to above": _link(lambda p, c, f: "../.."),
    "link to a device": _link(lambda p, c, f: "/dev/null"),
    "link to the session": _link(lambda p, c, f: f / "x.jsonl"),
    "link inside": _link(lambda p, c, f: "."),
    "chain of links": _chain,
    "folder with a link in it": _with_link_inside,
    "hard link": _twin,
    "journal": _journal,
    "fifo": _fifo,
    "socket": _socket,
    "closed folder": _closed,
    "file": _file,
    "folder": lambda p, c, f: (p / "inside").mkdir(parents=True),
    "nothing": lambda p, c, f: None,
}
