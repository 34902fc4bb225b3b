"""What began a branch, in a few words: the edit, fault or force that its name stands for."""

from __future__ import annotations

from tooltrace.core.compare.edit_words import edit_words
from tooltrace.core.fold.branches import Branch
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e

__all__ = ["began_with"]

_MOST = 8
"""Records after a fork among which what it was made for is looked for."""


def began_with(tree: Tree, branch: Branch) -> str:
    """Empty where a branch only went on otherwise, or where its name says it all."""
    record = tree[branch.begin]
    for _ in range(_MOST):
        if not isinstance(record.event, e.Forked):
            break
        following = [tree[child] for child in tree.children(record.id)]
        if len(following) != 1:
            return ""
        record = following[0]
    return edit_words(tree, record)
