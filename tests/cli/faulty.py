"""A whole headless run while the system fails: any call of any kind, once or from then on.

The workflow writes into a real world and notes each call that it makes, and each that it is done
with, in a log that no session knows of and that never fails. ``run`` gives what was found wrong.
"""

from __future__ import annotations

import builtins
import errno
import io
import json
import os
import random
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tooltrace import FolderWorld, Move, Seen, ToolContext, Workflow, call, say, tool
from tooltrace.assemble import Code, new_run, reopen
from tooltrace.cli.headless import run_headless
from tooltrace.core.model import events as e
from tooltrace.core.model.errors import ToolTraceError
from tooltrace.core.model.events import Settings
from tooltrace.store import Journal
from tooltrace.store.lines import decode

__all__ = ["ERRORS", "KINDS", "Fault", "kills", "rehearsal", "run", "tried"]

_REAL = {name: getattr(os, name) for name in ("open", "write", "close")}
ERRORS = ("ENOSPC", "EIO", "EACCES", "EDQUOT", "EROFS", "EMFILE")
KINDS = (
    *("write", "fsync", "fdatasync", "ftruncate", "posix_fallocate", "open", "fopen", "rename"),
    *("stat", "lstat", "fstat", "unlink", "mkdir", "rmdir", "scandir", "listdir", "utime"),
    *("chmod", "readlink", "pread", "symlink", "link", "access", "statvfs"),
)
WAIT = 30.0


@dataclass(frozen=True)
class Fault:
    """The ``at``-th call of a kind fails; with ``onward`` every later call of any kind as well."""

    kind: str
    at: int
    error: str
    onward: bool = False


@dataclass
class System:
    """What stands between the run and the system: it counts the calls, and fails some."""

    fault: Fault | None = None
    counts: dict[str, int] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    broken: bool = False
    spared: set[int] = field(default_factory=set)

    def meets(self, kind: str) -> None:
        """One more call of that kind."""
        number = self.counts[kind] = self.counts.get(kind, 0) + 1
        fault = self.fault
        if fault is None:
            return
        if (fault.kind, fault.at) == (kind, number):
            self.broken = True
        elif not (self.broken and fault.onward):
            return
        self.failed.add(kind)
        code = getattr(errno, fault.error)
        raise OSError(code, os.strerror(code))

    @contextmanager
    def between(self) -> Iterator[None]:
        """Stand there."""
        real: list[tuple[Any, str, Any]] = []
        for kind in KINDS:
            places = ((io, "open"), (builtins, "open")) if kind == "fopen" else ((os, kind),)
            for module, name in places:
                if hasattr(module, name):
                    real.append((module, name, getattr(module, name)))
                    setattr(module, name, self._wrapped(kind, getattr(module, name)))
        try:
            yield
        finally:
            for module, name, function in real:
                setattr(module, name, function)

    def _wrapped(self, kind: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **named: Any) -> Any:
            if not args or args[0] not in self.spared:
                self.meets(kind)
            return function(*args, **named)

        return wrapped


class Log:
    """What really happened, beside everything that may fail."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "log"

    def note(self, *words: object) -> None:
        fd = _REAL["open"](self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            _REAL["write"](fd, (" ".join(map(str, words)) + "\n").encode())
        finally:
            _REAL["close"](fd)

    def of(self, what: str) -> list[str]:
        text = self.path.read_text() if self.path.exists() else ""
        return [line.partition(" ")[2] for line in text.splitlines() if line.startswith(what)]


def workflow(folder: Path) -> Workflow:
    """A look, a payment, two payments at once, a mail: each noted when it begins and ends."""
    log = Log(folder)

    def act(name: str, ctx: ToolContext, number: int) -> int:
        log.note("begin", name, number)
        if ctx.world is not None:
            fd = _REAL["open"](ctx.world.path / f"{name}-{number}", os.O_WRONLY | os.O_CREAT, 0o600)
            _REAL["write"](fd, str(number).encode() * 500)
            _REAL["close"](fd)
        log.note("end", name, number)
        return number

    @tool(read_only=True, open_world=False)
    def look(ctx: ToolContext, number: int) -> int:
        """Look."""
        log.note("look", number)
        return number

    @tool(open_world=False)
    def pay(ctx: ToolContext, number: int) -> int:
        """Pay."""
        return act("pay", ctx, number)

    @tool()
    def mail(ctx: ToolContext, number: int) -> int:
        """Mail."""
        return act("mail", ctx, number)

    def policy(seen: Seen) -> Move:
        match seen.turn:
            case 0:
                return call("look", number=1)
            case 1:
                return call("pay", number=2)
            case 2:
                return say("Both.", call("pay", number=3), call("mail", number=4))
            case 3:
                return call("look", number=5)
            case 4:
                return call("mail", number=6)
            case _:
                return say("Done.")

    def world(home: Path) -> FolderWorld:
        root = home / "safe"
        root.mkdir(exist_ok=True)
        return FolderWorld(root)

    tools = [look, pay, mail]
    return Workflow("bills", tools=tools, policy=policy, input="Go.", world=world)


def rehearsal(folder: Path) -> dict[str, int]:
    """How many calls of each kind a whole run makes."""
    system = System()
    code, _, _ = _headless(folder, system)
    assert code == 0
    return system.counts


def _headless(folder: Path, system: System) -> tuple[int, str, str]:
    """Run it; the exit code, and what was printed."""
    out, err = folder / "out", folder / "err"
    fds = tuple(_REAL["open"](path, os.O_WRONLY | os.O_CREAT, 0o600) for path in (out, err))
    system.spared = {1, 2, *fds}
    code = Code("bills", workflow(folder))
    try:
        with system.between():
            try:
                debugger = new_run(code, folder / "s.jsonl", Settings())
            except (ToolTraceError, OSError) as error:
                return 2, "", str(error)
            ended = run_headless(debugger, fds[0], fds[1], True)
    finally:
        for fd in fds:
            _REAL["close"](fd)
    return ended, out.read_text(), err.read_text()


def tried(folder: Path, fault: Fault) -> list[str]:
    """What is wrong after a run that met this fault."""
    system = System(fault)
    before = set(Path(tempfile.gettempdir()).glob("tooltrace-*.jsonl"))
    began = time.monotonic()
    try:
        code, out, err = _headless(folder, system)
    except BaseException as error:  # noqa: BLE001 - that is what is looked for
        return [f"{fault}: the run raised {type(error).__name__}: {error}"]
    if time.monotonic() - began > WAIT:
        return [f"{fault}: it took {time.monotonic() - began:.1f} s"]
    told = [decode(line.encode()) for line in err.splitlines() if line.startswith("{")]
    for path in set(Path(tempfile.gettempdir()).glob("tooltrace-*.jsonl")) - before:
        if str(path) in err:
            told += [decode(line) for line in path.read_bytes().splitlines()]
            path.unlink()
    found = [f"{fault}: {what}" for what in _wrong(folder, code, out, err, told, system)]
    return found + [f"{fault}: afterwards {what}" for what in _gone_on(folder)]


def _wrong(
    folder: Path, code: int, out: str, err: str, told: list[Any], system: System
) -> Iterator[str]:
    if "fault in tooltrace" in out + err or "Traceback" in out + err:
        yield f"it blames itself: {err}"
    if code == 2 and not err.strip():
        yield "no reason was given"
    log, path = Log(folder), folder / "s.jsonl"
    records = _records(path)
    known = [*records, *(record for record in told if isinstance(record, e.Record))]
    returned = _calls(known, e.ToolReturned)
    for done in log.of("end"):
        if done not in returned:
            yield f"the result of {done} is lost"
    if len(log.of("begin")) != len(set(log.of("begin"))):
        yield f"ran twice: {log.of('begin')}"
    for started in _calls(records, e.ToolStarted):
        # What even cutting the file back could not take out is nobody's fault.
        if started not in log.of("begin") and "ftruncate" not in system.failed:
            yield f"{started} is said to have been started"
    kept = {record.id for record in records}
    for line in out.splitlines():
        fact = json.loads(line)
        if fact["type"] != "outcome" and fact.get("saved", True) and fact["record"] not in kept:
            yield f"#{fact['record']} was printed as saved and is not"


def _records(path: Path) -> list[e.Record]:
    if not path.exists():
        return []
    with suppress(ToolTraceError), Journal.open(path) as journal:
        return journal.records
    return []


def _calls(records: list[e.Record], kind: type[e.ToolStarted] | type[e.ToolReturned]) -> list[str]:
    """The calls of these events, as the log names them; what only reads is left out."""
    replies = {r.id: r.event.reply for r in records if isinstance(r.event, e.ModelReplied)}
    found = []
    for record in records:
        event = record.event
        if isinstance(event, kind) and event.call.reply in replies:
            content = replies[event.call.reply]["content"]
            use = [block for block in content if block["type"] == "tool_use"][event.call.index]
            if use["name"] != "look":
                found.append(f"{use['name']} {use['input']['number']}")
    return found


def _gone_on(folder: Path) -> Iterator[str]:
    """Open what was left behind and go on, saying yes to nothing."""
    path = folder / "s.jsonl"
    if not _records(path):
        return
    debugger = reopen(path, Code("bills", workflow(folder)))
    try:
        answers = [debugger.submit.goto(debugger.view().tip), debugger.submit.go()]
        stops = [answer.result(WAIT) for answer in answers]
    finally:
        debugger.close()
    runs = Log(folder).of("begin")
    if len(runs) != len(set(runs)):
        yield f"ran twice: {runs}"
    if "fault in tooltrace" in stops[-1].text:
        yield f"it blames itself: {stops[-1].text}"


def run(size: int, seed: int = 0) -> list[str]:
    """What is wrong after so many runs, each with a fault of its own, spread over all there are."""
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory() as scratch:
        first = Path(scratch, "first")
        first.mkdir()
        counts = rehearsal(first)
        faults = [
            Fault(kind, at, error, onward)
            for kind, count in counts.items()
            for at in range(1, count + 1)
            for error in ERRORS
            for onward in (False, True)
        ]
        draw.shuffle(faults)
        found: list[str] = []
        for number, fault in enumerate(faults[:size]):
            folder = Path(scratch, str(number))
            folder.mkdir()
            found += tried(folder, fault)
        return found


def _until_killed(folder: Path) -> None:
    """In a process of its own: the whole run."""
    threading.Timer(WAIT, os._exit, (70,)).start()
    _headless(folder, System())
    os._exit(0)


def kills(size: int, seed: int = 0) -> list[str]:
    """What is wrong after so many runs that were killed at some moment around their calls."""
    draw = random.Random(seed)
    found: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(size):
            folder = Path(scratch, str(number))
            folder.mkdir()
            child = os.fork()
            if not child:
                try:
                    _until_killed(folder)
                finally:
                    os._exit(71)
            log = folder / "log"
            wanted = draw.randint(1, 9)
            end = time.monotonic() + WAIT
            while time.monotonic() < end:
                if log.exists() and log.read_bytes().count(b"\n") >= wanted:
                    break
                if os.waitpid(child, os.WNOHANG)[0]:
                    child = 0
                    break
            time.sleep(draw.random() * 0.004)
            if child:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
            found += [f"kill {number}: {what}" for what in _after_kill(folder)]
    return found


def _after_kill(folder: Path) -> Iterator[str]:
    log, records = Log(folder), _records(folder / "s.jsonl")
    started = _calls(records, e.ToolStarted)
    for begun in log.of("begin"):
        if begun not in started:
            yield f"{begun} ran and is not said to have been started"
    yield from _gone_on(folder)
