"""Hostile session files through every command that reads one, and through the debugger.

- **code**, **insides**, **escape**, **line**, **json**, **slow**: see ``commands``.
- **changed**: a file or its folder is not as it was.
- **refused**: looking at it from inside ended in something else than an answer.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from functools import cache, partial
from pathlib import Path
from random import Random

from tests.attack.commands import misbehaved, run, warm
from tests.attack.findings import Finding
from tests.attack.forks import in_forks, remove
from tests.attack.histories.flows import SHIPPED, chosen
from tests.attack.histories.history import History, numbers_of
from tests.cli.hostile import altered, hostile_files
from tests.core.nasty import Nasty
from tooltrace.assemble import reopen
from tooltrace.core.decide.next_action import asks_model, next_action
from tooltrace.core.fold.steps import Steps
from tooltrace.core.model.errors import ToolTraceError
from tooltrace.debugger.stop import Stop
from tooltrace.store.lines import encode
from tooltrace.tui.rows.calls.calls import TraceRows
from tooltrace.tui.rows.conversation.conversation import ConversationRows
from tooltrace.tui.rows.workflow.workflow import WorkflowRows

__all__ = ["attack", "try_file"]

SECONDS = 120.0
SESSIONS = Path(__file__).parents[2] / "sessions"
SPECIAL = ("fifo", "socket", "device", "loop", "closed", "sparse", "directory", "gone")


def attack(size: int, seed: int) -> Iterator[Sequence[Finding]]:
    """So many files."""
    shipped()
    warm()
    return in_forks(try_file, range(seed, seed + size), SECONDS)


@cache
def shipped() -> list[tuple[str, list[bytes]]]:
    """The shipped sessions: the name of the workflow, and the lines."""
    found = []
    for path in sorted(SESSIONS.glob("demo-*.jsonl")):
        workflow = path.stem.split("-")[1]
        found.append((workflow, path.read_bytes().splitlines(keepends=True)))
    return found


def made(seed: int, folder: Path) -> tuple[str, Path, str]:
    """A hostile file: what kind, where, and the name of its workflow."""
    random = Random(seed)
    workflow, lines = random.choice(shipped()) if random.random() < 0.6 else _busy(random, folder)
    luck = random.random()
    if luck < 0.25:
        workflow, lines = random.choice(shipped())
        files = hostile_files(folder, lines)
        kind = random.choice(sorted(files))
        for name, path in files.items():
            if (name != kind and path.is_symlink()) or (name != kind and path.is_file()):
                path.unlink()
            elif name != kind and path.is_dir():
                path.rmdir()
        return kind, files[kind], workflow
    path = folder / random.choice(
        ["s.jsonl", "a@17.jsonl", "\x1b]0;x\x07.jsonl", "-rf", "ü 漢.jsonl"]
    )
    if luck < 0.55:
        path.write_bytes(altered(lines, random))
        return "altered", path, workflow
    if luck < 0.75:
        path.write_bytes(_other_bytes(b"".join(lines), random))
        return "bytes", path, workflow
    if luck < 0.95:
        records = Nasty(seed).tree(60).records.values()
        path.write_bytes(b"".join(map(encode, records)))
        return "tree", path, workflow
    kind = random.choice(SPECIAL)
    return kind, _special(kind, folder, b"".join(lines)), workflow


def _busy(random: Random, folder: Path) -> tuple[str, list[bytes]]:
    """A session with branches, edits, faults, replays and notes in it."""
    seed = random.randrange(1000)
    while (workflow := chosen(Random(seed), folder).name) not in SHIPPED:
        seed += 1
    session = folder / "busy"
    session.mkdir()
    one = History(seed, session)
    for number in numbers_of(seed):
        one.do(number)
    one.s.close()
    lines = one.s.file.read_bytes().splitlines(keepends=True)
    remove(session)
    return workflow, lines


def _other_bytes(data: bytes, random: Random) -> bytes:
    """The same file after something happened to its bytes."""
    for _ in range(random.randint(1, 6)):
        begin = random.randrange(len(data) or 1)
        end = min(len(data), begin + random.choice([1, 1, 10, 300, 5000]))
        match random.choice(["flip", "cut", "zero", "repeat", "move", "end", "insert"]):
            case "flip" if data:
                data = (
                    data[:begin]
                    + bytes([data[begin] ^ 1 << random.randrange(8)])
                    + data[begin + 1 :]
                )
            case "cut":
                data = data[:begin] + data[end:]
            case "zero":
                data = data[:begin] + bytes(end - begin) + data[end:]
            case "repeat":
                data = data[:end] + data[begin:]
            case "move":
                data = data[:begin] + data[end:] + data[begin:end]
            case "end" if random.random() < 0.3:
                data = data[:begin]
            case _:
                data = data[:begin] + random.randbytes(random.randint(1, 40)) + data[begin:]
    return data


def _special(kind: str, folder: Path, whole: bytes) -> Path:
    """Something at the file's place that is no ordinary file."""
    path = folder / "s.jsonl"
    match kind:
        case "fifo":
            os.mkfifo(path)
        case "socket":
            # A socket's address is short, and a folder's may not be.
            os.chdir(folder)
            with socket.socket(socket.AF_UNIX) as made_one:
                made_one.bind(path.name)
        case "device":
            path.symlink_to("/dev/zero")
        case "loop":
            path.symlink_to(path.name)
        case "closed":
            path.write_bytes(whole)
            path.chmod(0)
        case "sparse":
            path.write_bytes(whole)
            os.truncate(path, 30_000_000)
        case "directory":
            (path / "inside").mkdir(parents=True)
    return path


def try_file(seed: int, folder: Path) -> list[Finding]:
    """Everything that looks at a session, on one file."""
    kind, path, workflow = made(seed, folder)
    other = folder / "other.jsonl"
    other.write_bytes(b"".join(shipped()[0][1]))
    found: list[tuple[str, str]] = []
    named = f"./{path.name}" if path.name.startswith("-") else path
    for arguments in _looks(named, other):
        before = _state(folder)
        said = run(folder, *arguments)
        found += misbehaved(said)
        found += _changed(before, _state(folder), " ".join(map(str, arguments[:2])))
    before = _state(folder)
    found += _walk(path)
    found += _changed(before, _state(folder), "walk")
    whole = path.read_bytes() if kind not in SPECIAL and path.is_file() else None
    said = run(folder, "resample", f"{named}{_asked_at(path)}", "--workflow", workflow, "--k", 2)
    found += misbehaved(said)
    if whole is not None and not path.read_bytes().startswith(whole):
        found.append(("changed", "resample changed what was there"))
    if said.code == 2:
        found += _changed(before, _state(folder), "resample")
    return [Finding(what, f"{kind}: {text}", seed) for what, text in found]


def _asked_at(path: Path) -> str:
    """A place where the model is asked next, as a command takes it; empty where there is none."""
    try:
        debugger = reopen(path)
    except ToolTraceError:
        return ""
    try:
        tree, way = debugger.view().tree, debugger.view().path
        found = (n for n in reversed(way) if asks_model(next_action(tree.snapshot_at(n))))
        return "".join(f"@{record}" for record in [next(found, None)] if record)
    finally:
        debugger.close()


def _looks(path: object, other: Path) -> Iterator[tuple[object, ...]]:
    yield "show", path
    yield "show", path, "--json"
    yield "show", path, "--requests"
    yield ("list",)
    yield "list", "--json"
    yield "check", path
    yield "check", path, "--json"
    yield "diff", path, other
    yield "diff", "--json", path, path
    yield "coverage", path
    yield "coverage", path, "--json"
    yield "prune", path, "--dry-run"
    yield "prune", path, "--json"
    yield "scenario", path


def _state(folder: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """What stands in a folder: modes, sizes, times, and what small files hold."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if ".said" in path.parts:
            continue
        info = path.lstat()
        small = path.is_file() and not path.is_symlink() and info.st_size < 3_000_000
        content = path.read_bytes() if small else b""
        found[str(path)] = (info.st_mode, info.st_size, info.st_mtime_ns, content)
    return found


def _changed(
    before: dict[str, tuple[int, int, int, bytes]],
    after: dict[str, tuple[int, int, int, bytes]],
    command: str,
) -> Iterator[tuple[str, str]]:
    if before.keys() != after.keys():
        yield "changed", f"{command}: {sorted(before.keys() ^ after.keys())} came or went"
    for path, state in before.items():
        if state != after.get(path, state):
            yield "changed", f"{command}: {path} is not as it was"


def _walk(path: Path) -> Iterator[tuple[str, str]]:
    """Open it and look around, as the app does; nothing goes on."""
    try:
        debugger = reopen(path)
    except ToolTraceError as error:
        if not str(error).isprintable() or len(str(error)) > 400:
            yield "refused", f"the reason is no line: {str(error)[:200]!r}"
        return
    try:
        steps = Steps()
        rows = (ConversationRows(), TraceRows(steps), WorkflowRows())
        places = [*debugger.view().tree.records][:: max(1, len(debugger.view().tree.records) // 6)]
        moves: list[Callable[[], Future[Stop]]] = [
            *(debugger.submit.back for _ in range(2)),
            *(partial(debugger.submit.goto, place) for place in places),
            *(partial(debugger.submit.switch, b.tip) for b in debugger.view().branches[:3]),
        ]
        for move in moves:
            stop = move().result(20)
            if "fault in tooltrace" in stop.text:
                yield "refused", stop.text
            view = debugger.view()
            if view.head not in view.tree:
                yield "refused", f"one stands on #{view.head}, which is not there"
            steps.update(view.tree, view.path)
            for one in rows:
                one.update(view)
    finally:
        debugger.close()
