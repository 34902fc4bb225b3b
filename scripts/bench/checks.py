"""The time of ``tooltrace check``, from start to exit, over many recorded sessions."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from scripts.bench.steps import record

SESSIONS = 200
CALLS = 50


def measure(folder: Path) -> dict[str, float]:
    """Seconds to check 200 sessions of 50 calls, in one process and in two."""
    sessions = folder / "sessions"
    sessions.mkdir()
    record(CALLS, sessions / "s000.jsonl")
    for number in range(1, SESSIONS):
        shutil.copy(sessions / "s000.jsonl", sessions / f"s{number:03}.jsonl")
    jobs = (1, 2, max(2, len(os.sched_getaffinity(0))))
    return {
        f"{count} process{'' if count == 1 else 'es'}": _check(sessions, count) for count in jobs
    }


def _check(sessions: Path, jobs: int) -> float:
    program = "from tooltrace.cli import main; main()"
    command = [sys.executable, "-c", program, "check", str(sessions), "--jobs", str(jobs)]
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    spent = time.perf_counter() - began
    last = done.stdout.splitlines()[-1:]
    if last != [f"{SESSIONS} sessions · {SESSIONS} branches · all as recorded"]:
        raise SystemExit(f"the check went wrong: {last} {done.stderr}")
    return spent
