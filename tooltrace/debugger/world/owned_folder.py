"""Find and open the folder of a session's worlds, through no link."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tooltrace.core.model.errors import BadWorld
from tooltrace.debugger.world.retention import SNAPSHOTS
from tooltrace.debugger.world.world_mark import mark
from tooltrace.debugger.world.world_owner import FoundWorld, find, hand_over, look_over
from tooltrace.tools.world.folder import Folder, bad_world, missing

__all__ = ["OwnedFolder", "snapshots_in", "told"]


def snapshots_in(folder: Path) -> Path:
    """Where the snapshots are kept in such a folder."""
    return folder / SNAPSHOTS


class OwnedFolder:
    """The folder, found when it is first needed and made when something is written.

    ``folder`` is used as it is until ``belongs_to`` says whose the worlds are.
    """

    def __init__(self, folder: Path) -> None:
        self._beside = folder
        self._session: tuple[Path, str] | None = None
        self._folder: Path | None = None
        self._before: Path | None = None
        self._others: tuple[Path, ...] = ()
        self._unmarked = self._fresh = self._declined = self._begins = False

    def belongs_to(self, session: Path, ident: str, *, new: bool = False) -> None:
        """Say whose they are, by the session's file and id. Nothing is looked at yet.

        One that is ``new`` can have no world yet, under whatever name.
        """
        if self._session != (session, ident):
            self._session, self._begins = (session, ident), new
            self._before, self._folder = self._folder, None

    @property
    def offer(self) -> str:
        """Asks for a folder that was the session's before it was moved; empty when none is."""
        if self._folder is not None or self._session is None or self._declined:
            return ""
        found = find(*self._session)
        return found.offer if found.own is None else ""

    def take_over(self) -> None:
        """Yes to the offer. Raises BadWorld."""
        if self._session is None:
            return
        found = find(*self._session)
        if found.moved is not None:
            hand_over(found.moved, *self._session)

    def leave(self) -> None:
        """No to the offer: the folder stays what it is, and a new one is made when needed."""
        self._declined = True

    def _own(self) -> Path:
        """The folder, known from the first use on; not made yet. Raises BadWorld."""
        if self._folder is None:
            found = FoundWorld(self._beside)
            if self._session is not None:
                found = find(*self._session, new=self._begins)
            if found.own is None and found.moved is not None and not self._declined:
                raise BadWorld(found.offer)
            if found.own is None and found.old is not None:
                look_over(found.old)
            self._others = tuple(f for f in found.readable if f not in (found.own, found.old))
            self._unmarked = self._session is not None and found.own is None
            self._fresh = self._unmarked and found.old is None
            self._folder = found.own or found.old or found.new
            if self._folder != self._before:
                self._is_another()
        return self._folder

    def _is_another(self) -> None:
        """What was opened in the folder of before is none of this one."""

    @property
    def place(self) -> Path:
        """The session's folder, made or not. Raises BadWorld."""
        return self._own()

    @property
    def absent(self) -> bool:
        """Whether a session that was recorded before has no folder yet. Raises BadWorld."""
        own = self._own()
        with told(own):
            return not self._begins and missing(own)

    @contextmanager
    def _opened_own(self) -> Iterator[Folder]:
        path = self._own()
        with told(path):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            with Folder.open(path) as top:
                yield top

    def _mark(self) -> None:
        if self._unmarked and self._session is not None:
            mark(self._own(), *self._session)
            self._unmarked = False

    @property
    def snapshots(self) -> Path:
        """Where snapshots are kept."""
        return snapshots_in(self._own())

    @contextmanager
    def _opened_snapshots(self) -> Iterator[Folder]:
        with self._opened_own() as top, top.made(SNAPSHOTS) as snapshots:
            yield snapshots


def told(folder: Path) -> AbstractContextManager[None]:
    """Say of what goes wrong with a folder that its world cannot be used. Raises BadWorld."""
    return bad_world(f"the world in {folder} cannot be used")
