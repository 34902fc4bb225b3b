"""From where one came to where one stands: what the panes mark as changed until the next step.

No clock is asked. Whoever goes back sees the same change the other way round.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tooltrace.core.compare.json_diff import MISSING, Missing, same
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.debugger.view import View

__all__ = ["LastMove", "LastMoves", "Sign"]

Sign = Literal["", "+", "-"]


class LastMove(Struct, frozen=True):
    """A move from ``before`` to another place of a session.

    ``begin`` is the last record that both places have behind them: what is younger and at most
    ``end`` came by it, with ``sign`` ``+``, or with ``-`` is ahead again.
    """

    before: Snapshot
    begin: int
    end: int
    sign: Sign

    def marks(self, record: int) -> Sign:
        """The sign of a record of the branch."""
        return self.sign if self.begin < record <= self.end else ""

    def was(self, s: Snapshot, name: str) -> JsonValue | Missing:
        """What a value of the context was before, or MISSING where it is the same."""
        old, now = self.before.context.get(name), s.context.get(name)
        return MISSING if same(old, now) else old

    def edge(self, s: Snapshot) -> tuple[str, str] | None:
        """The states between which the workflow last moved, in this move; None without one."""
        (one, other) = sorted((self.before, s), key=lambda place: len(place.visits))
        fresh = other.visits[-2:]
        if len(other.visits) - len(one.visits) < 1 or len(fresh) < 2:
            return None
        return fresh[0].state, fresh[1].state


class LastMoves:
    """Follows where one stands. A run counts as one move, from where it began."""

    def __init__(self) -> None:
        self.last: LastMove | None = None
        self._stood: Snapshot | None = None

    def update(self, view: View) -> LastMove | None:
        """The last move as of this view; None as long as one has not moved."""
        s, stood = view.snapshot, self._stood
        if stood is not None and stood.at not in view.tree:
            stood = self._stood = None
        if stood is None:
            self._stood = s
            self.last = None
        elif s.at != stood.at:
            self.last = _move(view.tree, stood, s)
            if not view.running:
                self._stood = s
        return self.last


def _move(tree: Tree, stood: Snapshot, s: Snapshot) -> LastMove:
    begin = _shared(tree, stood.at, s.at)
    if begin == s.at:
        return LastMove(stood, begin, stood.at, "-")
    return LastMove(stood, begin, s.at, "+")


def _shared(tree: Tree, one: int, other: int) -> int:
    """The last record on the paths to both; 0 where they are of two runs."""
    while one != other:
        younger, elder = max(one, other), min(one, other)
        one, other = tree[younger].parent or 0, elder
    return one
