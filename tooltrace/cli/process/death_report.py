"""What the parent process says of a child that did not end by itself: one line, on stderr."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

__all__ = ["cause", "ended_within", "say", "sync"]


def cause(number: int) -> str:
    """Which signal it was, by name and in the system's words."""
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    why = (signal.strsignal(number) or "").partition(":")[0].lower()
    return f"killed by {name} ({why})" if why else f"killed by {name}"


def ended_within(code: int) -> str:
    """An end that was not the end of the command."""
    return f"ended in the middle with exit code {code}, as os._exit in a tool does"


def say(what: str, session: str, edited: str = "") -> None:
    """Say it, with where the session is and where what a person was typing is."""
    from tooltrace.core.text.sanitize import one_line

    where = "no session was open"
    if session:
        where = f"session: {session} (open it to see what was running)"
    if edited and os.path.exists(edited):  # noqa: PTH110 - pathlib is heavy
        where += f" · what was edited: {edited}"
    line = one_line(f"tooltrace: {what} · {where}") + "\n"
    with suppress(OSError):
        os.write(2, line.encode("utf-8", "backslashreplace"))


def sync(session: str) -> None:
    """Put on disk what a process that was killed had written of its session."""
    with suppress(OSError):
        descriptor = os.open(session, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
