"""Where times and ids come from: read here, and handed to whatever needs them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import lru_cache

from msgspec import Struct

__all__ = ["REAL", "Clock", "Surroundings", "now"]

Clock = Callable[[], str]
"""The time, as records carry it."""


def now() -> str:
    """UTC, ISO 8601, milliseconds."""
    seconds, rest = divmod(time.time_ns(), 1_000_000_000)
    return f"{_second(seconds)}.{rest // 1_000_000:03d}Z"


@lru_cache(maxsize=4)
def _second(seconds: int) -> str:
    # Many records fall into one second, and a calendar is most of the work.
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


class Surroundings(Struct, frozen=True):
    """Where times and ids come from; ``stopwatch`` counts seconds and measures calls."""

    clock: Clock
    ident: Callable[[], str]
    stopwatch: Callable[[], float] = time.perf_counter


REAL = Surroundings(now, lambda: os.urandom(8).hex())
