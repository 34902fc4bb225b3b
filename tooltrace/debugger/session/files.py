"""Find a session on the disk: its file, its world, its payloads.

Only what is known to be this session's own counts, and nothing is looked at through a link. What
else lies beside it under a name like its own is said, and left where it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from tooltrace.core.model.errors import BadCommand, BadSession, ReadOnly
from tooltrace.core.model.events import RunStarted, world_named
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.world import world_owner
from tooltrace.debugger.world.retention import open_snapshots, size_of
from tooltrace.debugger.world.world_mark import is_marked, mark
from tooltrace.store.blobs import blobs_of
from tooltrace.store.disk import reason
from tooltrace.store.journal import Journal
from tooltrace.store.open import UNLOCKED
from tooltrace.tools.world.folder import Folder

__all__ = [
    "REMOVED",
    "Opened",
    "SessionFiles",
    "SessionPart",
    "base_of",
    "cannot_begin_as",
    "facts_of",
    "look",
    "opened",
    "ours",
]

REMOVED = ".removed"
"""Ends the name of a session's file while the session is being removed."""


_SHARED = "the file has another name here (a hard link): what belongs to it stays with that"


class SessionPart(Struct, frozen=True):
    """A file or a folder of a session, and its bytes."""

    path: Path
    size: int


class SessionFiles(Struct, frozen=True):
    """What there is of a session; ``left`` says what lies beside it and is not known to be its own.

    ``whose`` is the session's id, empty for a file that nothing was recorded in. ``has_other_name``
    says that the file is in this folder twice (a hard link), so that all of it is still needed.
    """

    file: SessionPart
    whose: str
    world: SessionPart | None = None
    payloads: SessionPart | None = None
    left: tuple[str, ...] = ()
    has_other_name: bool = False

    @property
    def parts(self) -> tuple[SessionPart, ...]:
        """The file first, then what lies beside it."""
        return tuple(part for part in (self.file, self.world, self.payloads) if part is not None)

    @property
    def removable(self) -> tuple[SessionPart, ...]:
        """The parts that go when the file is removed under this name."""
        return (self.file,) if self.has_other_name else self.parts

    @property
    def size(self) -> int:
        """The bytes of what goes."""
        return sum(part.size for part in self.removable)


class Opened(Struct, frozen=True):
    """A session's file that is open, its id, and what its records name."""

    journal: Journal
    whose: str
    worlds: frozenset[str]
    payloads: frozenset[str]


@contextmanager
def opened(file: Path, *, lock: bool) -> Iterator[Opened]:
    """Open a session that is to be removed or renamed; an empty file counts as one.

    Raises BadCommand for a link, BadSession for what is no session, and ReadOnly when somebody
    else has it open for writing.
    """
    if os.path.islink(file):  # noqa: PTH114 - the method raises for what can be no name
        to = one_line(os.fsdecode(file.readlink()))
        raise BadCommand(f"{one_line(str(file))} is a link to {to}: name the file itself")
    journal = Journal.open(file, writable=lock, even_empty=True)
    with journal:
        if lock and journal.read_only is not None:
            raise ReadOnly(f"{one_line(file.name)} stays: {journal.read_only}")
        if not journal.is_at(file):
            raise BadSession(f"{one_line(file.name)} was just replaced: look again")
        yield facts_of(journal)


def facts_of(journal: Journal) -> Opened:
    """What the records of an open session say about what lies beside it."""
    first = next((record for record in journal.records if record.parent is None), None)
    event = first.event if first is not None else None
    named = event.session if isinstance(event, RunStarted) else ""
    worlds = (world_named(record.event) for record in journal.records)
    return Opened(
        journal,
        named or (first.at if first is not None else ""),
        frozenset(world for world in worlds if world is not None),
        frozenset(journal.payloads()),
    )


def cannot_begin_as(file: Path) -> bool:
    """Whether no session may be called that: it has no name, or that of one being removed."""
    return not file.name or file.name.endswith(REMOVED)


def base_of(file: Path) -> Path:
    """What a session's file is called, also while the session is being removed."""
    return file.with_name(file.name.removesuffix(REMOVED) or file.name)


def look(file: Path, session: Opened) -> SessionFiles:
    """What there is of a session. Raises BadSession or BadWorld when that cannot be told."""
    try:
        world, left = _world(file, session)
        payloads, strange = _payloads(base_of(file), session.payloads)
        status = file.lstat()
        shared = status.st_nlink > 1 and _is_here_twice(file.parent, status)
    except (OSError, RecursionError) as error:
        why = reason(error) if isinstance(error, OSError) else "its folders are nested too deep"
        raise BadSession(f"{one_line(str(file))} cannot be looked at: {why}") from error
    journal = session.journal
    alone = journal.locked or journal.read_only is not None
    left = (*left, *strange, *(() if alone else (UNLOCKED,)))
    left = (*left, *((_SHARED,) if shared else ()))
    part = SessionPart(file, status.st_size)
    return SessionFiles(part, session.whose, world, payloads, left, shared)


def _is_here_twice(folder: Path, status: os.stat_result) -> bool:
    """Whether a file has two names in a folder. Elsewhere nobody looks for what is beside it."""
    with os.scandir(folder) as entries:
        likely = [entry.path for entry in entries if entry.inode() == status.st_ino]
    return sum(os.path.samestat(os.lstat(path), status) for path in likely) > 1


def _world(file: Path, session: Opened) -> tuple[SessionPart | None, tuple[str, ...]]:
    """The world that is the session's own, and what is said of one that may not be."""
    if not session.whose:
        # Killed before the first record, a run may have made its world already.
        folder = world_owner.folder_beside(base_of(file))
        return (_part(folder) if is_marked(folder, file) else None), ()
    found = world_owner.find(file, session.whose)
    moved, old = found.moved, found.old
    if found.own is not None:
        return _part(found.own), ()
    if moved is not None:
        # One that was copied with its file has the name that is this file's to give.
        named = moved.name == world_owner.folder_beside(file).name
        mine = named or is_marked(moved, file, session.whose)
        return (_part(moved), ()) if mine else (None, (found.offer,))
    if old is not None:
        doomed = file != base_of(file) and old.name == world_owner.folder_beside(file).name
        mine = doomed or _holds(old, session.worlds)
        why = f"{old.name} is not known to be this session's: it stays"
        return (_part(old), ()) if mine else (None, (why,))
    return None, ()


def mark_world(file: Path, session: Opened, found: SessionFiles, *, check: bool) -> None:
    """Mark a world that is not marked as the file's: then it is known whatever that is called.

    With ``check`` one that leads out of itself is refused: it is going to be used.
    """
    world = found.world
    if world is None or not session.whose or is_marked(world.path, file):
        return
    if check:
        world_owner.look_over(world.path)
    mark(world.path, file, session.whose)


def _part(folder: Path) -> SessionPart:
    return SessionPart(folder, size_of(folder))


def _holds(folder: Path, worlds: frozenset[str]) -> bool:
    """Whether a folder without a mark holds a snapshot that the session's records name."""
    snapshots = open_snapshots(folder)
    if snapshots is None:
        return False
    with snapshots:
        return any(name.partition(".")[0] in worlds for name in snapshots.names())


def _payloads(file: Path, names: frozenset[str]) -> tuple[SessionPart | None, tuple[str, ...]]:
    """The folder of payloads as far as it is the session's, and what else is in it."""
    folder = blobs_of(file)
    try:
        opened_folder = Folder.open(folder)
    except FileNotFoundError:
        return None, ()
    except OSError as error:
        return None, (f"{folder.name} is left: {reason(error)}",)
    with opened_folder as held:
        there = held.names()
        mine = ours(names, there)
        size = sum(held.status(name).st_size for name in mine)
    others = len(there) - len(mine)
    what = f"{folder.name} holds {others} that this session does not name: they stay"
    return (SessionPart(folder, size) if mine or not there else None), ((what,) if others else ())


def ours(names: frozenset[str], there: list[str]) -> list[str]:
    """The payloads that records name, and what a crash left of one half written."""
    return [name for name in there if name.removeprefix(".").removesuffix(".part") in names]
