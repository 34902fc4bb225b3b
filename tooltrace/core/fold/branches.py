"""List the branches of a tree: where each left its elder, its name, and which are in view.

Kept up record by record: what is asked after one more record costs that record's branch, not all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from tooltrace.core.model.events import Event, Forked, Record
from tooltrace.core.model.notes import BranchDescribed, BranchNamed, BranchPruned

__all__ = ["Branch", "Branches", "elder_in", "in_view", "name_problem"]

_RECORD = re.compile(r"#?[0-9]+")


class Branch(Struct, frozen=True):
    """A path through the tree: from ``begin``, where it left ``parent``, to ``tip``.

    ``elder`` is where the branch that it left begins, and ``run`` the root of its run.
    """

    name: str
    begin: int
    parent: int | None
    tip: int
    run: int
    elder: int | None = None
    description: str = ""
    pruned: bool = False


class Branches:
    """Every branch by the record it begins at, in the order in which they began."""

    def __init__(self) -> None:
        self._firsts: dict[int, tuple[Record, int | None]] = {}
        self._tips: dict[int, int] = {}
        self._names: dict[int, str] = {}
        self._descriptions: dict[int, str] = {}
        self._pruned: dict[int, bool] = {}
        self._made: dict[int, Branch] = {}
        self._grown: set[int] = set()
        self._taken: set[str] = set()
        self._next_number: dict[str, int] = {}
        self._all: tuple[Branch, ...] | None = None

    def begin(self, record: Record, elder: int | None) -> None:
        """A branch begins with this record, where it leaves the one that begins at ``elder``."""
        if self._made and record.id < next(reversed(self._made)):
            self._forget()
        self._firsts[record.id] = record, elder
        self.grow(record.id, record.id)

    def grow(self, begin: int, tip: int) -> None:
        """The branch ends at ``tip`` now."""
        self._tips[begin] = tip
        self._grown.add(begin)
        self._all = None

    def tip(self, begin: int) -> int:
        """The last record of a branch."""
        return self._tips[begin]

    def note(self, event: Event) -> None:
        """What a person said about a branch; about a record that begins none it means nothing."""
        match event:
            case BranchNamed(record=begin, branch=name):
                self._names[begin] = name
                self._forget()
            case BranchDescribed(record=begin, text=text):
                self._descriptions[begin] = text
            case BranchPruned(record=begin, pruned=pruned):
                self._pruned[begin] = pruned
            case _:
                return
        self._grown.add(begin)
        self._all = None

    def __contains__(self, begin: object) -> bool:
        return begin in self._firsts

    def __getitem__(self, begin: int) -> Branch:
        self.all()
        return self._made[begin]

    def all(self) -> tuple[Branch, ...]:
        """Every branch; the same tuple until something changes."""
        if self._all is None:
            for begin in sorted(self._grown & self._firsts.keys()):
                self._made[begin] = self._branch(begin)
            self._grown.clear()
            self._all = tuple(self._made.values())
        return self._all

    def _forget(self) -> None:
        """Names depend on those of the branches before, so one more may change them all."""
        self._made.clear()
        self._taken.clear()
        self._next_number.clear()
        self._grown.update(self._firsts)

    def _branch(self, begin: int) -> Branch:
        record, elder = self._firsts[begin]
        known = self._made.get(begin)
        return Branch(
            known.name if known else self._free(self._names.get(begin) or self._default(record)),
            begin,
            record.parent,
            self._tips[begin],
            begin if elder is None else self._made[elder].run,
            elder,
            self._descriptions.get(begin, ""),
            self._pruned.get(begin, False),
        )

    def _free(self, name: str) -> str:
        """The name, with a number where an earlier branch has it."""
        number = self._next_number.get(name, 1)
        while (numbered := _numbered(name, number)) in self._taken:
            number += 1
        self._next_number[name] = number + 1
        self._taken.add(numbered)
        return numbered

    def _default(self, record: Record) -> str:
        if isinstance(record.event, Forked):
            return record.event.branch
        if record.parent is None:
            return "main" if record.id == min(self._firsts) else "replay"
        names = {"edited": "edit", "forced": "force", "recorded": "replay", "injected": "fault"}
        return names.get(record.source, "fork")


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}-{number}"


def name_problem(name: str) -> str | None:
    """Why a branch may not be called that; None when it may.

    A name that reads as a record's number would hide that record from ``FILE@12``.
    """
    if not name.strip():
        return "a branch needs a name"
    if _RECORD.fullmatch(name.strip()):
        return f"{name.strip()[:20]} would read as a record: a branch's name needs a letter"
    return None


def in_view(branches: Iterable[Branch], current: int) -> tuple[Branch, ...]:
    """The branches that no pruning hides, seen from the one that begins at ``current``.

    Pruning a branch hides it and what left it. The current branch always stays, and with it what
    left it. ``branches`` are in the order in which they began.
    """
    branches = tuple(branches)
    if not any(branch.pruned for branch in branches):
        return branches
    hidden: set[int] = set()
    for branch in branches:
        if branch.begin != current and (branch.pruned or branch.elder in hidden):
            hidden.add(branch.begin)
    return tuple(branch for branch in branches if branch.begin not in hidden)


def elder_in(branch: Branch, shown: dict[int, Branch], every: dict[int, Branch]) -> int | None:
    """The nearest elder of a branch among those ``shown``, by where it begins; None without one."""
    elder = branch.elder
    while elder is not None and elder not in shown:
        elder = every[elder].elder
    return elder
