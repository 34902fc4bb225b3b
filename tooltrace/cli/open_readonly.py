"""Reading sessions for commands that only look: no lock is taken and nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tooltrace.core.model.errors import BadSession
from tooltrace.debugger.session.any_file import open_any
from tooltrace.debugger.session.clock import now
from tooltrace.debugger.session.session import Session

__all__ = ["opened"]


@contextmanager
def opened(file: Path, follow: bool = False) -> Iterator[tuple[Session, list[str]]]:
    """A session to look at, and what is wrong with its file. Raises BadSession, one line.

    A file of another program is imported, in memory; then what was read of it is told first. With
    ``follow`` what is added to that is there when the session is refreshed, as it is of any other.
    """
    journal = open_any(file, follow)
    try:
        session = Session(now, journal)
        if not session.path:
            raise BadSession(f"{file}: there is no run in it")
        told = [journal.told] if journal.told else []
        yield session, [*told, *map(str, journal.problems), *session.tree.stray_notes()]
    finally:
        journal.close()
