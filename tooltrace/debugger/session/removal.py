"""Remove a session: its file, its world, its payloads, and where one stood in it.

It begins with giving the file another name, which is one step: before it the session is whole, and
after it it is gone. The file itself goes last, under that name. So what a crash leaves says what it
is, and can be removed again.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from tooltrace.core.model.errors import BadCommand, BadSession, BadWorld, ToolTraceError
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.session.files import (
    REMOVED,
    Opened,
    SessionFiles,
    base_of,
    cannot_begin_as,
    look,
    mark_world,
    opened,
    ours,
)
from tooltrace.debugger.session.last_position import LastPositions
from tooltrace.debugger.world import world_owner
from tooltrace.debugger.world.world_mark import is_marked
from tooltrace.store.blobs import blobs_of
from tooltrace.store.files import Files
from tooltrace.store.journal import Journal
from tooltrace.tools.world.folder import Folder, reason

__all__ = [
    "remove",
    "remove_open",
    "remove_unbegun_world",
    "rest_of",
    "started_removal",
    "undo_beginning",
]

_FILES = Files()


def rest_of(file: Path) -> Path:
    """What a session's file is called while the session is being removed."""
    return file if cannot_begin_as(file) else file.with_name(f"{file.name}{REMOVED}")


def started_removal(file: Path) -> Path:
    """What is left of a session whose removal was cut short, if that is what a name means now."""
    rest = rest_of(file)
    return rest if not os.path.lexists(file) and os.path.lexists(rest) else file


def remove(file: Path, places: LastPositions | None = None) -> SessionFiles:
    """Remove a session with all that is its own; what there was of it, and what is left beside it.

    A file whose name says that its removal was cut short is gone on with. Raises ReadOnly when
    somebody else has it open for writing, and BadSession, BadCommand or BadWorld when it cannot be
    removed, or not whole: then what is left is named.
    """
    with opened(file, lock=True) as session:
        found = look(file, session)
        remove_open(file, session, found, places)
    return found


def remove_open(
    file: Path, session: Opened, found: SessionFiles, places: LastPositions | None = None
) -> None:
    """Remove a session whose file is open here, and locked. Raises as ``remove`` does."""
    rest, base = file, base_of(file)
    if found.has_other_name:
        _remove_name(file, session, places)
        return
    try:
        if file == base:
            rest = _doomed(file, session, found)
        _remove_world(rest, found)
        if not os.path.lexists(base):  # Else another session has the name, and what goes with it.
            _remove_payloads(base, session.payloads)
            if places is not None:
                places.forget(base)
        if session.journal.is_at(rest):
            _FILES.remove(rest)
        _FILES.sync_folder(rest.parent)
    except (OSError, BadWorld) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        if rest == file == base:
            raise BadSession(one_line(f"{file} cannot be removed: {why}")) from error
        again = f"was removed only in part: {why}; tooltrace rm {rest} goes on"
        raise BadSession(one_line(f"{base} {again}")) from error


def undo_beginning(journal: Journal, whose: str, worlds: frozenset[str]) -> None:
    """Remove a session that was begun here and in which nothing happened.

    An empty file that was there before is left as it was. Raises BadSession or BadWorld.
    """
    file = journal.path
    session = Opened(journal, whose, worlds, frozenset(journal.payloads()))
    found = look(file, session)
    if not journal.was_there:
        remove_open(file, session, found)
        return
    mark_world(file, session, found, check=False)
    try:
        _remove_world(file, found)
        _remove_payloads(file, session.payloads)
        journal.make_empty()
    except OSError as error:
        raise BadSession(one_line(f"{file} cannot be emptied: {reason(error)}")) from error


def remove_unbegun_world(file: Path) -> bool:
    """Remove the world of a run that was killed before its first record; False if it is not that.

    Raises BadWorld when it cannot be removed.
    """
    world = world_owner.folder_beside(file)
    if not is_marked(world, file):
        return False
    try:
        with opened(file, lock=True) as session, Folder.open(world.parent, follow=True) as above:
            if not session.whose and session.journal.read(0, 1) == b"":
                above.remove(world.name)
                return True
    except ToolTraceError:
        return False
    except OSError as error:
        raise BadWorld(f"the world cannot be removed: {one_line(reason(error))}") from error
    return False


def _remove_name(file: Path, session: Opened, places: LastPositions | None) -> None:
    """Remove one of a file's names; what lies beside it belongs to the others as well."""
    try:
        if not session.journal.is_at(file):
            raise BadSession(f"{one_line(file.name)} was just replaced: look again")
        _FILES.remove(file)
        if places is not None:
            places.forget(file)
        _FILES.sync_folder(file.parent)
    except OSError as error:
        raise BadSession(one_line(f"{file} cannot be removed: {reason(error)}")) from error


def _doomed(file: Path, session: Opened, found: SessionFiles) -> Path:
    """Give the file the name that says so: from here on the session is gone."""
    rest = rest_of(file)
    for taken in (rest, world_owner.folder_beside(rest)):
        if os.path.lexists(taken):
            how = f"tooltrace rm {rest} ends a removal that was cut short"
            raise BadCommand(one_line(f"{taken} is in the way: {how}"))
    mark_world(file, session, found, check=False)
    _FILES.rename(file, rest)
    if not session.journal.is_at(rest):
        # Somebody put another file there between the look and this.
        _FILES.rename(rest, file)
        raise BadSession(one_line(f"{file} was just replaced: look again"))
    _FILES.sync_folder(file.parent)
    return rest


def _remove_world(rest: Path, found: SessionFiles) -> None:
    """Remove the world, under a name that says so as well: its mark goes with it."""
    doomed = world_owner.folder_beside(rest)
    with Folder.open(rest.parent, follow=True) as above:
        world = found.world.path if found.world is not None else None
        if world is not None and world != doomed and is_marked(world, rest):
            above.rename(world.name, doomed.name)
        if above.find(doomed.name) is not None:
            above.remove(doomed.name)


def _remove_payloads(base: Path, names: frozenset[str]) -> None:
    """Remove the payloads that the session names, and their folder if nothing else is in it."""
    folder = blobs_of(base)
    try:
        held = Folder.open(folder)
    except OSError:
        return  # There is none, or a link, or something that is no folder: not the session's.
    with held:
        for name in ours(names, held.names()):
            held.remove_file(name)
    with suppress(OSError):
        folder.rmdir()
