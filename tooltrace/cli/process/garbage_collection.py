"""How often Python looks for cycles among objects, and at how many of them at a time."""

from __future__ import annotations

import gc

__all__ = ["collect_briefly", "collect_seldom"]


def collect_seldom() -> None:
    """Where nobody looks on: after 50,000 new objects instead of 700, and seldom among the old.

    A session is very many small objects that all stay, and makes next to no cycles; looking through
    them again and again took a twentieth of each step.
    """
    gc.set_threshold(50_000, 20, 100)


def collect_briefly() -> None:
    """Where somebody looks on: not before the app is there, then at 2,000 new objects at a time.

    What is imported and loaded for the first picture all stays; looking through it meanwhile took
    a tenth of the time to that picture. The app begins to look once it is there. Each line that is
    drawn makes cycles (a ``textual.strip.Strip`` and its caches); looking at 50,000 new objects at
    once stopped the screen for 30 to 50 ms, and all of them are looked at very seldom.
    """
    gc.disable()
    gc.set_threshold(2_000, 5, 1_000)
