"""Find the folder of a session's world: a mark in it names the session and the session's file.

Only the file that is named writes in the folder. Another file of
the same session reads its snapshots, and has its own world elsewhere. A file that was renamed, or
copied together with its folder, is recognised and offered the folder, which one yes hands over.
Looking changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Set as AbstractSet
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from tooltrace.core.model.errors import BadWorld
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.world.retention import SNAPSHOTS, open_snapshots, with_snapshot
from tooltrace.debugger.world.world_mark import (
    FileIdentity,
    WorldMark,
    mark,
    mark_in,
    real,
    short,
)
from tooltrace.tools.world.folder import Folder, bad_world, missing, reason
from tooltrace.tools.world.tree_copy import check_links

__all__ = [
    "FoundWorld",
    "adopt",
    "find",
    "folder_beside",
    "hand_over",
    "look_over",
    "remove",
    "snapshots_for",
]

_SESSION = ".jsonl"
_WORLD = ".world"


class FoundWorld(Struct, frozen=True):
    """What is there for a session.

    ``own`` is the folder that is marked as its own. ``moved`` is one that was its own under another
    name or in another place: ``offer`` asks for it, on one line. ``old`` is a folder without a
    mark, which the first write adopts. ``others`` belong to other files of the same session, and
    may be read. ``new`` is where a folder would be made.
    """

    new: Path
    own: Path | None = None
    moved: Path | None = None
    old: Path | None = None
    others: tuple[Path, ...] = ()
    offer: str = ""

    @property
    def readable(self) -> tuple[Path, ...]:
        """Where its snapshots may be read, the likeliest first."""
        mine = (self.own, self.moved, self.old)
        return (*(folder for folder in mine if folder is not None), *self.others)


def folder_beside(session: Path) -> Path:
    """The private folder of a session, where its worlds and the snapshots of them live.

    Its name is made from the whole name of the file, so that ``x.jsonl`` and ``x.bak`` do not share
    one. Which folder a session really has is told by ``find``.
    """
    name = session.name
    return session.with_name(f"{name.removesuffix(_SESSION) or name}{_WORLD}")


def find(session: Path, ident: str, *, new: bool = False) -> FoundWorld:
    """Look which folder is whose, and change nothing.

    ``ident`` is the session's id; one that is ``new`` can have none under another name. Raises
    BadWorld when it cannot be told, or when the folder that should be the session's is a link.
    """
    try:
        return _find(session, ident, new)
    except OSError as error:
        raise BadWorld(f"cannot tell whose world this is: {one_line(reason(error))}") from error


def adopt(session: Path, ident: str) -> Path:
    """The session's own folder, made if there is none; an old one without a mark gets one.

    Raises BadWorld when there is one that must be offered first, or when an old one leads out of
    itself.
    """
    found = find(session, ident)
    if found.own is not None:
        return found.own
    if found.moved is not None:
        raise BadWorld(found.offer)
    if found.old is not None:
        look_over(found.old)
    folder = found.old or found.new
    with bad_world("no world can be kept"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark(folder, session, ident)
    return folder


def look_over(folder: Path) -> None:
    """Raise BadWorld when a folder that may come from elsewhere leads out of itself."""
    with bad_world(f"{folder.name} is not used"), Folder.open(folder) as opened:
        check_links(opened, hard=True)


def hand_over(folder: Path, session: Path, ident: str) -> Path:
    """Give a folder to the session at ``session``, under the name that belongs to that file.

    For a file that was renamed or copied with its folder, after a yes. Where that name is taken the
    folder keeps its own: the mark tells whose it is. Returns where it is now. Raises BadWorld.
    """
    look_over(folder)
    there = folder_beside(real(session))
    with bad_world("the world cannot be handed over"):
        if there != folder and missing(there):
            folder.rename(there)
            folder = there
    mark(folder, session, ident)
    return folder


def remove(session: Path, ident: str, named: AbstractSet[str]) -> Path | None:
    """Remove the session's own world with all that is in its folder; links in it, not followed.

    To be called while the session's file is still there, since the mark names that file. A folder
    without a mark goes only if it holds a snapshot that the session's records name (``named``, the
    ``worlds`` of its tree). Returns a folder that was left because it is not known to be its own.
    Raises BadWorld.
    """
    found = find(session, ident)
    folder = found.own or found.old
    if folder is None:
        return found.moved
    try:
        if found.own is None and not _is_named(folder, named):
            return folder
        with Folder.open(folder.parent, follow=True) as above:
            above.remove(folder.name)
    except (OSError, RecursionError) as error:
        why = reason(error) if isinstance(error, OSError) else "its folders are too deep"
        raise BadWorld(f"the world cannot be removed: {one_line(why)}") from error
    return None


def _is_named(folder: Path, named: AbstractSet[str]) -> bool:
    snapshots = open_snapshots(folder)
    if snapshots is None:
        return False
    with snapshots:
        return any(name.partition(".")[0] in named for name in snapshots.names())


def snapshots_for(session: Path, ident: str, digest: str) -> Path:
    """Where to read that snapshot: in the session's own folder, or in one that it may read.

    Raises BadWorld.
    """
    folders = find(session, ident).readable
    with bad_world("its snapshots cannot be read"):
        folder = with_snapshot(digest, folders)
    return (folder or next(iter(folders), folder_beside(session))) / SNAPSHOTS


def _find(session: Path, ident: str, new: bool) -> FoundWorld:
    file = real(session)
    home = folder_beside(file)
    me = _Me(short(ident), file, FileIdentity.of(file.stat()))
    found = FoundWorld(_free(home, file))
    whose = _look(home, me, home=True)
    if whose == "own":
        return msgspec.structs.replace(found, own=home)
    seen: dict[_Whose, list[Path]] = {whose: [home]}
    for folder in [] if new else _siblings(file.parent):
        if folder != home:
            with suppress(OSError):
                seen.setdefault(_look(folder, me, home=False), []).append(folder)
    moved = next(iter(seen.get("moved", ())), None)
    return FoundWorld(
        found.new,
        next(iter(seen.get("own", ())), None),
        moved,
        home if whose == "none" else _before_names(file, seen.get("none", [])),
        tuple(seen.get("same", ())),
        _offer(moved, me) if moved is not None else "",
    )


class _Me(Struct, frozen=True):
    session: str
    path: Path
    place: FileIdentity


_Whose = Literal["own", "moved", "same", "foreign", "none", "missing"]


def _look(folder: Path, me: _Me, *, home: bool) -> _Whose:
    """Whose a folder is; ``home`` says that its name is that of the session's file."""
    try:
        opened = Folder.open(folder)
    except FileNotFoundError:
        return "missing"
    with opened:
        mark = mark_in(opened)
        if mark is None:
            return "none"
        if mark.session != me.session:
            return "foreign"
        is_copy = mark.folder != FileIdentity.of(opened.status())
    home = home or mark.name == me.path.name
    if mark.file == me.place and (home or not is_copy):
        other_name = me.path.with_name(mark.name)
        still = mark.name == me.path.name or _is_at(other_name, mark.file)
        return "own" if still else "moved"
    if home and (is_copy or not _is_near(me.path.parent, mark)):
        return "moved"
    return "same"


def _is_at(path: Path, place: FileIdentity) -> bool:
    try:
        return FileIdentity.of(path.stat()) == place
    except (FileNotFoundError, NotADirectoryError):
        return False


def _is_near(directory: Path, mark: WorldMark) -> bool:
    """Whether the file that the mark names is there, under whatever name."""
    with os.scandir(directory) as entries:
        likely = [Path(entry.path) for entry in entries if entry.inode() == mark.file.inode]
    return any(_is_at(path, mark.file) for path in likely)


def _siblings(directory: Path) -> list[Path]:
    return sorted(path for path in directory.iterdir() if path.name.endswith(_WORLD))


def _before_names(file: Path, unmarked: list[Path]) -> Path | None:
    """The folder that it had while its name was made without the last part of the file's."""
    old = file.with_name(f"{file.stem}{_WORLD}")
    if old not in unmarked or not missing(file.with_name(f"{file.stem}{_SESSION}")):
        return None
    return old


def _free(home: Path, file: Path) -> Path:
    """The name of the file's folder; a name of its own where another file's folder has that."""
    number, folder = 1, home
    while not missing(folder):
        number += 1
        folder = file.with_name(f"{file.name}-{number}{_WORLD}")
    return folder


def _offer(folder: Path, me: _Me) -> str:
    with Folder.open(folder) as opened:
        mark = mark_in(opened)
    before = mark.name if mark is not None else me.path.name
    what = (
        f"{before} was copied with its world"
        if before == me.path.name
        else f"{before} is called {me.path.name} now"
    )
    return one_line(
        f"{what}: say yes once and {folder.name} is this session's "
        f"(tooltrace mv {before} {me.path.name})"
    )
