"""``FILE@REC``: a session and a branch of it, as people name them on the command line."""

from __future__ import annotations

from pathlib import Path

from tooltrace.core.fold.tree import Branch
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.session.session import Session

__all__ = ["branch_at", "place_in"]


def place_in(text: str) -> tuple[Path, str]:
    """The file, and what stands behind the last @; a file may have an @ in its name."""
    name, at, place = text.rpartition("@")
    if not at or Path(text).exists():
        return Path(text), ""
    return Path(name), place


def branch_at(text: str, session: Session, place: str) -> Branch:
    """The branch that a place names: by a record or a name, else the one stood on last.

    ``#12`` is always the record; ``12`` may be a branch of an old file. ``text`` is
    what the person wrote. Raises BadCommand.
    """
    branches = session.tree.branches()
    if text.endswith("@") and not place and not Path(text).exists():
        raise BadCommand(f"{one_line(text)}: a record or a branch must stand after the @")
    if not place:
        return session.tree.branch_of(session.tip) or branches[0]
    for branch in branches:
        if branch.name == place and not place.startswith("#"):
            return branch
    digits = place.removeprefix("#")
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0
    found = session.tree.branch_of(number)
    if found is not None:
        return found
    known = ", ".join(branch.name for branch in branches)
    raise BadCommand(
        f"{one_line(text)}: there is no record or branch {one_line(place)!r}; branches: {known}"
    )
