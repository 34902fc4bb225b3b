"""``FILE@REC`` or ``FILE:REC``: a session and a branch of it, as people name them."""

from __future__ import annotations

from pathlib import Path

from tooltrace.core.fold.tree import Branch
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.session.named_branch import branch_named
from tooltrace.debugger.session.session import Session

__all__ = ["branch_at", "is_session", "place_in"]


def place_in(text: str) -> tuple[Path, str]:
    """The file, and what stands behind the last @; a file may have an @ in its name.

    The number of a record may stand behind a colon as well, as ``grep`` writes it.
    """
    if Path(text).exists():
        return Path(text), ""
    name, colon, number = text.rpartition(":")
    if colon and number.isascii() and number.isdigit() and Path(name).exists():
        return Path(name), number
    name, at, place = text.rpartition("@")
    return (Path(name), place) if at else (Path(text), "")


def is_session(text: str) -> bool:
    """Whether a file is meant, rather than code: a workflow's file needs ``:name`` behind it."""
    file, _ = place_in(text)
    return file.suffix == ".jsonl" or (file.suffix != ".py" and file.is_file())


def branch_at(text: str, session: Session, place: str) -> Branch:
    """The branch that a place names: by a record or a name, else the one stood on last.

    ``text`` is what the person wrote. Raises BadCommand.
    """
    if text.endswith("@") and not place and not Path(text).exists():
        raise BadCommand(f"{one_line(text)}: a record or a branch must stand after the @")
    if not place:
        return session.tree.branch_of(session.tip) or session.tree.branches()[0]
    try:
        return branch_named(session.tree, place, typed=True)
    except BadCommand as error:
        raise BadCommand(f"{one_line(text)}: {error}") from error
