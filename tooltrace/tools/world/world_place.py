"""Where a world of ours stands: at a path, or held to a folder that it is then reached from.

A world that an author puts somewhere else stays their business. One that is in a session's folder
may not lead out of it, whatever links were put there.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from errno import ELOOP
from functools import cached_property
from pathlib import Path

from tooltrace.tools.world.folder import Folder, missing
from tooltrace.tools.world.snapshots import IntactSnapshots

__all__ = ["PlacedWorld", "hold", "real"]


class PlacedWorld:
    """A world at a path; once it is held to a folder, reached from that one and through no link."""

    _held: tuple[Path, tuple[str, ...]] | None = None

    def __init__(self, path: Path | str) -> None:
        # An author's own class may not call this: whatever else there is has a value without.
        self.path = Path(path).absolute()

    @cached_property
    def _whole(self) -> IntactSnapshots:
        """The snapshots that this one knows to be whole."""
        return IntactSnapshots()

    def hold_to(self, folder: Path) -> bool:
        """Never leave that folder from now on; false for a world that stands somewhere else."""
        parts = _parts(self.path, folder)
        if parts is not None:
            self._held = folder, parts
        return parts is not None

    @contextmanager
    def _opened(self, *, above: int = 0, make: bool = False) -> Iterator[Folder | None]:
        """The folder at the path, or so many levels above; None when it is not there."""
        if self._held is None:
            path = self.path.parents[above - 1] if above else self.path
            if make:
                path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if missing(path):
                yield None
                return
            with Folder.open(path, follow=True) as folder:
                yield folder
            return
        top, parts = self._held
        with ExitStack() as stack:
            folder = stack.enter_context(Folder.open(top))
            for part in parts[: len(parts) - above]:
                if not make and folder.find(part) is None:
                    yield None
                    return
                folder = stack.enter_context(folder.made(part) if make else folder.below(part))
            yield folder


def hold(world: object, folder: Folder) -> None:
    """Let a world in that folder be reached only from it; one somewhere else stays as it is.

    Raises OSError when a link, or no folder, is on the way to it.
    """
    if isinstance(world, PlacedWorld):
        world.hold_to(folder.path)
    place = getattr(world, "path", None)
    if not isinstance(place, str | Path):
        return
    parts = _parts(Path(place).absolute(), folder.path)
    with ExitStack() as stack:
        for number, part in enumerate(parts or (), 1):
            status = folder.find(part)
            if status is None:
                return
            if stat.S_ISLNK(status.st_mode):
                where = str(folder.path / part)
                raise OSError(ELOOP, f"is a link to {folder.link(part)}", where)
            if number < len(parts or ()):
                folder = stack.enter_context(folder.below(part))


def _parts(path: Path, folder: Path) -> tuple[str, ...] | None:
    """The way from a folder down to a path, however both are written; None when it is not below."""
    plain = Path(os.path.normpath(path))
    for inside, top in (
        (path, folder),
        (plain, Path(os.path.normpath(folder))),
        (plain, real(folder)),
    ):
        if inside.is_relative_to(top) and ".." not in inside.relative_to(top).parts:
            return inside.relative_to(top).parts
    return None


def real(path: Path) -> Path:
    """The path with no link in it; no error for one that leads in circles."""
    return Path(os.path.realpath(path))
