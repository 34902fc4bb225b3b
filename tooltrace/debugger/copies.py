"""A copy of the world that a run began in, for tools to act on without touching anything else."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tooltrace.core.errors import BadWorld, ToolTraceError

if TYPE_CHECKING:
    from tooltrace.tools.world import World

__all__ = ["world_copy"]


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
        try:
            world = factory(folder)
        except ToolTraceError:
            raise
        except Exception as error:  # the code of whoever wrote the workflow
            kind = type(error).__name__
            raise BadWorld(f"its world cannot be made: {kind}: {error}") from error
        place = getattr(world, "path", None)
        inside = isinstance(place, Path) and place.resolve().is_relative_to(folder.resolve())
        if not inside:
            raise BadWorld(
                f"its world is not in the folder it was given, so no copy of it can be made: "
                f"{world.describe()}"
            )
        if world.digest() != digest:
            world.restore(snapshots, digest)
        yield world
    finally:
        shutil.rmtree(folder, ignore_errors=True)
