"""Undo and redo changes of history, by standing where the person stood before them.

Nothing is taken back in the file; undoing is standing elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tooltrace.core.model.errors import BadCommand
from tooltrace.debugger.session.session import Session

__all__ = ["UndoStack"]


class UndoStack:
    """The places before the changes that were made, and those that undo came from."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._before, self._after = session.undo_places, session.redo_places

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to undo."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Whether there is an undone change."""
        return bool(self._after)

    @property
    def _here(self) -> tuple[int, int]:
        return self._session.head, self._session.tip

    @contextmanager
    def change(self) -> Iterator[None]:
        """A change of history; one that fails counts as not made, and leaves one where one stood.

        What it wrote until then stays in the file, on a branch of its own.
        """
        before = self._here
        self._session.moves += 1
        try:
            yield
        except BaseException:
            if self._here != before:
                self._session.select(*before)
            raise
        self._before.append(before)
        self._after.clear()

    def undo(self) -> str:
        """Back to before the last change. Raises BadCommand when there is none."""
        if not self._before:
            raise BadCommand("there is nothing to undo")
        self._after.append(self._here)
        self._session.select(*self._before.pop())
        return "undone; redo with U"

    def redo(self) -> str:
        """Forward again. Raises BadCommand when nothing was undone."""
        if not self._after:
            raise BadCommand("there is nothing to redo")
        self._before.append(self._here)
        self._session.select(*self._after.pop())
        return "redone"
