"""How often Python looks for cycles among objects: seldom, because a session makes next to none."""

from __future__ import annotations

import gc

__all__ = ["collect_seldom"]


def collect_seldom() -> None:
    """Look after 50,000 new objects instead of 700, and among the old ones a hundred times less.

    A session is very many small objects that all stay; looking through them again and again took a
    twentieth of each step, and stopped the screen now and then.
    """
    gc.set_threshold(50_000, 20, 100)
