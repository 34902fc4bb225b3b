"""Processes that end at a random moment: killed, told to end, or taken along by a tool.

- **lost**: what was acknowledged, printed as saved, or had come back, is not in the file.
- **broken**: the file holds more than a last line cut short.
- **orphan**: a process goes on with the session after it was killed.
- **terminal**, **late**, **insides**: the terminal is not given back, no end came in time, a person
  reads of our insides.
- and what ``histories`` looks for, in the session that is left and while it goes on.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from tests.attack.findings import Finding
from tests.attack.forks import in_forks
from tests.attack.histories.history import History, numbers_of
from tests.attack.histories.tap import Tap, logged
from tests.cli.calling import environment
from tests.cli.forked import run_forked
from tests.terminal.pty_app import PtyApp
from tooltrace.core.model import events as e
from tooltrace.store.journal import Journal

__all__ = ["attack", "try_kill"]

SECONDS = 120.0
PATIENCE = 20.0
SOON = 4.0
"""Two seconds are promised; a busy machine may take two more."""
GOES_ON = 6
TELLING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
TAKING = (
    "os._exit(3)",
    "os.abort()",
    "os.kill(os.getpid(), signal.SIGSEGV)",
    "os.kill(os.getpid(), signal.SIGKILL)",
)
FLOW = '''
import json, os, signal, time
from tooltrace import Workflow, call, say, tool

def note(what, n):
    line = json.dumps([what, n, time.monotonic()]) + "\\n"
    log = os.open("ran.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(log, line.encode())
    os.close(log)

@tool
def work(n: int) -> str:
    """Take a moment."""
    note("began", n)
    time.sleep(n * 7 % 20 / 1000)
    note("came back", n)
    return f"done {n}"

@tool
def leave() -> None:
    """Take the process along."""
    TAKING

def policy(seen):
    if seen.turn == ENDS:
        return call("leave")
    if seen.turn >= 60:
        return say("all done")
    return say("on", *(call("work", n=3 * seen.turn + more) for more in range(1 + seen.turn % 3)))

w = Workflow("kept", input="go", tools=[work, leave], policy=policy, max_turns=200)
'''


def attack(size: int, seed: int) -> Iterator[Sequence[Finding]]:
    """So many ends."""
    return in_forks(try_kill, range(seed, seed + size), SECONDS)


def try_kill(seed: int, folder: Path) -> list[Finding]:
    """One process, and its end."""
    random = Random(seed)
    luck = random.random()
    if luck < 0.55:
        found, told = _debugger(seed, random, folder)
        return [Finding(kind, text, seed, tuple(told)) for kind, text in found]
    if luck < 0.8:
        return [Finding(kind, text, seed) for kind, text in _headless(random, folder)]
    return [Finding(kind, text, seed) for kind, text in _app(random, folder)]


# -- a debugger ---------------------------------------------------------------------------------


def _debugger(seed: int, random: Random, folder: Path) -> tuple[list[tuple[str, str]], list[str]]:
    """A history in a process that is killed, and another one that goes on where it stopped."""
    log = folder / "log"
    numbers = numbers_of(seed) * 3
    read, write = os.pipe()
    victim = os.fork()
    if not victim:
        os.close(read)
        _live(seed, folder, log, numbers, write)
    os.close(write)
    until, spin = random.randint(0, 12), random.random() * 0.02
    acknowledged = _killed(victim, read, until, spin)
    if not (folder / "s.jsonl").exists():
        return [("lost", "there is no file")] if acknowledged else [], []
    found = list(_as_acknowledged(folder / "s.jsonl", acknowledged))
    tap = Tap(logged(log))
    if not _begun(folder / "s.jsonl"):
        return found, []
    again = History(seed, folder, tap, says_yes=False)
    found += again.judge.found_dead(again.s)
    for number in numbers[:GOES_ON]:
        again.do(number)
    again.end()
    return found + again.found, again.told


def _live(seed: int, folder: Path, log: Path, numbers: list[int], pipe: int) -> None:
    try:
        one = History(seed, folder, Tap(log=log), says_yes=False)
        for number in numbers:
            os.write(pipe, one.s.view.saved.to_bytes(8, "big"))
            one.do(number)
    finally:
        os._exit(70)


def _killed(victim: int, pipe: int, acknowledgements: int, spin: float) -> int:
    """Kill a process some time after so many acknowledgements; the last thing it said was saved."""
    got = b""
    end = time.monotonic() + PATIENCE
    while len(got) < 8 * acknowledgements and time.monotonic() < end:
        if not (part := os.read(pipe, 4096)):
            break
        got += part
    until = time.perf_counter() + spin
    while time.perf_counter() < until:
        pass
    os.kill(victim, signal.SIGKILL)
    os.waitpid(victim, 0)
    while part := os.read(pipe, 4096):
        got += part
    os.close(pipe)
    whole = len(got) // 8 * 8
    return int.from_bytes(got[whole - 8 : whole], "big") if whole else 0


def _as_acknowledged(path: Path, acknowledged: int) -> Iterator[tuple[str, str]]:
    with Journal.open(path) as journal:
        if len(journal.problems) > 1:
            yield "broken", "; ".join(map(str, journal.problems))
        there = max((record.id for record in journal.records), default=0)
        if there < acknowledged:
            yield "lost", f"#{acknowledged} was acknowledged, and the last one there is #{there}"


def _begun(path: Path) -> bool:
    with Journal.open(path) as journal:
        return sum(r.event.name in ("run_started", "user_said") for r in journal.records) >= 2


# -- without the app ----------------------------------------------------------------------------


def _flow(folder: Path, ends: int = -1, taking: str = "pass") -> None:
    text = FLOW.replace("TAKING", taking).replace("ENDS", str(ends))
    (folder / "flow.py").write_text(text)


def _headless(random: Random, folder: Path) -> Iterator[tuple[str, str]]:
    """``run --headless --json``, killed or told to end."""
    number = random.choice([signal.SIGKILL, signal.SIGKILL, *TELLING])
    _flow(folder)
    out, err = folder / "out", folder / "err"
    given = ["run", "flow.py", "--headless", "--json", "--session", "s.jsonl"]
    pid = os.fork()
    if not pid:
        try:
            run_forked(given, folder, environment(folder), out, err)
        except SystemExit as ended:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(ended.code if isinstance(ended.code, int) else 1)
        finally:
            os._exit(70)
    time.sleep(random.random() ** 2 * 1.2)
    told = time.monotonic()
    os.kill(pid, number)
    code = _waited(pid)
    if code is None:
        yield "late", f"no end came after {number.name}"
        return
    if not _let_go(folder / "s.jsonl"):
        yield "orphan", f"{number.name}: somebody still holds the session's lock"
        return
    said = err.read_text(errors="replace") if err.exists() else ""
    yield from _insides(number.name, said)
    if number is not signal.SIGKILL and code not in (0, 1, 2, -number, 128 + number):
        yield "code", f"{number.name}: ended with {code}: {said[-300:]!r}"
    yield from _printed(folder, out)
    yield from _came_back(folder, told if number is not signal.SIGKILL else 0.0)


def _waited(pid: int) -> int | None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None


def _let_go(path: Path) -> bool:
    """Whether nobody writes to a session any more, or soon will not."""
    end = time.monotonic() + SOON
    while path.exists():
        with Journal.open(path, writable=True) as journal:
            if journal.read_only is None:
                break
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def _insides(what: str, said: str) -> Iterator[tuple[str, str]]:
    if said.rstrip().endswith("KeyboardInterrupt") and "in main" not in said:
        return  # Python itself was still beginning, and nothing of ours had run.
    for word in ("Traceback", "fault in tooltrace"):
        if word in said:
            begin = said.index(word)
            yield "insides", f"{what}: {said[begin : begin + 900]!r}"


def _records(folder: Path) -> dict[int, e.Record]:
    path = folder / "s.jsonl"
    if not path.exists() or not path.stat().st_size:
        return {}
    with Journal.open(path) as journal:
        return {record.id: record for record in journal.records}


def _printed(folder: Path, out: Path) -> Iterator[tuple[str, str]]:
    """Each fact that was printed as saved is in the file."""
    records = _records(folder)
    for line in out.read_bytes().split(b"\n")[:-1] if out.exists() else ():
        fact = json.loads(line)
        if "record" not in fact or fact.get("saved") is False or fact["type"] == "outcome":
            continue
        record = records.get(fact["record"])
        if record is None or record.event.name != fact["type"]:
            yield "lost", f"#{fact['record']} {fact['type']} was printed, and is not in the file"


def _came_back(folder: Path, told: float) -> Iterator[tuple[str, str]]:
    """Each call that began is in the file, and what had come back before a signal is, too."""
    log = folder / "ran.txt"
    ran: list[list[Any]] = (
        [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    )
    records = _records(folder)
    begun: dict[e.CallRef, int] = {}
    returned = set()
    for record in records.values():
        match record.event:
            case e.ToolStarted(call=ref, tool="work"):
                reply = records[ref.reply].event
                assert isinstance(reply, e.ModelReplied)
                uses = [b for b in reply.reply["content"] if b["type"] == "tool_use"]
                begun[ref] = uses[ref.index]["input"]["n"]
            case e.ToolReturned(call=ref) if ref in begun:
                returned.add(begun[ref])
    for what, n, at in ran:
        if what == "began" and n not in begun.values():
            yield "unsaved", f"call {n} began, and no record says so"
        if what == "came back" and at < told and n not in returned:
            ms = (told - at) * 1000
            yield (
                "lost",
                f"call {n} came back {ms:.1f} ms before the signal, and is not in the file",
            )


# -- with the app -------------------------------------------------------------------------------


def _app(random: Random, folder: Path) -> Iterator[tuple[str, str]]:
    """The app, told to end or taken along by a tool, at any moment of its life."""
    taking = random.choice(TAKING) if random.random() < 0.4 else None
    ends = random.randint(1, 8) if taking else -1
    _flow(folder, ends, taking or "pass")
    run = ("run", "flow.py", "--session", "s.jsonl")
    with PtyApp(*run, cwd=folder, size=(100, 30), fresh=True) as app:
        number = random.choice(TELLING)
        if not taking and random.random() < 0.3:
            _read_for(app, random.random() * 1.5)
        else:
            app.wait("step 1 ")
            app.press("c")
            _read_for(app, random.random() * 0.8)
        told = time.monotonic()
        if not taking:
            with suppress(ProcessLookupError):
                app.send(number)
        what = taking or number.name
        try:
            app.end(PATIENCE)
        except AssertionError:
            yield "late", f"{what}: no end came"
            return
        took = time.monotonic() - told
        if took > SOON and not taking:
            yield "late", f"{what}: the end came after {took:.1f} s"
        try:
            app.assert_restored()
        except AssertionError as error:
            yield "terminal", f"{what}: not given back: {str(error)[:200]}"
        yield from _insides(what, bytes(app.raw).decode(errors="replace"))
    if not _let_go(folder / "s.jsonl"):
        yield "orphan", f"{what}: somebody still holds the session's lock"
    yield from _came_back(folder, 0.0 if taking else told)


def _read_for(app: PtyApp, seconds: float) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if select.select([app.master], [], [], left)[0]:
            app.settle()
            if app.process.poll() is not None:
                return
