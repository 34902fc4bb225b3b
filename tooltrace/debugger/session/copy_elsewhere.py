"""Copy a session with all that belongs to it to another file system, and onto the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tooltrace.debugger.session.files import Opened, SessionFiles, ours
from tooltrace.debugger.world import world_owner
from tooltrace.debugger.world.world_mark import mark
from tooltrace.store.blobs import blobs_of
from tooltrace.store.disk import insist, write_all
from tooltrace.store.files import Files
from tooltrace.tools.world.folder import Folder

__all__ = ["copy_session"]

_FILES = Files()
_PIECE = 1 << 24


def copy_session(new: Path, session: Opened, found: SessionFiles) -> None:
    """Copy all of a session; the file last, and whole. What was made goes again if it fails."""
    world, payloads = world_owner.folder_beside(new), blobs_of(new)
    try:
        if found.world is not None:
            _copy_world(found.world.path, world)
        if found.payloads is not None:
            _copy_payloads(found.payloads.path, payloads, session.payloads)
        part = new.with_name(f".{new.name}.part")
        _copy_file(session, part)
        _FILES.rename(part, new)
        _FILES.sync_folder(new.parent)
        if found.world is not None:
            mark(world, new, session.whose)
    except BaseException:
        with Folder.open(new.parent, follow=True) as above, suppress(OSError):
            for path in (world, payloads, new.with_name(f".{new.name}.part")):
                if above.find(path.name) is not None:
                    above.remove(path.name)
        raise


def _copy_world(world: Path, target: Path) -> None:
    from tooltrace.tools.world.tree_copy import copy_tree

    with Folder.open(world) as source, _new_folder(target) as copy:
        copy_tree(source, copy)


def _copy_payloads(folder: Path, target: Path, names: frozenset[str]) -> None:
    with Folder.open(folder) as source, _new_folder(target) as copy:
        for name in ours(names, source.names()):
            with copy.writing(name) as out:
                for chunk in source.chunks(name):
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
        copy.sync()


@contextmanager
def _new_folder(path: Path) -> Iterator[Folder]:
    with Folder.open(path.parent, follow=True) as above, above.made(path.name) as folder:
        yield folder


def _copy_file(session: Opened, target: Path) -> None:
    fd = insist(_FILES.open, target, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        at = 0
        while piece := session.journal.read(at, _PIECE):
            write_all(_FILES, fd, piece)
            at += len(piece)
        insist(_FILES.sync, fd)
    finally:
        _FILES.close(fd)
