"""The time of going anywhere in a session of 10,000 steps, and of forking there; no screen."""

from __future__ import annotations

import random
import time
from pathlib import Path

from scripts.bench.steps import record
from tooltrace.assemble import reopen

__all__ = ["STEPS", "measure"]

STEPS = 10_000
PLACES = 200
FORKS = 40
SETTLES = 2.0


def measure(path: Path) -> dict[str, float]:
    """Milliseconds: the median and the longest of each, until there is a View of it."""
    record(STEPS, path)
    debugger = reopen(path)
    chance = random.Random(1)
    way = debugger.view().path
    places = [chance.choice(way) for _ in range(PLACES)]
    gone, forked = [], []
    time.sleep(SETTLES)  # A person who has just opened it looks at the first picture.
    for place in places:
        began = time.perf_counter()
        debugger.submit.goto(place).result()
        debugger.view()
        gone.append(time.perf_counter() - began)
    for place in places[:FORKS]:
        while not debugger.session.tree.snapshot_at(place).settled:
            place = debugger.session.tree[place].parent or 1
        debugger.submit.goto(place, way[-1]).result()
        began = time.perf_counter()
        stop = debugger.submit.edit.fork().result()
        debugger.view()
        forked.append(time.perf_counter() - began)
        if stop.kind != "step":
            raise SystemExit(f"no fork: {stop.text}")
    debugger.close()
    return {
        "goto": _middle(gone),
        "goto, longest": max(gone) * 1000,
        "fork": _middle(forked),
        "fork, longest": max(forked) * 1000,
    }


def _middle(seconds: list[float]) -> float:
    return sorted(seconds)[len(seconds) // 2] * 1000
