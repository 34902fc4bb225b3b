"""How many examples a law is tried with: a few with each change, many more with ``make laws``."""

from __future__ import annotations

__all__ = ["examples", "multiply"]

_times = 1


def multiply(times: int) -> None:
    """Try so many times as many in this run; before any test is imported."""
    global _times
    _times = times


def examples(few: int) -> int:
    """As many as ordinarily, or many more."""
    return few * _times
