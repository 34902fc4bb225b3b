"""Times as other programs write them, turned into those of records: UTC, ISO 8601, milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

__all__ = ["milliseconds", "utc"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_2100_S = 4.1e9


def utc(value: object) -> str | None:
    """The time that a text or a number is; None where it is none.

    A text without a zone is taken for UTC. A number counts from 1970, in the unit that gives a time
    before 2100: seconds, milliseconds, microseconds or nanoseconds.
    """
    return _utc(value) if isinstance(value, str | int | float) else None


@lru_cache(maxsize=8)
def _utc(value: str | int | float) -> str | None:
    if isinstance(value, str):
        if len(value) == 24 and value[10] == "T" and value[23] == "Z":
            return value if milliseconds(value) is not None else None
        if value.isdigit():
            return _utc(int(value))
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            return None
        return _written(found if found.tzinfo is not None else found.replace(tzinfo=UTC))
    if not isinstance(value, bool) and 0 < value < 1e20:
        seconds = float(value)
        while seconds > _YEAR_2100_S:
            seconds /= 1000
        return _written(_EPOCH + timedelta(seconds=seconds))
    return None


def _written(found: datetime) -> str | None:
    try:
        found = found.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return f"{found:%Y-%m-%dT%H:%M:%S}.{found.microsecond // 1000:03d}Z"


@lru_cache(maxsize=64)
def milliseconds(at: str) -> float | None:
    """Milliseconds since 1970 of a time as ``utc`` writes it; None for anything else."""
    try:
        return datetime.fromisoformat(at).timestamp() * 1000
    except (ValueError, OverflowError):
        return None
