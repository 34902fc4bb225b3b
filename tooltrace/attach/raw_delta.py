"""A text as its difference to the one before, so that a growing conversation grows by what is new.

Every request of a run repeats the one before it, with something new in the middle: what both begin
with and end with is not said again.
"""

from __future__ import annotations

from msgspec import Struct

from tooltrace.core.text.sanitize import parted_at

__all__ = ["RawDelta", "applied", "delta"]


class RawDelta(Struct, frozen=True):
    """So many characters of the text before, the new ``text``, and so many of its end."""

    text: str
    head: int = 0
    tail: int = 0


def delta(before: str, now: str) -> RawDelta:
    """What makes ``now`` of ``before``."""
    shorter = min(len(before), len(now))
    head = parted_at(before, now)
    rest = shorter - head
    tail = 0
    if rest:
        tail = parted_at(before[len(before) - rest :][::-1], now[len(now) - rest :][::-1])
    return RawDelta(now[head : len(now) - tail], head, tail)


def applied(before: str, made: RawDelta) -> str:
    """The text that a difference was made for. Raises ValueError when it is of another one."""
    if made.head < 0 or made.tail < 0 or made.head + made.tail > len(before):
        raise ValueError("it is the difference to a longer text")
    return before[: made.head] + made.text + before[len(before) - made.tail :]
