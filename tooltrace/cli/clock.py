"""The time, as records carry it. Read here and handed to whatever needs it."""

from __future__ import annotations

import time
from functools import lru_cache

__all__ = ["now"]


def now() -> str:
    """UTC, ISO 8601, milliseconds."""
    seconds, rest = divmod(time.time_ns(), 1_000_000_000)
    return f"{_second(seconds)}.{rest // 1_000_000:03d}Z"


@lru_cache(maxsize=4)
def _second(seconds: int) -> str:
    # Many records fall into one second, and a calendar is most of the work.
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
