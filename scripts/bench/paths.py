"""What each second path that is there for speed buys: the same work with it and without it.

``docs/performance.md`` says what they are. Seconds of the processor where one process does
the work, so that what else runs on the machine does not count; the least of several rounds, in
turns.
"""

from __future__ import annotations

import asyncio
import contextvars
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import msgspec

from scripts.bench.steps import record
from tooltrace.assemble import reopen
from tooltrace.core.decide.next_action import request_at
from tooltrace.core.fold.fold import fold_path
from tooltrace.core.fold.steps import Steps
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.append_list import AppendList
from tooltrace.core.model.events import Record
from tooltrace.debugger.session import prefold
from tooltrace.debugger.session.last_position import LastPositions
from tooltrace.debugger.view import View
from tooltrace.models.scripted import ScriptedModel, say
from tooltrace.store import reader
from tooltrace.store.lines import _decode_exactly, assemble, decode_fast
from tooltrace.tools.functions.function_port import AT_ONCE
from tooltrace.tools.functions.thread_runner import ThreadRunner
from tooltrace.tui.rows.calls.calls import TraceRows
from tooltrace.tui.rows.conversation.conversation import ConversationRows
from tooltrace.tui.rows.conversation.incremental import around

__all__ = ["STEPS", "measure"]

STEPS = 5_000
ROUNDS = 5
PLACES = 100

Pair = tuple[Callable[[], object], Callable[[], object]]
"""The work with the second path, and without it."""


def measure(path: Path) -> dict[str, tuple[float, float]]:
    """Milliseconds with and without each, on a session of so many steps, recorded if need be."""
    if not path.exists():
        record(STEPS, path)
    data = path.read_bytes()
    lines = data.splitlines()
    debugger = reopen(path)
    view = debugger.view()
    records = [view.tree[number] for number in view.path]
    pairs: dict[str, Pair] = {
        "typed decoder": (lambda: _quickly(lines), lambda: _exactly(lines)),
        "whole file at once": (lambda: _take(data), lambda: _take(data, one_by_one=True)),
        "no collections": (lambda: _take(data), lambda: _take(data, collecting=True)),
        "line written out": (lambda: _written(records), lambda: _encoded(records)),
        "append list": (lambda: _pushed(AppendList()), lambda: _tuples(STEPS)),
        "every 64th snapshot": (_looks(records, warm=True), _looks(records, warm=False)),
        "rows around the head": (lambda: _rows(view, around(view)), lambda: _rows(view, None)),
        "waiting for a quick tool": (lambda: _calls(AT_ONCE), lambda: _calls(0.0)),
        "where the person spoke": (_policy(view, keep=True), _policy(view, keep=False)),
    }
    found = {name: _compared(*pair) for name, pair in pairs.items()}
    debugger.close()
    found["folded ahead"] = (_first_goto(path, prefold.LONG), _first_goto(path, 10**9))
    found["imports that wait"] = (_python("--help"), _python("--help", "anthropic, textual.app"))
    return found


def _compared(with_it: Callable[[], object], without: Callable[[], object]) -> tuple[float, float]:
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for kept, work in zip(times, (with_it, without), strict=True):
            began = time.process_time()
            work()
            kept.append((time.process_time() - began) * 1000)
    return min(times[0]), min(times[1])


def _quickly(lines: list[bytes]) -> None:
    for line in lines:
        decode_fast(line)


def _exactly(lines: list[bytes]) -> None:
    for line in lines:
        _decode_exactly(line, None)


def _take(data: bytes, *, one_by_one: bool = False, collecting: bool = False) -> None:
    taking = reader.RecordReader("bench")
    if one_by_one:
        with reader._no_collections():
            taking._sorted_out(data.split(b"\n"))
    elif collecting:
        taking._take(data)
    else:
        taking.take(data)


def _written(records: list[Record]) -> None:
    for each in records:
        assemble(each, "{}")


def _encoded(records: list[Record]) -> None:
    for each in records:
        line = {"id": each.id, "parent": each.parent, "at": each.at, "source": each.source}
        text = json.dumps({**line, "type": each.event.name, "event": {}}).encode()
        b'%b,"crc":"%08x"}\n' % (text[:-1], crc32(text))


def _pushed(items: AppendList[int]) -> None:
    for number in range(STEPS):
        items = items.push(number)


def _tuples(count: int) -> None:
    items: tuple[int, ...] = ()
    for number in range(count):
        items = (*items, number)


def _looks(records: list[Record], *, warm: bool) -> Callable[[], object]:
    """Going to places anywhere, in a tree that keeps snapshots, or folding the path to each."""
    tree = Tree()
    for each in records:
        tree.add(each)
    path = [each.id for each in records]
    chance = random.Random(1)
    places = [chance.choice(path) for _ in range(PLACES)]
    if warm:
        tree.warm(path, 0, len(path))
        return lambda: [tree.snapshot_at(place) for place in places]
    return lambda: [fold_path(tree.path(place)) for place in places]


def _rows(view: View, window: range | None) -> None:
    ConversationRows(window).update(view)
    TraceRows(Steps(), window=window).update(view)


def _calls(patience: float) -> None:
    async def run() -> None:
        runner = ThreadRunner()
        for _ in range(STEPS // 10):
            await runner.submit(lambda: 1, contextvars.copy_context(), patience)
        runner.close()

    asyncio.run(run())


def _policy(view: View, *, keep: bool) -> Callable[[], None]:
    """Asking a policy at the end of a long run, that many times."""
    model = ScriptedModel(lambda seen: say(seen.input or "Nothing."))
    request = request_at(view.snapshot)

    def ask() -> None:
        for _ in range(PLACES):
            if not keep:
                model._looked = (-1, None, 0, None)
            asyncio.run(model.ask(request))

    return ask


def _first_goto(path: Path, long: int) -> float:
    """Milliseconds until one is at the end of a session that was left at its beginning."""
    before, prefold.LONG = prefold.LONG, long
    try:
        with tempfile.TemporaryDirectory() as name:
            places = LastPositions(Path(name))
            with reopen(path, last=places) as debugger:
                tip = debugger.view().tip
                debugger.goto(debugger.view().path[10])
                debugger.close(remember=True)
            with reopen(path, last=places) as debugger:
                debugger.view()
                time.sleep(3.0)  # A person who has just opened it looks at the first picture.
                began = time.perf_counter()
                debugger.goto(tip)
                assert debugger.view().snapshot.at == tip
                return (time.perf_counter() - began) * 1000
    finally:
        prefold.LONG = before


def _python(argument: str, also: str = "") -> float:
    """Milliseconds of the command line, from start to exit."""
    program = f"{f'import {also}; ' if also else ''}from tooltrace.cli import main; main()"
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", program, argument], stdout=subprocess.DEVNULL)
        times.append((time.perf_counter() - began) * 1000)
    return min(times)


if __name__ == "__main__":
    print(msgspec.json.encode(measure(Path(sys.argv[1]))).decode())
