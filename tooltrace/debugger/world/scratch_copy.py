"""Copy the world that a run began in, for tools to act on without touching anything else.

It is no branch's world: that one is the session's own, is kept before it is put back, and has a
mark that says whose it is. All that would have to be taken out of it again for a copy that only
reads snapshots and is gone afterwards.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tooltrace.core.model.errors import BadWorld
from tooltrace.tools.world.author_errors import made_world, theirs
from tooltrace.tools.world.folder import Folder, bad_world, missing
from tooltrace.tools.world.tree_copy import check_links

if TYPE_CHECKING:
    from tooltrace.tools.world.world import World

__all__ = ["world_copy"]

_NO_COPY = "no copy of its world can be made"


@contextmanager
def world_copy(
    factory: Callable[[Path], World], snapshots: Path, digest: str | None, scratch: Path | None
) -> Iterator[World]:
    """The world of ``factory`` in a folder under ``scratch``, put to the snapshot ``digest``.

    The snapshot is only read, and not needed where ``factory`` makes the same world anyway. All is
    removed afterwards. Raises BadWorld when there is no such snapshot, or when the world is not in
    the folder that it was told to be in: it might be somebody's real data.
    """
    if digest is None:
        raise BadWorld("no snapshot of its world was kept at its beginning: tools cannot run on it")
    folder = Path(tempfile.mkdtemp(prefix="world-", dir=scratch))
    try:
        with bad_world(_NO_COPY), Folder.open(folder) as opened:
            world = made_world(factory, opened, what="its world")
        place = getattr(world, "path", None)
        real = Path(os.path.realpath(folder))
        inside = isinstance(place, Path) and Path(os.path.realpath(place)).is_relative_to(real)
        if not inside:
            raise BadWorld(
                f"its world is not in the folder it was given, so no copy of it can be made: "
                f"{world.describe()}"
            )
        with bad_world(_NO_COPY), theirs("its world cannot be put back"):
            if world.digest() != digest:
                with _reached(snapshots):
                    world.restore(snapshots, digest)
            with Folder.open(folder) as opened:
                check_links(opened)
        yield world
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _reached(snapshots: Path) -> Iterator[None]:
    """Hold the folder of the snapshots open, after no link led to it."""
    if missing(snapshots):
        yield
        return
    with Folder.open(snapshots.parent) as above, above.below(snapshots.name):
        yield
