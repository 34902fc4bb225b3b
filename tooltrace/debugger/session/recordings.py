"""Find the recordings that come along, for people who have no session of their own yet.

They are part of the package and stay as they are: opening one makes a copy among the person's own
sessions, which goes again when nothing happens in it, as a new run does.
"""

from __future__ import annotations

import os
from pathlib import Path

from tooltrace.core.model.errors import NotSaved
from tooltrace.debugger.session import folders
from tooltrace.debugger.session.clock import now
from tooltrace.debugger.session.last_position import LastPositions
from tooltrace.debugger.session.removal import undo_beginning
from tooltrace.debugger.session.secrets import hider
from tooltrace.debugger.session.session import Session
from tooltrace.store.journal import Journal

__all__ = ["came_along", "recordings", "start_from"]

PACKAGE = Path(__file__).parents[2]
INSTALLED = PACKAGE / "recordings"
"""Where a wheel has them; in a checkout they are in ``sessions`` beside the package."""
_MOST = 1000


def recordings() -> list[Path]:
    """The recordings that come along, by name."""
    for folder in (INSTALLED, PACKAGE.parent / "sessions"):
        found = sorted(folder.glob("demo-*.jsonl"))
        if found:
            return found
    return []


def came_along(path: Path) -> bool:
    """Whether a file belongs to the package, and so to nobody."""
    # A Path that is resolved raises where links lead in a circle.
    return os.path.dirname(os.path.realpath(path)) == os.path.realpath(INSTALLED)  # noqa: PTH120


def start_from(path: Path, last: LastPositions | None = None) -> tuple[Session, tuple[str, ...]]:
    """A session that holds what a recording does, in a file of the person's own.

    Where none can be made it is the recording itself, to be looked at, and with it is said why.
    """
    source = Journal.open(path)
    try:
        journal = _copied(source)
    except NotSaved as error:
        return Session(now, source, last), (f"to be looked at only: {error}",)
    source.close()
    session = Session(now, journal, last)
    session.begun(lambda: undo_beginning(journal, session.id, frozenset()))
    return session, ()


def _copied(source: Journal) -> Journal:
    """Its records in a fresh file, which counts as made by this sitting. Raises NotSaved."""
    fresh = _created(source.path.name)
    try:
        for record in source.records:
            fresh.append(record)
        fresh.sync()
    except BaseException:
        fresh.path.unlink(missing_ok=True)
        raise
    finally:
        fresh.close()
    journal = Journal.open(fresh.path, writable=True, hide=hider())
    journal.was_there = False
    return journal


def _created(name: str) -> Journal:
    """A file for the copy: of that name, or of the next that nobody else has or takes meanwhile.

    Nothing is hidden in it: what the recording holds is nobody's secret, and is to stay as it is.
    """
    folder, stem = folders.sessions_folder(), name.removesuffix(".jsonl")
    for number in range(1, _MOST):
        path = folder / (name if number == 1 else f"{stem}-{number}.jsonl")
        if os.path.lexists(path):
            continue
        try:
            return Journal.create(path)
        except NotSaved:
            if not os.path.lexists(path):
                raise
    raise NotSaved(f"{folder} has {_MOST - 1} copies of {name}")
