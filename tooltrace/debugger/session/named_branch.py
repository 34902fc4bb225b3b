"""The branch that a person means: by its name, or by a record."""

from __future__ import annotations

from tooltrace.core.fold.tree import Branch, Tree
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.text.sanitize import one_line
from tooltrace.core.text.suggest import quoted, unknown

__all__ = ["branch_named", "tip_named"]


def branch_named(tree: Tree, said: int | str, typed: bool = False) -> Branch:
    """The branch of that name, or the one that a record was written on. Raises BadCommand.

    Where it was ``typed`` a record may stand there as text: ``#12`` is always the record, ``12``
    may be the name of a branch of an old file, which goes before it.
    """
    number = said if isinstance(said, int) else _number(said) if typed else None
    if isinstance(said, str) and not (typed and said.startswith("#")):
        named = next((one for one in tree.branches() if one.name == said), None)
        if named is not None:
            return named
    found = None if number is None else tree.branch_of(number)
    if found is not None:
        return found
    if isinstance(said, int):
        raise BadCommand(f"there is no record #{said} in this session")
    names = [branch.name for branch in tree.branches()]
    if typed:
        known = one_line(", ".join(names))
        raise BadCommand(f"there is no record or branch {quoted(said)}; branches: {known}")
    raise BadCommand(unknown("branch", said, names))


def _number(text: str) -> int | None:
    digits = text.removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def tip_named(tree: Tree, said: int | str) -> int:
    """The last record of the branch of that name; a record stands for itself. Raises BadCommand."""
    found = branch_named(tree, said)
    return said if isinstance(said, int) else found.tip
