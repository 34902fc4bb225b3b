"""What an edited record stands in place of. Pure."""

from __future__ import annotations

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.events import Record, ToolReturned

__all__ = ["replaced"]


def replaced(tree: Tree, record: Record) -> Record | None:
    """The newest record before it in the same place; None for what is no edit, or replaced none."""
    if record.source != "edited" or record.parent is None:
        return None
    found = None
    for number in tree.children(record.parent):
        other = tree[number]
        if number < record.id and _same_place(other, record):
            found = other
    return found


def _same_place(one: Record, other: Record) -> bool:
    if isinstance(one.event, ToolReturned) and isinstance(other.event, ToolReturned):
        return one.event.call == other.event.call
    return type(one.event) is type(other.event)
