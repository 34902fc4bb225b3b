"""Fold a long session ahead of time, so that going anywhere in it is quick.

It begins once the first picture is there, and does a little at a time while nothing else is done.
"""

from __future__ import annotations

from tooltrace.debugger.command_loop import CommandLoop
from tooltrace.debugger.session.session import Session

__all__ = ["warm_up"]

LONG = 2000
"""Records on a path from which on it is worth it."""

_AFTER, _EVERY = 0.4, 0.01
_SLICE = 512


def warm_up(session: Session, thread: CommandLoop) -> None:
    """Fold the path that one is on, if it is a long one, on the debugger's loop."""
    path = tuple(session.path)
    if len(path) < LONG:
        return

    def some(place: int) -> None:
        if not thread.running:
            with session.lock:
                place = session.tree.warm(path, place, _SLICE)
        if place < len(path):
            thread.later(_EVERY, lambda: some(place))

    thread.soon(lambda: thread.later(_AFTER, lambda: some(0)))
