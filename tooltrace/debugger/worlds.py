"""The world beside a session: kept as it was after each call that writes, put back before a fork
runs live.

Going back moves a pointer and restores nothing. The world is looked at only when something is about
to run on it, and what it held is kept before it is changed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tooltrace.tools.world import World

__all__ = ["Worlds", "folder_beside"]


def folder_beside(session: Path) -> Path:
    """The private folder of a session, where its world and the snapshots of it live."""
    return session.with_name(f"{session.stem}.world")


class Worlds:
    """A lazily opened world and its snapshots, content-addressed under ``folder/snapshots``."""

    def __init__(self, folder: Path, factory: Callable[[Path], World]) -> None:
        self._folder = folder
        self._factory = factory
        self._world: World | None = None
        self._sure_of: str | None = None

    @property
    def world(self) -> World:
        """The world itself, created by the workflow's factory when first needed."""
        if self._world is None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._world = self._factory(self._folder)
        return self._world

    @property
    def snapshots(self) -> Path:
        """Where snapshots are kept."""
        return self._folder / "snapshots"

    def snapshot(self) -> str | None:
        """Keep the world as it is now; its digest. This is now the point the world stands at."""
        self._sure_of = self.world.snapshot(self.snapshots)
        return self._sure_of

    def stands_at(self, digest: str | None) -> bool:
        """Whether the world is as it was at that snapshot. Looked up once, then known."""
        if digest is None or self._sure_of == digest:
            return True
        if self.world.digest() == digest:
            self._sure_of = digest
            return True
        return False

    def restore(self, digest: str) -> None:
        """Put the world back, after keeping what it holds now. Raises BadWorld."""
        self.world.snapshot(self.snapshots)
        self.world.restore(self.snapshots, digest)
        self._sure_of = digest

    def doubt(self) -> None:
        """Look again before the next run: the person moved in time, or time has passed."""
        self._sure_of = None
