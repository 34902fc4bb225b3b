"""A new session's file, and taking one back in which no run could begin."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from tooltrace.core.model.errors import BadCommand, BadWorld, NotSaved, ToolTraceError
from tooltrace.core.text.redact import Hide
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.session import folders
from tooltrace.debugger.session.files import cannot_begin_as
from tooltrace.debugger.session.given_paths import as_given
from tooltrace.debugger.session.removal import remove_unbegun_world, undo_beginning
from tooltrace.debugger.session.secrets import hider
from tooltrace.debugger.world.branch_worlds import folder_beside
from tooltrace.debugger.world.world_mark import mark
from tooltrace.store.journal import Journal
from tooltrace.tools.world.folder import Folder, missing, reason

__all__ = ["begin_file", "take_back"]

_ELSEWHERE = "give --session FILE, or set TOOLTRACE_SESSIONS to a folder that you can write to"
_TRIES = 100
"""How often another process may take the next free name before this one gives up."""


def begin_file(
    path: Path | None, workflow: str, has_world: bool, hide: Hide | None = None
) -> Journal:
    """Create a session's file: of that name, or of the next that nobody else takes meanwhile.

    ``workflow`` names it where ``path`` is None; ``hide`` takes secrets out, if it is not those of
    the environment alone. Raises BadCommand, BadWorld or NotSaved.
    """
    hide = hide or hider()
    if path is not None:
        path = as_given(path)
        if cannot_begin_as(path):
            raise BadCommand(
                f"{one_line(str(path))!r} is no name for a session: choose another one"
            )
        if has_world:
            _no_old_world(path)
        return Journal.create(path, hide=hide)
    for _ in range(_TRIES):
        fresh = folders.fresh_session(workflow)
        try:
            return Journal.create(fresh, hide=hide)
        except NotSaved as error:
            if not os.path.lexists(fresh):
                raise NotSaved(f"{error} ({one_line(str(fresh.parent))}): {_ELSEWHERE}") from error
    return Journal.create(fresh, hide=hide)


def take_back(journal: Journal, ident: str, named: frozenset[str], has_world: bool) -> None:
    """Remove a file in which no run could begin, with its world. Raises nothing."""
    # What went wrong is about to be raised, and says more than what cannot be cleared away.
    with suppress(ToolTraceError):
        folder = folder_beside(journal.path)
        if has_world and folder.is_dir() and not folder.is_symlink():
            mark(folder, journal.path, ident)  # Nothing was in it when this began.
    with suppress(ToolTraceError):
        undo_beginning(journal, ident, named)


def _no_old_world(path: Path) -> None:
    """A world that another session left behind would be taken for this one's beginning."""
    folder = folder_beside(path)
    try:
        if missing(folder) or not (missing(path) or path.lstat().st_size == 0):
            return
        with Folder.open(folder) as opened:
            left = opened.names()
    except OSError as error:
        raise BadWorld(f"no world can be made: {one_line(reason(error))}") from error
    if left and not remove_unbegun_world(path):
        raise BadWorld(
            f"{folder} was left by a session that is gone: remove it, or choose another name"
        )
