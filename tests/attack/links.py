"""Worlds with links in them, and with what else is no file or folder, through all that touches one.

Beside the session stands a tree that is nobody's but the person's, and another session with its
world. Whatever stands wherever in ``X.world``: nothing of all that changes, neither content nor
mode nor time, and what cannot be done is said in one line.

- **outside**: something outside the session's own folders changed.
- **lost**: the session's file is not what it was, and more.
- **fault**, **hang**, and those of ``commands``.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import sqlite3
import stat
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import TimeoutError as Late
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from typing import Any

from tests.attack.commands import misbehaved, run
from tests.attack.findings import Finding
from tests.attack.forks import in_forks
from tooltrace.cli.build import load_code, new_run, reopen
from tooltrace.core import events as e
from tooltrace.core.errors import ToolTraceError
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.worlds import folder_beside

__all__ = ["attack", "try_link"]

SECONDS = 120.0
WAIT = 30.0
WORKFLOWS = {"release": "projects", "refund": "shop.db", "backfill": "archive.db"}

State = dict[str, tuple[int, int, int, str]]


def attack(size: int, seed: int) -> Iterator[Sequence[Finding]]:
    """So many links."""
    return in_forks(try_link, range(seed, seed + size), SECONDS)


def try_link(seed: int, folder: Path) -> list[Finding]:
    """One thing at one place, and one command after another over it."""
    random = Random(seed)
    ref = random.choice(sorted(WORKFLOWS))
    path = _session(ref, folder / "x.jsonl", branches=True)
    _session(ref, folder / "other.jsonl", branches=False)
    canary = _canary(folder / "canary")
    told = [f"workflow {ref}"]
    for _ in range(random.choice([1, 1, 2])):
        place = _place(path, WORKFLOWS[ref], random)
        what, make = random.choice(sorted(THINGS.items()))
        told.append(f"{what} at {place.relative_to(folder)}")
        _make_room(place)
        with suppress(OSError):  # Some cannot be there.
            make(place, canary, folder)
    found: list[tuple[str, str]] = []
    for name, action in random.sample(sorted(ACTIONS.items()), 3):
        before, lines = _outside(folder), path.read_bytes()
        told.append(name)
        try:
            found += action(path, ref, random)
        except Late:
            found.append(("hang", f"{name}: no end came"))
            break
        after = _outside(folder)
        if before != after:
            found.append(("outside", f"{name}: {_differs(before, after)}"))
        if not path.read_bytes().startswith(lines):
            found.append(("lost", f"{name}: the session's file is not what it was"))
    return [Finding(kind, text, seed, tuple(told)) for kind, text in found]


# -- what is there ------------------------------------------------------------------------------


def _session(ref: str, path: Path, branches: bool) -> Path:
    """A run to its end; with a branch that has a world of its own."""
    debugger = new_run(load_code(ref), path, e.Settings())
    try:
        _do(debugger, "go")
        if branches:
            first = next(r for r in debugger.view().tree.records.values() if _started(r))
            _do(debugger, "goto", first.parent)
            _do(debugger, "fork")
            _on(debugger)
    finally:
        debugger.close()
    return path


def _started(record: e.Record) -> bool:
    return isinstance(record.event, e.ToolStarted)


def _do(debugger: Debugger, command: str, *args: Any) -> Any:
    return getattr(debugger, command)(*args).result(WAIT)


def _on(debugger: Debugger, most: int = 8, keep: bool = False) -> Iterator[str]:
    """Go on, and say yes to whatever is asked; what the last stop said."""
    stop = _do(debugger, "go")
    for _ in range(most):
        if stop.kind != "confirm":
            break
        stop = _do(debugger, "keep_world" if keep and stop.world else "confirm")
    return iter([stop.text])


def _canary(folder: Path) -> Path:
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


def _place(path: Path, data: str, random: Random) -> Path:
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


def _make_room(place: Path) -> None:
    """Whatever stands there goes, and what it stands in comes."""
    if place.is_symlink() or place.is_file():
        place.unlink()
    elif place.is_dir():
        shutil.rmtree(place)
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)


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
    "fifo": _fifo,
    "socket": _socket,
    "closed folder": _closed,
    "file": lambda p, c, f: p.write_text("a file"),
    "folder": lambda p, c, f: (p / "inside").mkdir(parents=True),
    "nothing": lambda p, c, f: None,
}


# -- what is done -------------------------------------------------------------------------------


def _command(*before: object) -> Callable[[Path, str, Random], Iterator[tuple[str, str]]]:
    """A command of the command line over the session; REF stands for its workflow."""

    def action(path: Path, ref: str, random: Random) -> Iterator[tuple[str, str]]:
        given = [str(each).replace("FILE", str(path)).replace("REF", ref) for each in before]
        if "live" in given and ref == "refund":
            given += ["--allow-live", "send_email"]
        yield from misbehaved(run(path.parent, *given))

    return action


def _live(
    doing: Callable[[Debugger, Random], object],
) -> Callable[[Path, str, Random], Iterator[tuple[str, str]]]:
    """Something done in the debugger, with the workflow's code."""

    def action(path: Path, ref: str, random: Random) -> Iterator[tuple[str, str]]:
        try:
            debugger = reopen(path, load_code(ref))
        except ToolTraceError as error:
            if not str(error).isprintable():
                yield "escape", f"refused with {str(error)!r}"
            return
        try:
            doing(debugger, random)
            text = debugger.view().stop.text
            if "fault in tooltrace" in text or not text.isprintable():
                yield "fault", text
        finally:
            debugger.close()

    return action


def _fork_and_step(debugger: Debugger, random: Random) -> None:
    _anywhere(debugger, random)
    _do(debugger, "fork")
    _on(debugger, keep=random.random() < 0.3)


def _edit_and_step(debugger: Debugger, random: Random) -> None:
    _anywhere(debugger, random)
    results = [
        n for n in debugger.view().way if debugger.view().tree[n].event.name == "tool_returned"
    ]
    if results:
        _do(debugger, "edit_result", random.choice(results), {"amount": 1})
    _on(debugger, keep=random.random() < 0.3)


def _retry(debugger: Debugger, random: Random) -> None:
    tip = random.choice(debugger.view().branches).tip
    _do(debugger, "switch", tip)
    results = [
        n for n in debugger.view().way if debugger.view().tree[n].event.name == "tool_returned"
    ]
    if results:
        _do(debugger, "retry", random.choice(results))
    _on(debugger)


def _say_more(debugger: Debugger, random: Random) -> None:
    _do(debugger, "switch", random.choice(debugger.view().branches).tip)
    _do(debugger, "say", "Again, order 1001.")
    _on(debugger, keep=random.random() < 0.3)


def _replay(debugger: Debugger, random: Random) -> None:
    answers = random.choice(["live tools", "live tools", "recorded", "live model"])
    _anywhere(debugger, random)
    _do(debugger, "replay", random.random() < 0.5, answers)
    _on(debugger)
    _do(debugger, "live_from_here")
    _on(debugger)


def _walk(debugger: Debugger, random: Random) -> None:
    for _ in range(5):
        _anywhere(debugger, random)
        _do(debugger, "back")
        _do(debugger, "undo")


def _anywhere(debugger: Debugger, random: Random) -> None:
    _do(debugger, "goto", random.choice(list(debugger.view().tree.records)))


ACTIONS: dict[str, Callable[[Path, str, Random], Iterator[tuple[str, str]]]] = {
    "fork and step": _live(_fork_and_step),
    "fork and step on": _live(_fork_and_step),
    "edit and step": _live(_edit_and_step),
    "make a call again": _live(_retry),
    "say more": _live(_say_more),
    "replay": _live(_replay),
    "walk": _live(_walk),
    "prune": _command("prune", "FILE"),
    "prune, keeping one": _command("prune", "FILE", "--keep", "1", "--json"),
    "prune --dry-run": _command("prune", "FILE", "--dry-run"),
    "check": _command("check", "FILE"),
    "check --tools live": _command("check", "FILE", "--workflow", "REF", "--tools", "live"),
    "resample": _command("resample", "FILE@3", "--workflow", "REF", "--k", "2"),
    "show": _command("show", "FILE"),
    "list": _command("list"),
}


# -- what must not change -----------------------------------------------------------------------


def _outside(folder: Path) -> State:
    """All that is not the session's own: kinds, modes, sizes, times, contents."""
    found: State = {}
    mine = folder / "x.world"
    for base, folders, files in os.walk(folder):
        here = Path(base)
        folders[:] = [name for name in folders if here / name != mine and name != ".said"]
        for name in [*folders, *files]:
            path = here / name
            if path in (mine, folder / "x.jsonl"):
                continue
            info = path.lstat()
            what = ""
            if stat.S_ISLNK(info.st_mode):
                what = str(path.readlink())
            elif stat.S_ISREG(info.st_mode):
                what = hashlib.sha256(path.read_bytes()).hexdigest()
            found[str(path.relative_to(folder))] = (
                info.st_mode,
                info.st_size,
                info.st_mtime_ns,
                what,
            )
    return found


def _differs(before: State, after: State) -> str:
    gone, come = sorted(before.keys() - after.keys()), sorted(after.keys() - before.keys())
    other = sorted(name for name in before.keys() & after.keys() if before[name] != after[name])
    parts = (("gone", gone), ("come", come), ("changed", other))
    return "; ".join(f"{what} {', '.join(names[:5])}" for what, names in parts if names)
