"""A text as its difference to the one before, so that a growing conversation grows by what is new.

Every request of a run repeats the one before it, with something new in the middle: what both begin
with and end with is not said again.
"""

from __future__ import annotations

from msgspec import Struct

__all__ = ["RawDelta", "applied", "delta"]


class RawDelta(Struct, frozen=True):
    """So many characters of the text before, the new ``text``, and so many of its end."""

    text: str
    head: int = 0
    tail: int = 0


def delta(before: str, now: str) -> RawDelta:
    """What makes ``now`` of ``before``."""
    shorter = min(len(before), len(now))
    head = _common(before[:shorter], now[:shorter])
    rest = shorter - head
    tail = 0
    if rest:
        tail = _common(before[len(before) - rest :][::-1], now[len(now) - rest :][::-1])
    return RawDelta(now[head : len(now) - tail], head, tail)


def applied(before: str, made: RawDelta) -> str:
    """The text that a difference was made for. Raises ValueError when it is of another one."""
    if made.head < 0 or made.tail < 0 or made.head + made.tail > len(before):
        raise ValueError("it is the difference to a longer text")
    return before[: made.head] + made.text + before[len(before) - made.tail :]


def _common(one: str, other: str) -> int:
    """How many characters two texts of one length begin with alike."""
    low, high = 0, len(one)
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
