"""Let who only reads a session follow where its writer stands, and not only what is added to it.

Stepping back, jumping and changing branches write nothing into a session, so where its writer
stands is published beside: a small file in a folder of the person's own, for as long as they write.
It is no fact: one that is stale, hostile, of another session or gone counts as none.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

import msgspec

from tooltrace.debugger.session.last_position import LastPosition, LastPositions
from tooltrace.debugger.session.session import Session

__all__ = ["PlaceFollower", "PlacePublisher", "PublishedPlaces"]

_LARGEST = 4096
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC

Signature = tuple[int, int, int]


class PublishedPlaces(LastPositions):
    """The places published in a folder, one for each session's file that is written now."""

    def signature(self, file: Path) -> Signature | None:
        """What changes whenever a place is published; None without one. Costs one status."""
        try:
            status = self._path(file).lstat()
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns, status.st_size

    def read(self, file: Path) -> LastPosition | None:
        """The place that was published, if this person has published one that can be read."""
        try:
            with os.fdopen(os.open(self._path(file), _FLAGS), "rb") as opened:
                status = os.fstat(opened.fileno())
                if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
                    return None
                data = opened.read(_LARGEST + 1)
            if len(data) > _LARGEST:
                return None
            return msgspec.json.decode(data, type=LastPosition)
        except (OSError, ValueError, RecursionError):
            return None


class PlacePublisher:
    """Publishes where the writer of a session stands, whenever that is another place."""

    def __init__(self, places: PublishedPlaces, session: Session) -> None:
        self._places, self._session = places, session
        self._last: tuple[Path, int, int] | None = None

    def publish(self) -> None:
        """Say where one stands; nothing where one only reads, or there is no file."""
        session, file = self._session, self._session.file
        if file is None or session.read_only is not None or not session.path:
            return
        place = (file, session.head, session.tip)
        if place != self._last:
            self._last = place
            at = LastPosition(session.id, session.tree.last_id, session.head, session.tip)
            self._places.save(file, at)

    def withdraw(self) -> None:
        """Say nothing any more."""
        if self._last is not None:
            self._places.forget(self._last[0])
            self._last = None


class PlaceFollower:
    """Goes where the writer of a session goes, as long as one has not gone elsewhere oneself.

    Who has gone elsewhere follows again from where they meet the writer.
    """

    def __init__(self, places: PublishedPlaces, session: Session) -> None:
        self._places, self._session = places, session
        self._left_at = session.head
        self._seen: Signature | None = None
        self._place: LastPosition | None = None

    def follow(self) -> None:
        """Take in what was added, and stand where the writer stands. Raises BadSession."""
        session, file = self._session, self._session.file
        with session.lock:
            along = session.head == self._left_at
            session.refresh()
            place = None if file is None else self._published(file)
            if place is not None and not along:
                along = session.head == place.head
            if not along:
                return
            if place is not None and (place.head, place.tip) != (session.head, session.tip):
                self._stand(place)
            self._left_at = session.head

    def _published(self, file: Path) -> LastPosition | None:
        """The place of this session's writer."""
        signature = self._places.signature(file)
        if signature != self._seen:
            self._seen = signature
            place = None if signature is None else self._places.read(file)
            of_this = place is not None and place.session == self._session.id
            self._place = place if of_this else None
        return self._place

    def _stand(self, place: LastPosition) -> None:
        """Stand there, if that is a place by now."""
        if self._session.tree.is_ancestor(place.head, place.tip):
            self._session.select(place.head, place.tip)
