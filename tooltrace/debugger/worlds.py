"""The world beside a session: a copy for each branch, and how it was after each call that writes.

Going back moves a pointer and restores nothing. The world is looked at only when something is about
to run on it, and what it held is kept before it is changed. A branch that goes on live gets a copy
of its own, so that no other branch's is touched: whoever switches back finds theirs as they left
it. Snapshots are shared by all, up to a limit.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tooltrace.core.errors import BadWorld, ToolTraceError
from tooltrace.core.text import one_line
from tooltrace.debugger.kept import LIMIT, Kept, kept_in, remove
from tooltrace.debugger.world_owner import folder_beside

if TYPE_CHECKING:
    from tooltrace.tools.world import World

__all__ = ["Worlds", "folder_beside", "snapshots_in"]


def snapshots_in(folder: Path) -> Path:
    """Where the snapshots are kept in such a folder."""
    return folder / "snapshots"


class Worlds:
    """Lazily opened worlds and their snapshots, content-addressed under ``folder/snapshots``.

    The first branch's world is in ``folder`` itself, that of another in ``folder/branches/ID``, by
    the record it begins with. ``limit`` is in bytes of snapshots: above it the ones used longest
    ago go, except those in ``needed()``.
    """

    def __init__(self, folder: Path, factory: Callable[[Path], World], limit: int = LIMIT) -> None:
        self._folder = folder
        self._factory = factory
        self._limit = limit
        self._open: dict[int | None, World] = {}
        self._sure_of: dict[int | None, str] = {}
        self._branch: int | None = None
        self.needed: Callable[[], set[str]] = set

    def on(self, branch: int | None) -> None:
        """From now on everything is about this branch's world; None is the first branch."""
        self._branch = branch

    @property
    def world(self) -> World:
        """The branch's world, made by the workflow's factory when first needed. Raises BadWorld."""
        return self._opened()

    def _opened(self) -> World:
        world = self._open.get(self._branch)
        if world is None:
            folder = self._home(self._branch)
            try:
                if self._branch is not None and not folder.exists():
                    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                    self._new.touch(mode=0o600)
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise BadWorld(f"{one_line(str(folder))} cannot be made: {error}") from error
            world = self._open[self._branch] = self._made(folder)
        return world

    def _made(self, folder: Path) -> World:
        if self._branch is None:
            return self._factory(folder)
        try:
            return self._factory(folder)
        except ToolTraceError:
            raise
        except Exception as error:  # the code of whoever wrote the workflow
            what = one_line(f"{type(error).__name__}: {error}")
            raise BadWorld(f"this branch's copy of the world cannot be made: {what}") from error

    def _home(self, branch: int | None) -> Path:
        return self._folder if branch is None else self._folder / "branches" / str(branch)

    @property
    def _new(self) -> Path:
        """Is there from before a branch's copy is made until it holds what it should."""
        home = self._home(self._branch)
        return home.with_name(f"{home.name}.new")

    @property
    def is_new(self) -> bool:
        """Whether the world is a copy that was just made, and holds nothing of anybody's."""
        if self._branch is None:
            return False
        self._opened()
        # A world somewhere else, not in the folder it was offered, is no copy.
        return self._new.exists() and any(self._home(self._branch).iterdir())

    @property
    def snapshots(self) -> Path:
        """Where snapshots are kept."""
        return snapshots_in(self._folder)

    def snapshot(self) -> str | None:
        """Keep the world as it is now; its digest. This is now the point the world stands at."""
        digest = self._keep()
        self._settled(digest)
        return digest

    def _keep(self) -> str:
        digest = self.world.snapshot(self.snapshots)
        kept = kept_in(self.snapshots)
        for one in kept:
            if one.digest == digest:
                with suppress(OSError):
                    os.utime(one.path)
        self._stay_within(kept, digest)
        return digest

    def _stay_within(self, kept: list[Kept], newest: str) -> None:
        """Remove what was used longest ago, as far as nobody needs it."""
        over = sum(one.size for one in kept) - self._limit
        if over <= 0:
            return
        stay = self.needed() | {newest} | set(self._sure_of.values())
        gone = []
        for one in kept:
            if over > 0 and one.digest not in stay:
                gone.append(one.path)
                over -= one.size
        remove(gone)

    def stands_at(self, digest: str | None) -> bool:
        """Whether the world is as it was at that snapshot. Looked up once, then known."""
        if digest is None or self._sure_of.get(self._branch) == digest:
            return True
        if self.world.digest() == digest:
            self._settled(digest)
            return True
        return False

    def restore(self, digest: str) -> None:
        """Put the world back, after keeping what it holds now. Raises BadWorld."""
        # Kept, and still there: making room must not take away what is about to be used.
        self._sure_of[self._branch] = digest
        try:
            self._keep()
            self.world.restore(self.snapshots, digest)
        except BaseException:
            self._sure_of.pop(self._branch, None)
            raise
        self._settled(digest)

    def _settled(self, digest: str) -> None:
        self._sure_of[self._branch] = digest
        if self._branch is not None:
            self._new.unlink(missing_ok=True)

    def doubt(self) -> None:
        """Look again before the next run: the person moved in time, or time has passed."""
        self._sure_of.clear()
