"""Keep a world for each branch, and how it was after each call that writes.

Going back moves a pointer and restores nothing. The world is looked at only when something is about
to run on it, and what it held is kept before it is changed. A branch that goes on live gets a copy
of its own, so that no other branch's is touched: whoever switches back finds theirs as they left
it. Snapshots are shared by all, up to a limit. All of it is in a folder that is the session's own,
which no link leads out of.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from tooltrace.core.model.errors import BadWorld
from tooltrace.core.text.sanitize import named, one_line
from tooltrace.debugger.world.owned_folder import OwnedFolder, snapshots_in, told
from tooltrace.debugger.world.retention import LIMIT, SNAPSHOTS, kept_in, remove, with_snapshot
from tooltrace.debugger.world.world_owner import folder_beside, snapshots_for
from tooltrace.tools.world.author_errors import made_world, theirs
from tooltrace.tools.world.folder import Folder, reason

if TYPE_CHECKING:
    from tooltrace.tools.world.world import World

__all__ = ["BranchWorlds", "folder_beside", "snapshots_in"]


BRANCHES = "branches"

_APART = (SNAPSHOTS, BRANCHES)
"""What is in the folder of the first branch's world, and no part of that."""

_LONGEST = 200
"""Characters of a digest; ours have 64."""


class BranchWorlds(OwnedFolder):
    """Lazily opened worlds and their snapshots, content-addressed under ``folder/snapshots``.

    The first branch's world is in ``folder`` itself, that of another in ``folder/branches/ID``, by
    the record it begins with. ``limit`` is in bytes of snapshots: above it the ones used longest
    ago go, of those that are ``named()`` by the session's records and not ``needed()``. ``tell``
    hears what went wrong beside, in words: nothing that anybody waits for.

    ``name`` is that of the workflow.
    """

    def __init__(
        self,
        folder: Path,
        factory: Callable[[Path], World],
        limit: int = LIMIT,
        name: str = "",
    ) -> None:
        super().__init__(folder)
        self._factory = factory
        self._limit = limit
        self._what = f"the world of {name}" if name else "the world"
        self._open: dict[int | None, World] = {}
        self._sure_of: dict[int | None, str] = {}
        self._sizes: dict[str, int] = {}
        self._said: set[str] = set()
        self._branch: int | None = None
        self._making = RLock()
        self.needed: Callable[[], set[str]] = set
        self.named: Callable[[], AbstractSet[str]] = set
        self.tell: Callable[[str], None] = lambda _: None

    def made_by(self, factory: Callable[[Path], World]) -> None:
        """From now on by this factory: what was opened is opened anew, where it is needed next."""
        with self._making:
            self._factory = factory
            self._open.clear()

    def on(self, branch: int | None) -> None:
        """From now on everything is about this branch's world; None is the first branch."""
        self._branch = branch

    def _is_another(self) -> None:
        self._open.clear()

    # -- a world ----------------------------------------------------------------------------

    @property
    def world(self) -> World:
        """The branch's world, made by the workflow's factory when first needed. Raises BadWorld."""
        # Calls that run side by side all ask for it.
        with self._making:
            self._own()
            world = self._open.get(self._branch)
            if world is None:
                world = self._open[self._branch] = self._made()
            self._mark()
            return world

    def _made(self) -> World:
        with self._opened_own() as top, ExitStack() as stack:
            # The author's code may take a folder that holds anything for one that was begun.
            if self._branch is not None or not self._fresh:
                self._mark()
            home = top
            if self._branch is not None:
                branches = stack.enter_context(top.made(BRANCHES))
                home = stack.enter_context(branches.made(str(self._branch)))
                if not home.names():
                    branches.write(self._new, _proof(home))
            return made_world(self._factory, home, () if home is not top else _APART, self._what)

    @property
    def _new(self) -> str:
        """Is there from before a branch's copy is made until it holds what it should."""
        return f"{self._branch}.new"

    @property
    def is_new(self) -> bool:
        """Whether the world is a copy that was just made, and holds nothing of anybody's.

        What is there to say so is believed only if it names the very folder: not when both came
        from somewhere else.
        """
        _ = self.world
        with self._opened_own() as top:
            if self._branch is None:
                return self._fresh and bool(set(top.names()) - set(_APART))
            with top.below(BRANCHES) as branches, branches.below(str(self._branch)) as home:
                status = branches.find(self._new)
                if status is None or branches.read_plain(self._new) != _proof(home):
                    return False
                # A world somewhere else, not in the folder it was offered, is no copy.
                return bool(home.names())

    # -- keeping and putting back -----------------------------------------------------------

    def snapshot(self) -> str | None:
        """Keep the world as it is now; its digest. This is now the point the world stands at."""
        digest = self._keep()
        try:
            self._settled(digest)
        except BadWorld as error:
            self._note(str(error))
        return digest

    def _keep(self) -> str:
        world = self.world
        with self._opened_snapshots() as snapshots:
            with theirs(f"{self._what} cannot be kept"):
                digest = self._digest_of(world.snapshot(snapshots.path), "snapshot")
            self._tidy(snapshots, digest)
        return digest

    def _tidy(self, snapshots: Folder, newest: str) -> None:
        """Stay within the limit. The world is kept by now: what goes wrong here is only noted."""
        try:
            for name in snapshots.names():
                if name.partition(".")[0] == newest:
                    snapshots.touch(name)
            self._stay_within(snapshots, newest)
        except Exception as error:  # noqa: BLE001 - a result is waiting to be written down
            why = (
                reason(error)
                if isinstance(error, OSError)
                else named(type(error).__name__, str(error))
            )
            self._note(f"old snapshots of the world could not be removed: {why}")

    def _note(self, text: str) -> None:
        text = one_line(text)
        if text not in self._said:
            self._said.add(text)
            self.tell(text)

    def _stay_within(self, snapshots: Folder, newest: str) -> None:
        """Remove what was used longest ago, as far as it is the session's and nobody needs it."""
        kept = kept_in(snapshots, self._sizes)
        over = sum(one.size for one in kept) - self._limit
        if over <= 0:
            return
        stay = self.needed() | {newest} | set(self._sure_of.values())
        may_go = self.named()
        gone = []
        for one in kept:
            if over > 0 and one.digest in may_go and one.digest not in stay:
                gone.append(one.name)
                over -= one.size
        remove(snapshots, gone)

    def stands_at(self, digest: str | None) -> bool:
        """Whether the world is as it was at that snapshot. Looked up once, then known."""
        if digest is None or self._sure_of.get(self._branch) == digest:
            return True
        if self.digest() == digest:
            self._settled(digest)
            return True
        return False

    def digest(self) -> str:
        """What the branch's world holds now. Raises BadWorld."""
        world = self.world
        with theirs(f"{self._what} cannot be read"):
            return self._digest_of(world.digest(), "digest")

    def _digest_of(self, given: object, method: str) -> str:
        """What an author's world gave, where it can stand in a record."""
        if isinstance(given, str) and given and one_line(given) == given and len(given) <= _LONGEST:
            return given
        raise BadWorld(f"{self._what} gives no digest: {method}() is to return 64 hex digits")

    def where(self, digest: str) -> Path:
        """The folder with that snapshot: the session's own, else that of a file it was copied from.

        Raises BadWorld.
        """
        if self._folder is None and self._session is not None:
            return snapshots_for(*self._session, digest)  # Only read: whose it is stays open.
        own = self._own()
        with told(own):
            return snapshots_in(with_snapshot(digest, (own, *self._others)) or own)

    def has(self, digest: str) -> bool:
        """Whether that snapshot is anywhere that it would be put back from. Raises BadWorld."""
        own = self._own()
        with told(own):
            return with_snapshot(digest, (own, *self._others)) is not None

    def restore(self, digest: str) -> None:
        """Put the world back, after keeping what it holds now. Raises BadWorld."""
        # Kept, and still there: making room must not take away what is about to be used.
        self._sure_of[self._branch] = digest
        try:
            self._keep()
            where = self.where(digest)
            with theirs(f"{self._what} cannot be put back"):
                self.world.restore(where, digest)
            self._settled(digest)
        except BaseException:
            self._sure_of.pop(self._branch, None)
            raise

    def _settled(self, digest: str) -> None:
        self._sure_of[self._branch] = digest
        if self._branch is None:
            self._fresh = False
            return
        with self._opened_own() as top, top.below(BRANCHES) as branches:
            branches.remove_file(self._new)

    def look_again(self) -> None:
        """Look again before the next run: the person moved in time, or time has passed."""
        self._sure_of.clear()


def _proof(folder: Folder) -> bytes:
    status = folder.status()
    return f"{status.st_dev} {status.st_ino}\n".encode()
