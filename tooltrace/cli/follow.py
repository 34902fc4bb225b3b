"""What happened in a session, a line for each step, while it grows: for eyes, ears and pipes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Event

from tooltrace.cli.output import say
from tooltrace.cli.process.signals import stop_signals
from tooltrace.core.caption.caption import caption_at
from tooltrace.core.fold.tree import Branch
from tooltrace.core.model.errors import BadSession
from tooltrace.core.model.events import ModelCalled, Record, ToolStarted
from tooltrace.core.model.notes import NOTES
from tooltrace.debugger.session.session import Session

__all__ = ["follow"]

EVERY = 0.2
"""Seconds between two looks at the file."""


def follow(file: Path, session: Session, branch: Branch, only: bool) -> None:
    """Tell a branch step by step, then what is added, until the run has ended or a signal comes.

    What is added elsewhere is told as well, unless ``only`` this branch was asked for. Raises
    BadSession, one line, when the file has gone.
    """
    told = _Told(session, branch.begin if only else None)
    stopped = Event()
    with stop_signals(stopped.set):
        told.tell(session.tree.path(branch.tip))
        while not told.over and not stopped.wait(EVERY):
            _look(file, session, told)


def _look(file: Path, session: Session, told: _Told) -> None:
    last = session.tree.last_id
    if session.refresh():
        told.tell([record for number, record in session.tree.records.items() if number > last])
    elif not file.exists():
        raise BadSession(f"{file}: it was deleted or moved: follow it where it is now")


class _Told:
    """What was told last, and whether that is the end of a run."""

    def __init__(self, session: Session, only: int | None) -> None:
        self.over = False
        self._tree = session.tree
        self._only = only
        self._last: int | None = None

    def tell(self, records: Sequence[Record]) -> None:
        """Say each that is a step, or has begun and is not followed by how it went."""
        mine = [record for record in records if self._belongs(record)]
        for index, record in enumerate(mine):
            begun = isinstance(record.event, ModelCalled | ToolStarted)
            if not begun or index == len(mine) - 1:
                self._say(record)
            self._last = record.id
        if self._last is not None:
            self.over = self._tree.snapshot_at(self._last).outcome is not None

    def _belongs(self, record: Record) -> bool:
        if record.event.name in NOTES:
            return False
        elsewhere = self._last is not None and self._only is not None
        return not elsewhere or self._tree.begin_of(record.id) == self._only

    def _say(self, record: Record) -> None:
        if self._last is not None and not self._tree.is_ancestor(self._last, record.id):
            branch = self._tree.branch_of(record.id)
            where = "another run" if record.parent is None else f"from #{record.parent} on"
            say(f"branch {branch.name if branch else ''}, {where}:")
        say(f"#{record.id} {caption_at(self._tree, record.id)}")
