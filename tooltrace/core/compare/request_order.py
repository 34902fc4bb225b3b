"""Which request a record is about, and which ones came before a request."""

from __future__ import annotations

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.events import ModelCalled

__all__ = ["call_at", "requests_before", "requests_earlier"]


def call_at(tree: Tree, record_id: int) -> int | None:
    """The last model call on the path to a record, itself included; None before the first."""
    for record in tree.up(record_id):
        if isinstance(record.event, ModelCalled):
            return record.id
    return None


def requests_before(tree: Tree, called: int) -> tuple[int | None, int | None]:
    """The model call before one on its path, and the one made last before it on another branch.

    The second is None unless it was made in between: what the server saw last is what it cached.
    """
    return requests_earlier(tree, tree[called].parent, called)


def requests_earlier(tree: Tree, after: int | None, before: int) -> tuple[int | None, int | None]:
    """The same for a request that comes after a record, and was made before that of number
    ``before``."""
    on_path = None if after is None else call_at(tree, after)
    for record_id in range(before - 1, on_path or 0, -1):
        record = tree.records.get(record_id)
        if record is None or record.source == "recorded":
            continue  # No server saw what a replay asked.
        if isinstance(record.event, ModelCalled):
            return on_path, record_id
    return on_path, None
