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
import stat
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import TimeoutError as Late
from contextlib import suppress
from operator import attrgetter
from pathlib import Path
from random import Random
from typing import Any

from tests.attack.commands import misbehaved, run, warm
from tests.attack.findings import Finding
from tests.attack.forks import in_forks
from tests.attack.planting import THINGS, canary_in, make_room, place_in
from tooltrace.assemble import load_code, new_run, reopen
from tooltrace.core.model import events as e
from tooltrace.core.model.errors import ToolTraceError
from tooltrace.debugger.debugger import Debugger

__all__ = ["attack", "try_link"]

SECONDS = 120.0
WAIT = 30.0
WORKFLOWS = {"release": "projects", "refund": "shop.db", "backfill": "archive.db"}

State = dict[str, tuple[int, int, int, str]]


def attack(size: int, seed: int) -> Iterator[Sequence[Finding]]:
    """So many links."""
    warm()
    return in_forks(try_link, range(seed, seed + size), SECONDS)


def try_link(seed: int, folder: Path) -> list[Finding]:
    """One thing at one place, and one command after another over it."""
    random = Random(seed)
    ref = random.choice(sorted(WORKFLOWS))
    path = _session(ref, folder / "x.jsonl", branches=True)
    _session(ref, folder / "other.jsonl", branches=False)
    canary = canary_in(folder / "canary")
    told = [f"workflow {ref}"]
    for _ in range(random.choice([1, 1, 2])):
        place = place_in(path, WORKFLOWS[ref], random)
        what, make = random.choice(sorted(THINGS.items()))
        told.append(f"{what} at {place.relative_to(folder)}")
        make_room(place)
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
            _do(debugger, "edit.fork")
            _on(debugger)
    finally:
        debugger.close()
    return path


def _started(record: e.Record) -> bool:
    return isinstance(record.event, e.ToolStarted)


def _do(debugger: Debugger, command: str, *args: Any) -> Any:
    return attrgetter(command)(debugger.submit)(*args).result(WAIT)


def _on(debugger: Debugger, most: int = 8, keep: bool = False) -> Iterator[str]:
    """Go on, and say yes to whatever is asked; what the last stop said."""
    stop = _do(debugger, "go")
    for _ in range(most):
        if stop.kind != "confirm":
            break
        stop = _do(debugger, "keep_world" if keep and stop.world else "confirm")
    return iter([stop.text])


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
    _do(debugger, "edit.fork")
    _on(debugger, keep=random.random() < 0.3)


def _edit_and_step(debugger: Debugger, random: Random) -> None:
    _anywhere(debugger, random)
    results = [
        n for n in debugger.view().path if debugger.view().tree[n].event.name == "tool_returned"
    ]
    if results:
        _do(debugger, "edit.result", random.choice(results), {"amount": 1})
    _on(debugger, keep=random.random() < 0.3)


def _retry(debugger: Debugger, random: Random) -> None:
    tip = random.choice(debugger.view().branches).tip
    _do(debugger, "switch", tip)
    results = [
        n for n in debugger.view().path if debugger.view().tree[n].event.name == "tool_returned"
    ]
    if results:
        _do(debugger, "edit.retry", random.choice(results))
    _on(debugger)


def _say_more(debugger: Debugger, random: Random) -> None:
    _do(debugger, "switch", random.choice(debugger.view().branches).tip)
    _do(debugger, "edit.say", "Again, order 1001.")
    _on(debugger, keep=random.random() < 0.3)


def _replay(debugger: Debugger, random: Random) -> None:
    answers = random.choice(["live tools", "live tools", "recorded", "live model"])
    _anywhere(debugger, random)
    _do(debugger, "replay.start", random.random() < 0.5, answers)
    _on(debugger)
    _do(debugger, "replay.live_from_here")
    _on(debugger)


def _walk(debugger: Debugger, random: Random) -> None:
    for _ in range(5):
        _anywhere(debugger, random)
        _do(debugger, "back")
        _do(debugger, "edit.undo")


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
