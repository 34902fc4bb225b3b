"""Notes: facts about the tree itself. They stand on no path, and no snapshot knows of them."""

from __future__ import annotations

from typing import ClassVar

from tooltrace.core.model.events import Event

__all__ = [
    "NOTES",
    "Bookmarked",
    "BranchDescribed",
    "BranchNamed",
    "BranchPruned",
    "HeadSet",
]


class BranchNamed(Event, frozen=True, omit_defaults=True):
    """A note: the branch that begins at ``record`` is called this."""

    name: ClassVar[str] = "branch_named"
    record: int
    branch: str


class BranchDescribed(Event, frozen=True, omit_defaults=True):
    """A note: what the branch that begins at ``record`` is for, in a person's words."""

    name: ClassVar[str] = "branch_described"
    record: int
    text: str


class BranchPruned(Event, frozen=True, omit_defaults=True):
    """A note: the branch that begins at ``record`` is out of view, or in view again."""

    name: ClassVar[str] = "branch_pruned"
    record: int
    pruned: bool = True


class Bookmarked(Event, frozen=True, omit_defaults=True):
    """A note: a person marked a record, or took the mark away."""

    name: ClassVar[str] = "bookmarked"
    record: int
    text: str = ""
    marked: bool = True


class HeadSet(Event, frozen=True, omit_defaults=True):
    """A note: where the person stood, and on which branch, when they left.

    ``undo`` and ``redo`` are the heads and tips that these go to, the next one last.
    """

    name: ClassVar[str] = "head_set"
    head: int
    tip: int
    undo: tuple[tuple[int, int], ...] = ()
    redo: tuple[tuple[int, int], ...] = ()


NOTES = frozenset(
    note.name for note in (BranchNamed, BranchDescribed, BranchPruned, Bookmarked, HeadSet)
)
