"""Reading sessions for commands that only look: no lock is taken and nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tooltrace.core.model.errors import BadSession
from tooltrace.debugger.session.clock import now
from tooltrace.debugger.session.session import Session
from tooltrace.store.journal import Journal

__all__ = ["opened"]


@contextmanager
def opened(file: Path) -> Iterator[tuple[Session, list[str]]]:
    """A session to look at, and what is wrong with its file. Raises BadSession, one line."""
    journal = Journal.open(file, writable=False)
    try:
        session = Session(now, journal)
        if not session.path:
            raise BadSession(f"{file}: there is no run in it")
        yield session, [*map(str, journal.problems), *session.tree.stray_notes()]
    finally:
        journal.close()
