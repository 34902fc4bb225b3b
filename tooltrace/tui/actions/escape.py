"""Whether escape was pressed twice in a row: on a slow line an arrow key begins with one."""

from __future__ import annotations

import time
from math import inf

__all__ = ["TWICE", "Escape"]

TWICE = 2.0
"""Seconds within which a second escape gives up what runs."""


class Escape:
    """Remembers when escape was pressed; told of every key as it comes."""

    def __init__(self) -> None:
        self.twice = False
        """Whether the last key was a second escape, with no other key since the first."""
        self.at = -inf
        """When the first was pressed."""

    def saw(self, key: str) -> None:
        """Take note of a key. Not where it acts: by then the keys after it may have come."""
        now, escape = time.monotonic(), key == "escape"
        self.twice = escape and now - self.at < TWICE
        self.at = now if escape and not self.twice else -inf

    def forget(self) -> None:
        """The escape was for something else: it takes two more."""
        self.at = -inf
