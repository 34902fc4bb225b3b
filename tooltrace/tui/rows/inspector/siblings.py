"""What stands in a record's place on other branches, and how often calls really ran.

Records are only ever added, so that each is looked at once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import islice

from msgspec import Struct

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.events import CallRef, ToolReturned, ToolStarted

__all__ = ["Runs", "SessionIndex"]


class Runs(Struct, frozen=True):
    """How often something really ran, on all branches of a session."""

    this_call: int
    this_tool: int


class SessionIndex:
    """Results by call, and live starts by tool and by key, of all branches."""

    def __init__(self) -> None:
        self._tree: Tree | None = None
        self._seen = 0
        self._results: dict[CallRef, list[int]] = defaultdict(list)
        self._tools: Counter[str] = Counter()
        self._keys: Counter[tuple[str, str]] = Counter()

    def update(self, tree: Tree) -> None:
        """Take in what came since the last time."""
        if tree is not self._tree or len(tree) < self._seen:
            self._tree, self._seen = tree, 0
            self._results.clear()
            self._tools.clear()
            self._keys.clear()
        # Copied at once, because the debugger's thread may add to the tree meanwhile.
        fresh = list(islice(list(tree.records.values()), self._seen, None))
        self._seen += len(fresh)
        for record in fresh:
            match record.event:
                case ToolReturned(call=ref):
                    self._results[ref].append(record.id)
                case ToolStarted(tool=tool, key=key) if record.source == "live":
                    self._tools[tool] += 1
                    if key:
                        self._keys[tool, key.partition("-")[0]] += 1
                case _:
                    pass

    def runs(self, tool: str, key: str) -> Runs:
        """The live starts of a call, by its key, and of its tool."""
        return Runs(self._keys[tool, key.partition("-")[0]] if key else 0, self._tools[tool])

    def results(self, ref: CallRef) -> list[int]:
        """The records of all results of a call, oldest first."""
        return self._results.get(ref, [])

    def beside(self, tree: Tree, record_id: int) -> list[int]:
        """What else stands in a record's place: other results of its call, and what else follows
        the record before it. Oldest first."""
        record = tree[record_id]
        found = set(tree.children(record.parent))
        if isinstance(record.event, ToolReturned):
            found.update(self.results(record.event.call))
        return sorted(found - {record_id})
