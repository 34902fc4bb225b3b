"""Know which calls went out in a tree, by tool and arguments, so that a repeat is found at once."""

from __future__ import annotations

from itertools import islice

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.events import CallRef, ModelReplied, ToolStarted
from tooltrace.core.model.reply import arguments, call_at, tool_name
from tooltrace.core.text.exact_json import JsonValue, canonical

__all__ = ["MadeCalls"]


class MadeCalls:
    """Where each call went out, on whatever branch; takes in what is new when it is asked.

    Asked of the records, because the messages of a conversation may have been edited since.
    """

    def __init__(self) -> None:
        self._tree: Tree | None = None
        self._seen = 0
        self._started: dict[str, list[int]] = {}

    def before(self, tree: Tree, at: int, tool: str, given: JsonValue) -> bool:
        """Whether that tool was called with these arguments on the path to a record."""
        self._take_in(tree)
        started = self._started.get(_key(tool, given), ())
        return any(tree.is_ancestor(record, at) for record in reversed(started))

    def _take_in(self, tree: Tree) -> None:
        if tree is not self._tree:
            self._tree, self._seen, self._started = tree, 0, {}
        if len(tree) == self._seen:
            return
        for record in islice(tree.records.values(), self._seen, None):
            if isinstance(record.event, ToolStarted):
                asked = _asked(tree, record.event.call)
                if asked is not None:
                    self._started.setdefault(_key(*asked), []).append(record.id)
        self._seen = len(tree)


def _key(tool: str, given: JsonValue) -> str:
    return canonical([tool, given])


def _asked(tree: Tree, ref: CallRef) -> tuple[str, JsonValue] | None:
    """The tool and the arguments of a call, as its reply has them."""
    record = tree.records.get(ref.reply)
    if record is None or not isinstance(record.event, ModelReplied):
        return None
    call = call_at(record.event.reply, ref.index)
    return None if call is None else (tool_name(call), arguments(call))
