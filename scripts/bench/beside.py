"""What tooltrace takes beside what the same work takes at least, in one run, and compared with an
older run by ratio.

Processor time, user and system, the least of some rounds taken in turns: what else runs on the
machine then counts least. ``python -m scripts.bench.beside [--json FILE] [--compare OLD]``.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from scripts.bench.steps import durable, record
from tooltrace.cli.process.garbage_collection import collect_seldom

__all__ = ["SLOWER", "Row", "main", "measure", "slower", "told"]

STEPS = 1000
LONG = 20_000
SESSIONS = 1000
ROUNDS = 5
SLOWER = 1.2
"""By how much a ratio may grow before it is named."""

_CALL = "from tooltrace.cli.main import main; main()"
_BARE = "import click, msgspec"
# What the system tells of a child counts what its parent had before it became another program.
_MEMORY = """import atexit, sys
def _most():
    try:
        with open("/proc/self/status") as file:
            print(next(line for line in file if line.startswith("VmHWM")), file=sys.stderr)
    except OSError:
        pass
atexit.register(_most)
"""
_READ = "import json, sys\nfor line in open(sys.argv[1]): json.loads(line)"


class Row(Struct, frozen=True):
    """Milliseconds of some work, and of ``floor``, which is what it is held against.

    ``memory`` is the most that it took at a time, in MB; 0 where that was not measured.
    """

    name: str
    ms: float
    floor: str
    floor_ms: float
    memory: float = 0.0

    @property
    def ratio(self) -> float:
        """How many times the floor."""
        return self.ms / self.floor_ms if self.floor_ms else 0.0


def measure(folder: Path, rounds: int = ROUNDS) -> list[Row]:
    """Every row, measured anew; session files are made in the folder."""
    collect_seldom()
    many, long = folder / "many" / "sessions", folder / "long.jsonl"
    many.mkdir(parents=True)
    record(10, many / "s0.jsonl")
    for number in range(1, SESSIONS):
        shutil.copy(many / "s0.jsonl", many / f"s{number}.jsonl")
    record(LONG, long)
    step, loop = _in_turns(
        rounds, lambda: record(STEPS, folder / "step.jsonl"), lambda: durable(STEPS, folder)
    )
    found = [Row("a step", step / STEPS, "two lines synced", loop / STEPS)]
    for name, arguments, floor, program, cwd in (
        ("--help", ["--help"], "import click, msgspec", [_BARE], folder),
        (f"list of {SESSIONS:,}", ["list"], "import click, msgspec", [_BARE], many.parent),
        (f"show of {LONG:,} calls", ["show", str(long)], "json.loads", [_READ, str(long)], folder),
        (
            f"show --json of {LONG:,} calls",
            ["show", "--json", str(long)],
            "json.loads",
            [_READ, str(long)],
            folder,
        ),
        (
            f"grep in {LONG:,} calls",
            ["grep", "zzz", str(long)],
            "json.loads",
            [_READ, str(long)],
            folder,
        ),
    ):
        ours = min(_process([_CALL, *arguments], cwd) for _ in range(rounds))
        bare = min(_process(program, cwd) for _ in range(rounds))
        found.append(Row(name, ours[0], floor, bare[0], ours[1]))
    return found


def _in_turns(rounds: int, *works: Callable[[], object]) -> list[float]:
    least = [float("inf")] * len(works)
    for _ in range(rounds):
        for place, work in enumerate(works):
            began = time.process_time()
            work()
            least[place] = min(least[place], (time.process_time() - began) * 1000)
    return least


def _process(program: Sequence[str], cwd: Path) -> tuple[float, float]:
    """Milliseconds of the processor that a program in Python takes, and the most memory, in MB."""
    path = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    kept = {**os.environ, "PYTHONPATH": path.rstrip(os.pathsep)}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    code, *arguments = program
    command = [sys.executable, "-c", _MEMORY + code, *arguments]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command, cwd=cwd, env=kept, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    found = re.search(r"VmHWM:\s*(\d+) kB", done.stderr)
    return spent * 1000, int(found[1]) / 1024 if found else 0.0


def told(rows: Sequence[Row]) -> list[str]:
    """The table."""
    lines = [f"{'ms of the processor':<28}{'tooltrace':>10}{'beside':>10}{'×':>7}{'MB':>6}  beside"]
    for row in rows:
        memory = f"{row.memory:.0f}" if row.memory else ""
        lines.append(
            f"{row.name:<28}{row.ms:>10.2f}{row.floor_ms:>10.2f}{row.ratio:>7.2f}{memory:>6}"
            f"  {row.floor}"
        )
    return lines


def slower(old: Sequence[Row], new: Sequence[Row]) -> list[str]:
    """What takes more than a fifth more now, held against its floor, a line each."""
    before = {row.name: row for row in old}
    return [
        f"{row.name}: {was.ratio:.2f} → {row.ratio:.2f} × {row.floor}"
        for row in new
        if (was := before.get(row.name)) is not None and row.ratio > SLOWER * was.ratio > 0
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and compare if that is asked for; 1 where something got slower."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench.beside", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    parser.add_argument("--compare", type=Path, metavar="OLD", help="such a file of an older run")
    given = parser.parse_args(arguments)
    old = msgspec.json.decode(given.compare.read_bytes(), type=list[Row]) if given.compare else []
    with tempfile.TemporaryDirectory() as name:
        rows = measure(Path(name))
    print("\n".join(told(rows)))
    if given.json:
        given.json.write_bytes(msgspec.json.format(msgspec.json.encode(rows)) + b"\n")
    worse = slower(old, rows)
    for line in worse:
        print(f"slower: {line}")
    return int(bool(worse))


if __name__ == "__main__":
    sys.exit(main())
