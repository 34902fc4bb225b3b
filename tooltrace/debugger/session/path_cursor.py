"""Keep where a person stands in a session's tree: the head, on the path of one branch."""

from __future__ import annotations

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.events import Record

__all__ = ["PathCursor"]


class PathCursor:
    """The path from the root to the tip of the current branch, by id, and the head, one of it."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.path: list[int] = []
        self.head = 0
        self._at = 0

    @property
    def at_tip(self) -> bool:
        """Whether the head is the end of its branch."""
        return self._at == len(self.path) - 1

    def select(self, head: int, tip: int | None) -> None:
        """Stand on ``head``, on the branch that ends at ``tip``, or else the current or newest.

        Raises BadCommand.
        """
        tree = self._tree
        if head not in tree:
            raise BadCommand(f"there is no record #{head} in this session")
        if tip is None:
            tip = self.path[-1] if self.path and self._on_path(head) else tree.tip_from(head)
        if not tree.is_ancestor(head, tip):
            raise BadCommand(f"record #{head} is not on the branch that ends at #{tip}")
        if not self.path or self.path[-1] != tip:
            self.path = [record.id for record in tree.path(tip)]
        self.head, self._at = head, tree.depth(head)

    def stand_on(self, record: Record) -> None:
        """Stand on a record that was just added; the path ends there."""
        if record.parent != self.head or not self.at_tip:
            self._lead_to(record.parent)
        self.path.append(record.id)
        self.head, self._at = record.id, len(self.path) - 1

    def follow(self, record: Record) -> bool:
        """Take in a record that somebody else added; whether one stood at the tip, and goes along.

        Where one stands further back, the path goes on to it all the same.
        """
        if record.parent != self.path[-1]:
            return False
        if self.at_tip:
            self.stand_on(record)
            return True
        self.path.append(record.id)
        return False

    def _lead_to(self, parent: int | None) -> None:
        if parent is None:
            self.path = []
        elif self._on_path(parent):
            self.path = self.path[: self._tree.depth(parent) + 1]
        else:
            self.path = [record.id for record in self._tree.path(parent)]

    def _on_path(self, record_id: int) -> bool:
        depth = self._tree.depth(record_id)
        return depth < len(self.path) and self.path[depth] == record_id

    def is_ahead(self, record_id: int) -> bool:
        """Whether a record comes after the head on the current branch."""
        on_path = record_id in self._tree and self._on_path(record_id)
        return on_path and self._tree.depth(record_id) > self._at

    def ahead(self) -> int | None:
        """The next record on the current branch where one can stand; None at its tip."""
        last = self.path[-1]
        for index in range(self._at + 1, len(self.path)):
            record_id = self.path[index]
            if record_id == last or self._tree.snapshot_at(record_id).settled:
                return record_id
        return None

    def behind(self) -> int | None:
        """The previous record where one can stand; None at the root."""
        for index in range(self._at - 1, -1, -1):
            record_id = self.path[index]
            if self._tree.snapshot_at(record_id).settled:
                return record_id
        return None
