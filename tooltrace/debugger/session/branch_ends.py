"""The end of a branch that a person named, by its name or by a record."""

from __future__ import annotations

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.text.suggest import unknown

__all__ = ["tip_of"]


def tip_of(tree: Tree, branch: int | str) -> int:
    """The last record of the branch of that name; a record stands for itself. Raises BadCommand."""
    if isinstance(branch, int):
        if branch in tree:
            return branch
        raise BadCommand(f"there is no record #{branch} in this session")
    names = {one.name: one.tip for one in tree.branches()}
    if branch not in names:
        raise BadCommand(unknown("branch", str(branch), list(names)))
    return names[branch]
