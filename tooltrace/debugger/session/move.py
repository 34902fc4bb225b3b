"""Give a session another name or place: its file, its world, its payloads, where one stood in it.

The file goes first, in one step, onto a name that was free. A renaming that was cut short after
that, or that somebody made with other tools, is gone on with when it is asked for again. To another
file system everything is copied, and on the disk, before the old one is removed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EXDEV
from pathlib import Path

from msgspec import Struct

from tooltrace.core.model.errors import BadCommand, BadSession, BadWorld
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.session.copy_elsewhere import copy_session
from tooltrace.debugger.session.files import (
    Opened,
    SessionFiles,
    SessionPart,
    cannot_begin_as,
    look,
    mark_world,
    opened,
    ours,
)
from tooltrace.debugger.session.last_position import LastPositions
from tooltrace.debugger.session.removal import remove_open
from tooltrace.debugger.world import world_owner
from tooltrace.debugger.world.world_mark import is_marked, mark
from tooltrace.store.blobs import blobs_of
from tooltrace.store.disk import reason
from tooltrace.store.files import Files
from tooltrace.tools.world.folder import Folder

__all__ = [
    "SessionMove",
    "free_beside",
    "move",
    "named_beside",
    "plan",
    "take_world",
    "wrong_name",
]

_FILES = Files()


class SessionMove(Struct, frozen=True):
    """What is to be moved: ``old`` is where the file is or was, ``new`` where it will be.

    ``parts`` are what goes with it. ``renamed`` says that the file has its new name already, and
    only the rest follows.
    """

    old: Path
    new: Path
    parts: tuple[SessionPart, ...]
    renamed: bool = False
    left: tuple[str, ...] = ()


def plan(old: Path, new: Path) -> SessionMove:
    """What moving a session would do. A folder as ``new`` means the same name in that folder.

    Raises BadCommand, BadSession, BadWorld or ReadOnly when it cannot be done.
    """
    if os.path.isdir(new):  # noqa: PTH112 - the method raises for what can be no name
        new = new / old.name
    if os.path.lexists(new) and (not os.path.lexists(old) or _follows(new)):
        with opened(new, lock=True) as session:
            parts = tuple(_behind(old, new, session))
        if not parts:
            raise BadSession(one_line(f"{old} does not exist, and nothing of {new} is left there"))
        return SessionMove(old, new, parts, renamed=True)
    _check_name(new)
    with opened(old, lock=True) as session:
        found = look(old, session)
        _check_free(old, new, found)
    return SessionMove(old, new, found.parts, left=found.left)


def move(old: Path, new: Path, places: LastPositions | None = None) -> SessionMove:
    """Move a session, as ``plan`` says. Raises as it does; then what was moved is named."""
    planned = plan(old, new)
    old, new = planned.old, planned.new
    try:
        if planned.renamed:
            with opened(new, lock=True) as session:
                _follow(old, new, session)
        else:
            with opened(old, lock=True) as session:
                _move(old, new, session)
    except (OSError, ValueError, BadWorld) as error:
        if isinstance(error, BadWorld) and os.path.lexists(old):
            raise
        why = reason(error) if isinstance(error, OSError) else str(error)
        what = "cannot be moved" if os.path.lexists(old) else "was not moved whole"
        raise BadSession(one_line(f"{old} {what}: {why}")) from error
    if places is not None:
        places.hand_over(old, new)
    return planned


def free_beside(file: Path) -> Path:
    """A name that is free, for what a session's file should be saved as when that is gone."""
    stem, end = file.name.removesuffix(".jsonl"), ".jsonl"
    number, new = 1, file.with_name(f"{stem}-saved{end}")
    while os.path.lexists(new):
        number += 1
        new = file.with_name(f"{stem}-saved-{number}{end}")
    return new


def named_beside(file: Path, text: str) -> Path:
    """The file that a person means by a name: in the same folder, and with the usual end."""
    name = text.strip()
    return file.with_name(name if name.endswith(".jsonl") else f"{name}.jsonl")


def wrong_name(file: Path, text: str) -> str | None:
    """Why a session beside this one cannot be called that; None when it can."""
    name = text.strip()
    if not name or name.startswith(".") or "/" in name:
        return "a name, and no folder in it"
    there = named_beside(file, name)
    if there != file and os.path.lexists(there):
        return f"{there.name} exists already"
    return None


def _check_name(new: Path) -> None:
    name = new.name
    if one_line(name) != name or name.startswith("-") or cannot_begin_as(new):
        raise BadCommand(f"{one_line(str(new))!r} is no name for a session: choose another one")
    if not os.path.isdir(new.parent):  # noqa: PTH112
        raise BadCommand(one_line(f"there is no folder {new.parent}"))


def _check_free(old: Path, new: Path, found: SessionFiles) -> None:
    taken = [new]
    if found.world is not None:
        taken.append(world_owner.folder_beside(new))
    if found.payloads is not None:
        taken.append(blobs_of(new))
    for part in found.parts[1:]:
        if Path(os.path.realpath(new)).is_relative_to(os.path.realpath(part.path)):
            raise BadCommand(one_line(f"{new} is in the session's own {part.path.name}"))
    for path in taken:
        if os.path.lexists(path):
            raise BadCommand(one_line(f"{path} exists already: choose another name"))
    # Where nothing can be made, the file must not go alone.
    for folder in {old.parent, new.parent}:
        if not os.access(folder, os.W_OK | os.X_OK):
            raise BadCommand(one_line(f"nothing in {folder} can be changed"))


def _move(old: Path, new: Path, session: Opened) -> None:
    found = look(old, session)
    mark_world(old, session, found, check=True)
    with _reserved(new):
        try:
            if not session.journal.is_at(old):
                raise BadSession(one_line(f"{old} was just replaced: look again"))
            _FILES.rename(old, new)
        except OSError as error:
            if error.errno != EXDEV:
                raise
            copy_session(new, session, found)
            remove_open(old, session, found)
            return
        _FILES.sync_folder(new.parent)
        _FILES.sync_folder(old.parent)
    _follow(old, new, session)


@contextmanager
def _reserved(new: Path) -> Iterator[None]:
    """Hold a name with an empty file, locked, which is replaced; it goes if anything fails."""
    try:
        fd = _FILES.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL)
    except FileExistsError as error:
        raise BadCommand(one_line(f"{new} exists already: choose another name")) from error
    mine = os.fstat(fd)
    try:
        with suppress(OSError):
            _FILES.lock(fd)  # So that no run takes the empty file for one to begin in.
        yield
    except BaseException:
        with suppress(OSError):
            there = new.lstat()
            if (there.st_dev, there.st_ino) == (mine.st_dev, mine.st_ino):
                _FILES.remove(new)
        raise
    finally:
        _FILES.close(fd)


# -- what goes with the file ------------------------------------------------------------------


def _follows(new: Path) -> bool:
    """Whether a world waits to be given to a file that has its new name already."""
    try:
        with opened(new, lock=False) as session:
            return bool(session.whose) and world_owner.find(new, session.whose).moved is not None
    except (BadSession, BadCommand, BadWorld):
        return False


def _behind(old: Path, new: Path, session: Opened) -> Iterator[SessionPart]:
    """What was the session's when it was called ``old``, and is not yet that of ``new``."""
    world = _world_behind(old, new, session)
    if world is not None:
        yield SessionPart(world, 0)
    if _names_there(blobs_of(old), session.payloads) and not os.path.lexists(blobs_of(new)):
        yield SessionPart(blobs_of(old), 0)


def _world_behind(old: Path, new: Path, session: Opened) -> Path | None:
    if not session.whose:
        return None
    found = world_owner.find(new, session.whose)
    if found.own is None and found.moved is not None:
        return found.moved
    # In another folder, where nobody who looks beside the new file finds it.
    there = world_owner.folder_beside(old)
    if found.own is None and is_marked(there, new, session.whose):
        return there
    return None


def _give(world: Path, new: Path, ident: str) -> None:
    """Give a world to the file that it is named after from now on."""
    if not is_marked(world, new, ident):
        world_owner.hand_over(world, new, ident)
        return
    there = world_owner.folder_beside(new)
    if world != there and not os.path.lexists(there):
        world = world.rename(there)
    mark(world, new, ident)


def take_world(old: Path, new: Path, ident: str) -> None:
    """Mark the world of a file that is gone as that of the one it was saved as.

    Where another file has the old name it may be that one's, and stays. What cannot be marked is
    asked for when it is needed.
    """
    with suppress(BadWorld, OSError):
        world = Path(os.path.realpath(world_owner.folder_beside(old)))
        if not os.path.lexists(old) and world in world_owner.find(new, ident).others:
            mark(world, new, ident)


def _names_there(folder: Path, names: frozenset[str]) -> bool:
    try:
        with Folder.open(folder) as held:
            return bool(ours(names, held.names()))
    except OSError:
        return False


def _follow(old: Path, new: Path, session: Opened) -> None:
    """Let what lies beside the old name follow the file."""
    world = _world_behind(old, new, session)
    if world is not None:
        _give(world, new, session.whose)
    payloads, there = blobs_of(old), blobs_of(new)
    if _names_there(payloads, session.payloads) and not os.path.lexists(there):
        payloads.rename(there)
    for folder in {old.parent, new.parent}:
        _FILES.sync_folder(folder)
