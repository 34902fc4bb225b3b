"""Limits of time: held to by ``make bench``, and not where a machine has other work as well.

A test that only measures has the marker ``benchmark`` and is left out unless it is asked for. One
that shows something else too, and has to be quick at it, times that part with ``within`` or
``at_most``, by which it is known.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["at_most", "measure", "within"]

_measuring = False


def measure(really: bool) -> None:
    """Whether limits count in this run."""
    global _measuring
    _measuring = really


@contextmanager
def within(seconds: float, clock: Callable[[], float] = time.monotonic) -> Iterator[None]:
    """What is done in it takes less than so long, where limits count."""
    began = clock()
    yield
    at_most(seconds, clock() - began)


def at_most(seconds: float, took: float) -> None:
    """What took so long was not too slow, where limits count."""
    assert took < seconds or not _measuring, f"took {took:.3f} s, and may take {seconds} s"
